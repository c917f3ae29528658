package org.wirescale.cli.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wirescale.os.Folders;

@Timeout(20)
final class StatusWatchTest {
    @TempDir
    Path run;

    /** Takes that many tables, and then is closed by its reader. */
    private static final class Pipe extends OutputStream {
        private final StringBuilder text = new StringBuilder();
        private int tables;

        Pipe(int tables) {
            this.tables = tables;
        }

        @Override
        public void write(int character) throws IOException {
            throw new IOException("written in one piece: " + character);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            String more = new String(bytes, from, length, StandardCharsets.UTF_8);
            if (more.contains("There are no tunnels") && tables-- == 0) {
                throw new IOException("Broken pipe");
            }
            text.append(more);
        }
    }

    private String watch(Terminal terminal, int tables) {
        Pipe pipe = new Pipe(tables);
        Look look = new Look(new Folders(run.resolve("etc"), run), true);
        PrintWriter out = new PrintWriter(pipe, false, StandardCharsets.UTF_8);
        assertThat(new StatusWatch(look, terminal, out, Duration.ofMillis(1)).run())
                .isZero();
        return pipe.text.toString();
    }

    @Test
    void into_a_pipe_tables_follow_one_another_until_it_is_closed() {
        assertThat(watch(Terminal.NONE, 3))
                .doesNotContain("\u001b")
                .matches("(?s)\\A\\d{4}-\\S+Z\n\nThere are no [^\n]*\n(\n\\d{4}-\\S+Z\n\nThere are no [^\n]*\n){2}\\z");
    }

    @Test
    void a_terminal_gets_a_screen_of_its_own_that_is_redrawn() {
        String written = watch(new Terminal(true, true), 2);
        assertThat(written).startsWith("\u001b[?1049h\u001b[?25l\u001b[H");
        assertThat(written.split("\u001b\\[\\?1049h", -1)).hasSize(2);
        assertThat(written.split("\u001b\\[H", -1)).hasSize(3);
    }

    @Test
    void an_interrupt_ends_it_and_the_terminal_is_as_before() {
        Pipe pipe = new Pipe(5);
        PrintWriter out = new PrintWriter(pipe, false, StandardCharsets.UTF_8);
        Look look = new Look(new Folders(run.resolve("etc"), run), true);
        Thread.currentThread().interrupt();
        assertThat(new StatusWatch(look, new Terminal(true, false), out, Duration.ofMinutes(1)).run())
                .isZero();
        assertThat(pipe.text.toString()).endsWith("\u001b[?25h\u001b[?1049l");
    }

    @ParameterizedTest
    @CsvSource({
        "/dev/pts/3, xterm, '', true, true",
        "/dev/tty1, linux, '', true, true",
        "/dev/console, xterm, 1, true, false",
        "/dev/pts/3, dumb, '', false, false",
        "/dev/null, xterm, '', false, false",
        "pipe:[4711], xterm, '', false, false",
        "/home/pts/3, xterm, '', false, false"
    })
    void a_terminal_is_known_by_its_name(String target, String term, String noColor, boolean redraws, boolean colours)
            throws IOException {
        Path link = Files.createSymbolicLink(run.resolve("1"), Path.of(target));
        assertThat(Terminal.of(link, Map.of("TERM", term, "NO_COLOR", noColor)))
                .isEqualTo(new Terminal(redraws, colours));
        Files.delete(link);
    }

    @Test
    void what_is_no_link_and_has_no_kind_is_no_terminal() throws IOException {
        assertThat(Terminal.of(run.resolve("none"), Map.of("TERM", "xterm"))).isEqualTo(Terminal.NONE);
        Path link = Files.createSymbolicLink(run.resolve("1"), Path.of("/dev/pts/3"));
        assertThat(Terminal.of(link, Map.of())).isEqualTo(Terminal.NONE);
        Files.delete(link);
    }
}
