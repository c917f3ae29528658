package org.wirescale.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.wirescale.model.ExitCode;
import org.wirescale.model.Version;

/** What a person and what programs read: each name here is a promise. */
final class ReportTest {
    private static final Finding GOOD = new Finding(Subject.WG, Verdict.good("wireguard-tools v1"));
    private static final Finding WARNING =
            new Finding(Subject.NFT, Verdict.warning("not installed", "install nftables"));
    private static final Finding BROKEN = new Finding(Subject.PEER_PORT, Verdict.broken("nobody listens", "start it"));
    private static final Finding UNKNOWN = new Finding(Subject.TAKEOVER, Verdict.forRoot("root sees"));

    private static Report report(Finding... findings) {
        return new Report(List.of(findings));
    }

    @Test
    void a_line_has_state_id_and_what_was_found_and_the_fix_is_below_it() {
        assertThat(report(GOOD, WARNING, BROKEN).lines(false))
                .containsExactly(
                        "good     wg                   wireguard-tools v1",
                        "warning  nft                  not installed",
                        "         -> install nftables",
                        "broken   peer-port            nobody listens",
                        "         -> start it",
                        "",
                        "1 broken, 1 warning, 1 good");
    }

    @Test
    void what_only_root_may_see_is_said_once() {
        assertThat(report(UNKNOWN, UNKNOWN, new Finding(Subject.TUNNELS, Verdict.unknown("?")))
                        .lines(false))
                .containsExactly(
                        "unknown  takeover             root sees",
                        "unknown  takeover             root sees",
                        "unknown  tunnels              ?",
                        "",
                        "0 broken, 0 warnings, 0 good, 3 unknown: run it as root, with sudo for example");
    }

    @Test
    void only_the_state_is_coloured() {
        assertThat(report(BROKEN).lines(true).getFirst())
                .isEqualTo("\u001b[1;31mbroken \u001b[0m  peer-port            nobody listens");
    }

    @Test
    void json_is_one_line_with_every_check_and_the_counts() {
        assertThat(report(GOOD, WARNING, UNKNOWN).json())
                .isEqualTo("{\"version\":\"" + Version.text() + "\",\"checks\":["
                        + "{\"id\":\"wg\",\"state\":\"good\",\"found\":\"wireguard-tools v1\",\"fix\":null},"
                        + "{\"id\":\"nft\",\"state\":\"warning\",\"found\":\"not installed\",\"fix\":\"install nftables\"},"
                        + "{\"id\":\"takeover\",\"state\":\"unknown\",\"found\":\"root sees\","
                        + "\"fix\":\"run it as root, with sudo for example\"}],"
                        + "\"good\":1,\"warning\":1,\"broken\":0,\"unknown\":1}");
    }

    @Test
    void only_what_is_broken_makes_it_fail() {
        assertThat(report(GOOD, WARNING, UNKNOWN).exitCode()).isEqualTo(ExitCode.DONE);
        assertThat(report(GOOD, BROKEN).exitCode()).isEqualTo(ExitCode.FAILED);
    }

    @Test
    void nothing_that_a_terminal_obeys_is_printed() {
        Report hostile = report(new Finding(Subject.TAILNET, Verdict.broken("\u001b[31m\u202e", "\u009b\n")));
        assertThat(String.join("", hostile.lines(false)) + hostile.json())
                .doesNotContain("\u001b", "\u202e", "\u009b", "\n");
    }

    @Test
    void whatever_is_wrong_has_a_fix() {
        assertThatThrownBy(() -> new Verdict(State.BROKEN, "bad", Optional.empty()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Verdict(State.WARNING, "bad", Optional.empty()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void ids_are_words_of_small_letters() {
        assertThat(Subject.values()).extracting(Subject::id).allMatch(id -> id.matches("[a-z0-9]+(-[a-z0-9]+)*"));
    }
}
