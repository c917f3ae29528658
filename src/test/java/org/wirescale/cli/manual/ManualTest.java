package org.wirescale.cli.manual;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wirescale.cli.Wirescale;
import org.wirescale.config.ConfigReason;
import org.wirescale.config.Key;
import org.wirescale.config.PeerFile;
import org.wirescale.config.TunnelOptions;
import org.wirescale.daemon.DaemonOptions;
import org.wirescale.model.WirescaleException;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** What the build makes of the commands and the keys. That other programs take it without a complaint is looked at in the lab. */
final class ManualTest {
    private static final CommandSpec MODEL = Wirescale.model();
    private static final Manual MANUAL = new Manual(Command.of(MODEL), "2026-01-01");

    private static String filled(String file) throws IOException {
        return MANUAL.fill(Files.readString(Path.of("packaging", "share").resolve(file)));
    }

    /** A page as it is read, in one line. */
    private static String read(String page) throws IOException {
        return filled("man/" + page)
                .replaceAll("\\\\f[BIR]", "")
                .replace("\\-", "-")
                .replace("\\(aq", "'")
                .replaceAll("\\s+", " ");
    }

    private static Stream<CommandSpec> below() {
        return MODEL.subcommands().values().stream().map(CommandLine::getCommandSpec);
    }

    @Test
    void the_first_page_has_every_command_with_every_option_and_nothing_that_is_hidden() throws IOException {
        String page = read("man1/wirescale.1");
        assertThat(MODEL.args()).allSatisfy(argument -> assertIn(page, argument));
        assertThat(below()).hasSizeGreaterThan(5).allSatisfy(command -> {
            if (command.usageMessage().hidden()) {
                assertThat(page).doesNotContain(".SS " + command.name() + " ");
                return;
            }
            assertThat(page)
                    .contains(".SS " + command.name() + " ")
                    .contains(command.usageMessage().header());
            assertThat(command.args()).allSatisfy(argument -> assertIn(page, argument));
            assertThat(command.subcommands())
                    .as("commands below a command, for which there is no place")
                    .isEmpty();
        });
        assertThat(MODEL.usageMessage().exitCodeList().values())
                .allSatisfy(meaning -> assertThat(page).contains(meaning));
    }

    private static void assertIn(String page, ArgSpec argument) {
        List<String> names =
                argument instanceof OptionSpec option ? List.of(option.names()) : List.of(argument.paramLabel());
        String text = String.join(" ", argument.description());
        if (argument.hidden()) {
            assertThat(page).doesNotContain(names).doesNotContain(text);
        } else {
            boolean negatable = argument instanceof OptionSpec option && option.negatable();
            assertThat(names)
                    .allSatisfy(name -> assertThat(page)
                            .containsPattern(
                                    "\\.TP [^.]*" + Pattern.quote(negatable ? name.replace("--", "--[no-]") : name)));
            assertThat(page).contains(text);
        }
    }

    @Test
    void the_page_of_the_daemon_has_its_options() throws IOException {
        String page = read("man8/wirescaled.8");
        CommandSpec daemon = Optional.ofNullable(MODEL.subcommands().get("daemon"))
                .orElseThrow()
                .getCommandSpec();
        assertThat(daemon.options())
                .filteredOn(option -> !option.names()[0].matches("-h|--verbose"))
                .isNotEmpty()
                .allSatisfy(option -> assertIn(page, option));
    }

    @Test
    void the_page_of_the_file_has_every_key_with_its_text() throws IOException {
        String page = read("man5/wirescale.5");
        assertThat(Key.bySection()).hasSize(3).allSatisfy((section, lines) -> {
            assertThat(page).contains(".SS [" + section + "] ");
            assertThat(lines)
                    .isNotEmpty()
                    .allSatisfy(line ->
                            assertThat(page).contains(".TP " + line.key() + " = " + line.value() + " " + line.text()));
        });
    }

    @Test
    void every_key_of_the_page_is_one_to_the_parser() throws IOException {
        String section = "";
        int keys = 0;
        for (MatchResult found : Pattern.compile("\\.SS \\[(\\w+)]| \\.TP ([A-Za-z-]+) = ")
                .matcher(read("man5/wirescale.5"))
                .results()
                .toList()) {
            if (found.group(1) != null) {
                section = found.group(1);
            } else {
                keys++;
                assertThat(refusal(section, found.group(2))).isNotEqualTo(Optional.of(ConfigReason.UNKNOWN_KEY));
                assertThat(refusal(section, found.group(2) + "x")).contains(ConfigReason.UNKNOWN_KEY);
            }
        }
        assertThat(keys)
                .isEqualTo(
                        Key.bySection().values().stream().mapToInt(List::size).sum());
    }

