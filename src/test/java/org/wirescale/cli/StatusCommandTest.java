package org.wirescale.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wirescale.cli.status.StatusForm;
import org.wirescale.os.Folders;

@Timeout(60)
final class StatusCommandTest {
    @TempDir
    private Path folder;

    private boolean root = true;
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int wirescale(String... args) {
        Surroundings surroundings = new Surroundings(
                new Folders(folder.resolve("etc"), folder.resolve("run")),
                Map.of(),
                () -> {
                    throw new AssertionError("nobody asked for a peer");
                },
                () -> root);
        return Wirescale.run(new PrintWriter(out), new PrintWriter(err), surroundings, args);
    }

    /** With an option more the parser is needed, and the answer is the same. */
    @ParameterizedTest
    @ValueSource(strings = {"status", "status --verbose"})
    void no_tunnel_is_a_line_and_no_failure(String line) {
        assertThat(wirescale(line.split(" "))).isZero();
        assertThat(out.toString())
                .isEqualTo("There are no tunnels: 'wirescale upgrade PEER' makes one" + System.lineSeparator());
        assertThat(err.toString()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"status --json", "status --json --verbose"})
    void json_is_one_line(String line) {
        assertThat(wirescale(line.split(" "))).isZero();
        assertThat(out.toString()).isEqualTo("[]" + System.lineSeparator());
    }

    @ParameterizedTest
    @ValueSource(strings = {"status --prometheus", "status --verbose --prometheus"})
    void metrics_end_with_their_last_line(String line) {
        assertThat(wirescale(line.split(" "))).isZero();
        assertThat(out.toString()).endsWith("\nwirescale_tunnels 0\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"status --json --watch", "status --watch --prometheus", "status bob"})
    void forms_exclude_one_another(String line) {
        assertThat(wirescale(line.split(" "))).isEqualTo(2);
        assertThat(out.toString()).isEmpty();
        assertThat(err.toString()).startsWith("Error: ").contains("wirescale status --help");
    }

    @Test
    void who_is_not_root_sees_the_names_and_is_told_of_the_rest() throws IOException {
        root = false;
        Path control = Files.createDirectories(folder.resolve("run/control"));
        Files.createFile(control.resolve("tunnel-no-such-link.json"));
        assertThat(wirescale("status")).isZero();
        assertThat(out.toString()).contains("no-such-link").hasLineCount(2);
        assertThat(err.toString()).startsWith("Warning: ").contains("as root").hasLineCount(1);
    }

    @Test
    void a_damaged_file_is_a_warning_beside_the_answer() throws IOException {
        Path control = Files.createDirectories(folder.resolve("run/control"));
        Files.createFile(control.resolve("tunnel-bob.json"));
        assertThat(wirescale("status", "--json")).isZero();
        assertThat(out.toString()).isEqualTo("[]" + System.lineSeparator());
        assertThat(err.toString()).startsWith("Warning: ").contains("tunnel-bob.json");
    }

    @Test
    void only_the_plain_forms_go_without_the_parser() {
        assertThat(StatusForm.ofPlain("status")).contains(StatusForm.TABLE);
        assertThat(StatusForm.ofPlain("status", "--watch")).contains(StatusForm.WATCH);
        assertThat(StatusForm.ofPlain()).isEmpty();
        assertThat(StatusForm.ofPlain("status", "")).isEmpty();
        assertThat(StatusForm.ofPlain("down")).isEmpty();
        assertThat(StatusForm.ofPlain("status", "--help")).isEmpty();
        assertThat(StatusForm.ofPlain("status", "--json", "--watch")).isEmpty();
    }
}
