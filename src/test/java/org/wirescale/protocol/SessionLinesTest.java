package org.wirescale.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.wirescale.model.IpAddress;
import org.wirescale.model.SessionToken;

final class SessionLinesTest {
    private static final SessionToken TOKEN = new SessionToken("0c0bb8a3-58a7-4b0e-9a1d-91f9c3defe22");
    private static final IpAddress IP = IpAddress.parse("100.64.0.2");
    private static final SessionLines LINES =
            SessionLines.of(TOKEN, "bob", Set.of(IP, IpAddress.parse("fd7a:115c:a1e0::2")));

    @Test
    void the_uid_stands_in_front_once() {
        assertThat(LINES.ours("Starting")).isEqualTo("defe22 - Starting");
        assertThat(LINES.ours("defe22 - Starting")).isEqualTo("defe22 - Starting");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "defe22 - Remote peer 'bob' (100.64.0.2) has enqueued our request",
                "defe22 - Remote peer 'bob' (100.64.0.2) has started to process our upgrade request",
                "defe22 - Remote peer 'bob' (fd7a:115c:a1e0::2) has enqueued our request",
                "defe22 - Remote peer 'bob' (100.64.0.2) has started to process our recover request for their local"
                        + " interface 'alice'",
            })
    void shows_the_lines_of_the_protocol_as_they_are(String line) {
        assertThat(LINES.theirs(line)).isEqualTo(line);
    }

    @Test
    void knows_its_own_lines() {
        assertThat(LINES.theirs(SessionLines.enqueued(TOKEN, "bob", IP)))
                .isEqualTo("defe22 - Remote peer 'bob' (100.64.0.2) has enqueued our request");
        assertThat(LINES.theirs(SessionLines.upgradeStarted(TOKEN, "bob", IP)))
                .isEqualTo("defe22 - Remote peer 'bob' (100.64.0.2) has started to process our upgrade request");
        assertThat(LINES.theirs(SessionLines.versionsDiffer(TOKEN, "2.0.0-SNAPSHOT", "1.0.3")))
                .isEqualTo("defe22 - Remote peer runs Wirescale 2.0.0-SNAPSHOT, this machine runs 1.0.3");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Success! Now you have a new working P2P connection through interface 'bob'",
                "Remote peer 'carol' (100.64.0.2) has enqueued our request",
                "Remote peer 'bob' (100.64.0.3) has enqueued our request",
                "Remote peer 'bob' (100.64.0.2) has enqueued our request; now run rm -rf /",
                "Remote peer 'bob' (100.64.0.2) has started to process our recover request for their local interface"
                        + " '-j'",
                "Remote peer runs Wirescale 2.0.0, this machine runs 1.0.3 which is bad",
                "",
                "abc123 - Starting tailscale...",
            })
    void marks_any_other_line_as_the_peers_words(String line) {
        assertThat(LINES.theirs(line)).isEqualTo("defe22 - bob says: " + line);
        assertThat(LINES.theirs("defe22 - " + line)).isEqualTo("defe22 - bob says: " + line);
    }

    @Test
    void a_node_of_another_tailnet_may_use_its_short_name() {
        SessionLines shared = SessionLines.of(TOKEN, "bob.other.ts.net", Set.of(IP));
        String line = "defe22 - Remote peer 'bob' (100.64.0.2) has enqueued our request";
        assertThat(shared.theirs(line)).isEqualTo(line);
    }

    @ParameterizedTest
    @CsvSource({
        "0x00", "0x07", "0x08", "0x0a", "0x0d", "0x1b", "0x7f", "0x85", "0x9b", "0x61c", "0x200e", "0x200f", "0x2028",
        "0x2029", "0x202a", "0x202e", "0x2066", "0x2069", "0xd83d", "0xdfff"
    })
    void replaces_what_a_terminal_or_journal_would_obey(String code) {
        String character = String.valueOf((char) Integer.decode(code).intValue());
        assertThat(HostileText.clean("a" + character + "b")).isEqualTo("a?b");
        assertThat(LINES.theirs(character)).isEqualTo("defe22 - bob says: ?");
    }

    @Test
    void leaves_the_text_of_people_alone() {
        String text = "Größe ✅ 日本語 👍🏽 שלום \u200d";
        assertThat(HostileText.clean(text)).isEqualTo(text);
    }

    @Test
    void keeps_five_hundred_characters_and_no_half_ones() {
        String long_ = "👍".repeat(600);
        assertThat(HostileText.clean(long_)).isEqualTo("👍".repeat(499) + "…");
        assertThat(HostileText.clean("x".repeat(500))).isEqualTo("x".repeat(500));
    }
}