    /** What the parser says of the line of that key, where it says anything. */
    private static Optional<Object> refusal(String section, String key) {
        try {
            PeerFile file = PeerFile.parse(Path.of("bob.conf"), "[" + section + "]\n" + key + " = ?\n");
            throw new AssertionError("a file of one line is none: " + file);
        } catch (WirescaleException e) {
            return Optional.of(e)
                    .filter(found -> found.detail("line").equals("2"))
                    .map(WirescaleException::reason);
        }
    }

    @Test
    void an_option_that_is_a_key_too_has_one_text() {
        List<Key.Line> keys = Key.bySection().get("Wirescale");
        assertThat(keys).filteredOn(key -> !key.key().equals("node")).hasSize(7).allSatisfy(key -> {
            List<OptionSpec> options = below().map(command -> command.findOption("--" + key.key()))
                    .flatMap(option -> Optional.ofNullable(option).stream())
                    .toList();
            assertThat(options)
                    .isNotEmpty()
                    .allSatisfy(option -> assertThat(option.description()).containsExactly(key.text()));
        });
    }

    @Test
    void the_defaults_that_are_told_are_the_real_ones() {
        TunnelOptions defaults = TunnelOptions.DEFAULTS;
        DaemonOptions daemon = DaemonOptions.defaults();
        Map<String, List<Object>> real = Map.of(
                "iptables-accept", List.of(defaults.accept(), daemon.iptablesAccept()),
                "iptables-forward", List.of(defaults.forward(), daemon.iptablesForward()),
                "iptables-masquerade", List.of(defaults.masquerade(), daemon.iptablesMasquerade()),
                "suffix", List.of(defaults.suffix(), daemon.suffix()),
                "recover-tries", List.of(defaults.recoverTries(), daemon.recoverTries()),
                "recreate-tries", List.of(defaults.recreateTries(), daemon.recreateTries()));
        assertThat(Key.bySection().get("Wirescale"))
                .filteredOn(line -> real.containsKey(line.key()))
                .hasSize(6)
                .allSatisfy(line -> assertThat(real.get(line.key()))
                        .allSatisfy(value -> assertThat(line.text())
                                .endsWith(" Default: " + (value.equals(false) ? "no" : value) + ".")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "upgrade | fixed=() source=peers",
                "check | fixed=() source=files",
                "down | fixed=() source=interfaces",
                "exit-node | fixed=() source=interfaces",
                "daemon | fixed=(start stop) source=''",
                "exit-node --fail-closed | fixed=(always) source=''"
            })
    void what_is_typed_there_is_completed_by(String where, String words) throws IOException {
        assertThat(filled("bash-completion/completions/wirescale"))
                .containsPattern("(?s)\\Q" + where + "\\E'?\\).{0,700}?\\Q" + words + "\\E");
    }

    @Test
    void no_completion_offers_what_is_hidden() throws IOException {
        for (String file : List.of(
                "bash-completion/completions/wirescale",
                "zsh/site-functions/_wirescale",
                "fish/vendor_completions.d/wirescale.fish")) {
            assertThat(filled(file)).doesNotContain("sync", "recover ", "suffix-number", "restart-tailscale", "clean");
        }
    }

    @Test
    void a_file_that_wants_what_nobody_knows_is_no_file() {
        assertThatThrownBy(() -> MANUAL.fill("@nonsense@")).hasMessageContaining("nonsense");
        assertThatThrownBy(() -> MANUAL.fill("@keys Nonsense@")).hasMessageContaining("Nonsense");
        assertThatThrownBy(() -> MANUAL.fill("@options nonsense@")).hasMessageContaining("nonsense");
        assertThat(MANUAL.fill("wirescale-upgrade@bob.service and @date@"))
                .isEqualTo("wirescale-upgrade@bob.service and 2026-01-01");
    }

    @Test
    void text_for_a_page_says_what_it_said() {
        assertThat(Roff.paragraph(".SH x\\y. 'z' - ü")).isEqualTo("\\&.SH x\\ey.\n\\(aqz\\(aq \\- \\[u00FC]");
        assertThat(Roff.paragraph("word ".repeat(40)).lines()).allMatch(line -> line.length() <= 80);
        assertThat(Roff.usage("-i, --interface=NAME")).isEqualTo("\\fB\\-i\\fR, \\fB\\-\\-interface\\fR=\\fINAME\\fR");
    }
}
