package org.wirescale.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.SecretKey;
import org.wirescale.protocol.LocalCodec;
import org.wirescale.protocol.LocalReply;
import org.wirescale.protocol.PeerLimits;
import org.wirescale.tunnel.Change;
import org.wirescale.tunnel.Detail;
import org.wirescale.tunnel.LinkChange;

/** The text of a dry run. */
final class DryRunReportTest {
    private static final Change LINK = new LinkChange(InterfaceName.parse("bob"));

    private static List<String> lines(DryRunReport report) {
        return report.blocks().stream().flatMap(String::lines).toList();
    }

    @Test
    void changes_are_numbered_over_all_headings() {
        DryRunReport report = new DryRunReport(true);
        report.heading("First:");
        report.change(LINK.describe(), List.of(Detail.open("unit a")));
        report.nothingToDo(LINK);
        report.heading("Then:");
        report.note("tailscaled is stopped");
        report.change("exit node bob: undone: mark", List.of());
        assertThat(lines(report))
                .containsExactly(
                        "First:",
                        "   1. WireGuard link bob",
                        "          unit a",
                        "      nothing to do: WireGuard link bob",
                        "Then:",
                        "      tailscaled is stopped",
                        "   2. exit node bob: undone: mark");
    }

    @Test
    void secrets_are_for_root() {
        SecretKey key = SecretKey.randomPrivateKey();
        for (boolean root : new boolean[] {true, false}) {
            DryRunReport report = new DryRunReport(root);
            report.note(Detail.secret("pre-shared key: ", key.reveal()));
            report.change(
                    LINK.describe(), List.of(Detail.secret("PostUp: ", "curl https://user:password@example.org")));
            assertThat(lines(report).getFirst())
                    .isEqualTo("      pre-shared key: " + (root ? key.reveal() : "(shown to root only)"));
            assertThat(lines(report).getLast())
                    .isEqualTo("          PostUp: "
                            + (root ? "curl https://user:password@example.org" : "(shown to root only)"));
        }
    }

    @Test
    void words_stand_for_what_is_not_known_yet() {
        SecretKey made = SecretKey.randomPrivateKey();
        DryRunReport report = new DryRunReport(true);
        report.standIn(made.reveal(), "(made for this tunnel)");
        report.note(Detail.secret("PrivateKey = ", made.reveal()));
        assertThat(lines(report)).containsExactly("      PrivateKey = (made for this tunnel)");
    }

    @Test
    void a_file_cannot_move_the_cursor() {
        DryRunReport report = new DryRunReport(true);
        report.note(Detail.secret("PostUp: ", "echo \u001b[2J"));
        assertThat(lines(report)).containsExactly("      PostUp: echo ?[2J");
    }

    @Test
    void whatever_a_file_holds_fits_into_messages_that_a_client_can_read() {
        DryRunReport report = new DryRunReport(true);
        for (int i = 0; i < 500; i++) {
            report.note(Detail.secret("PostUp: ", "\"\u20ac".repeat(2500)));
        }
        assertThat(report.blocks()).hasSizeLessThan(LocalConnection.UNREAD_REPLIES);
        for (String block : report.blocks()) {
            assertThat(LocalCodec.encode(new LocalReply.Info(block)).getBytes(java.nio.charset.StandardCharsets.UTF_8))
                    .hasSizeLessThan(PeerLimits.MESSAGE_BYTES);
        }
        assertThat(lines(report)).hasSize(500).allMatch(line -> line.endsWith("…"));
    }
}
