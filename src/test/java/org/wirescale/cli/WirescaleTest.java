package org.wirescale.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.wirescale.model.InterfaceName;
import org.wirescale.os.Folders;
import org.wirescale.os.LockName;
import org.wirescale.os.Locks;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

final class WirescaleTest {
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

    @ParameterizedTest
    @ValueSource(strings = {"--version", "-v"})
    void the_version_is_the_builds_own(String option) {
        assertThat(wirescale(option)).isZero();
        assertThat(out.toString()).matches("wirescale \\d+\\.\\d+\\.\\d+(-SNAPSHOT)?\\R");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--help",
                "-h",
                "daemon --help",
                "upgrade -h",
                "down --help",
                "status --help",
                "check --help",
                "doctor --help"
            })
    void help_goes_to_standard_output_for_every_command(String line) {
        assertThat(wirescale(line.split(" "))).isZero();
        assertThat(out.toString()).contains("Usage: wirescale");
        assertThat(err.toString()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "--nonsense",
                "nonsense",
                "daemon",
                "daemon walk",
                "daemon --recover-tries=many start",
                "upgrade",
                "upgrade a b -i c",
                "upgrade -i lo bob",
                "down",
                "down ../etc",
                "upgrade --suffix-number=-1 bob"
            })
    void bad_usage_is_one_sentence_on_standard_error_and_code_2(String line) {
        assertThat(wirescale(line.isEmpty() ? new String[0] : line.split(" "))).isEqualTo(2);
        assertThat(out.toString()).isEmpty();
        assertThat(err.toString()).startsWith("Error: ").contains("--help").hasLineCount(1);
    }

    @ParameterizedTest
    @CsvSource({"--no-suffix,start", "--iptables-accept,stop", "--recover-tries=5,start"})
    void options_of_the_daemon_are_refused_by_hand(String option, String action) {
        assertThat(wirescale("daemon", option, action)).isEqualTo(2);
        assertThat(err.toString()).contains("systemctl edit wirescaled.service");
    }

    @Test
    void down_needs_root() {
        root = false;
        assertThat(wirescale("down", "bob")).isEqualTo(1);
        assertThat(err.toString()).startsWith("Error: ").contains("run it as root");
    }

    @Test
    void down_names_the_interface_that_is_no_tunnel() {
        assertThat(wirescale("down", "bob")).isEqualTo(1);
        assertThat(err.toString())
                .isEqualTo("Error: there is no tunnel 'bob' of wirescale on this machine" + System.lineSeparator());
    }

    @Test
    void down_waits_for_the_lock_and_leaves_none() {
        assertThat(wirescale("down", "bob")).isEqualTo(1);
        Folders folders = new Folders(folder.resolve("etc"), folder.resolve("run"));
        Locks.take(folders, LockName.ofInterface(InterfaceName.parse("bob")), Duration.ZERO)
                .close();
    }

    /** Help, manual pages and completions show it. */
    @Test
    void every_command_argument_and_option_has_a_description_of_whole_sentences() {
        CommandSpec root = Wirescale.model();
        assertThat(root.subcommands()).isNotEmpty();
        for (CommandSpec command : Stream.concat(
                        Stream.of(root), root.subcommands().values().stream().map(CommandLine::getCommandSpec))
                .toList()) {
            assertSentences(command.name(), command.usageMessage().header());
            assertThat(command.args())
                    .isNotEmpty()
                    .allSatisfy(argument -> assertSentences(argument.toString(), argument.description()));
        }
    }

    private static void assertSentences(String what, String... description) {
        assertThat(String.join(" ", description)).as(what).matches("[A-Z].*\\.").doesNotContain("%", "${", "@|");
    }
}
