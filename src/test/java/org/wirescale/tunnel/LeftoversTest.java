package org.wirescale.tunnel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wirescale.model.InterfaceName;

final class LeftoversTest {
    @TempDir
    Path run;

    @Test
    void rules_are_ours_by_their_whole_comment() {
        String saved = """
                -P INPUT ACCEPT
                -A INPUT -i bob -m comment --comment wirescale-bob -j ACCEPT
                -A INPUT -i bob1 -m comment --comment wirescale-bob1 -j ACCEPT
                -A INPUT -i "b=b" -m comment --comment "wirescale-b=b" -j ACCEPT
                -A INPUT -i bob -j ACCEPT
                """;
        assertThat(Leftovers.ours(saved, InterfaceName.parse("bob")))
                .containsExactly(List.of(
                        "-D", "INPUT", "-i", "bob", "-m", "comment", "--comment", "wirescale-bob", "-j", "ACCEPT"));
        assertThat(Leftovers.ours(saved, InterfaceName.parse("b=b")))
                .hasSize(1)
                .allMatch(rule -> rule.contains("wirescale-b=b"));
    }

    @Test
    void rules_are_counted_by_their_whole_comment() {
        String saved = """
                -A INPUT -i bob -m comment --comment wirescale-bob -j ACCEPT
                -A FORWARD -i bob -m comment --comment wirescale-bob -j ACCEPT
                -A INPUT -i bob1 -m comment --comment wirescale-bob1 -j ACCEPT
                -A INPUT -i "b=b" -m comment --comment "wirescale-b=b" -j ACCEPT
                """;
        assertThat(Untold.count(saved))
                .containsEntry("bob", 2)
                .containsEntry("bob1", 1)
                .containsEntry("b=b", 1)
                .hasSize(3);
    }

    @Test
    @Tag("netns")
    void what_a_tunnel_without_its_state_file_left_is_removed_and_nothing_else() throws IOException {
        try (TestEnd alice = new TestEnd(run, 1)) {
            alice.namespace.output("iptables", "-A", "INPUT", "-i", "wst0", "-j", "ACCEPT");
            alice.namespace.output("nft", "add", "table", "inet", "wirescale_other");
            alice.namespace.output("ip", "link", "add", "other", "type", "bridge");
            String before = alice.machine() + rules(alice);
            Tunnel tunnel = alice.build(alice.publicKey);
            alice.namespace.run(() -> {
                tunnel.apply(new OwnTableChange());
                tunnel.apply(new IptablesRule(IptablesRule.Family.IPV4, IptablesRule.Purpose.MASQUERADE, 77));
                tunnel.apply(new IptablesRule(IptablesRule.Family.IPV6, IptablesRule.Purpose.ACCEPT_PORT, 77));
            });
            Files.writeString(
                    GeneratedFileChange.path(alice.folders, TestEnd.TUNNEL),
                    "[Interface]\nPrivateKey = " + alice.key.reveal() + "\n");
            Files.delete(StateFolder.path(alice.folders, TestEnd.TUNNEL));
            List<String> removed = alice.namespace.call(() -> Leftovers.remove(alice.folders, TestEnd.TUNNEL));
            assertThat(removed)
                    .containsExactly(
                            "the link 'wst0'",
                            "the nft table 'wirescale_wst0'",
                            "1 rule of iptables",
                            "1 rule of ip6tables",
                            GeneratedFileChange.path(alice.folders, TestEnd.TUNNEL)
                                    .toString());
            assertThat(alice.machine() + rules(alice)).isEqualTo(before);
            assertThat(alice.namespace.call(() -> Leftovers.remove(alice.folders, TestEnd.TUNNEL)))
                    .isEmpty();
        }
    }

    @Test
    @Tag("netns")
    void a_link_with_another_key_is_not_ours() throws IOException {
        try (TestEnd alice = new TestEnd(run, 1)) {
            alice.build(alice.publicKey);
            Files.delete(StateFolder.path(alice.folders, TestEnd.TUNNEL));
            Files.delete(GeneratedFileChange.path(alice.folders, TestEnd.TUNNEL));
            assertThat(alice.namespace.call(() -> Leftovers.remove(alice.folders, TestEnd.TUNNEL)))
                    .isEmpty();
            assertThat(alice.namespace.call(() -> Link.find("wst0"))).isNotEqualTo(Optional.empty());
        }
    }

    private static String rules(TestEnd end) {
        return end.namespace.output("iptables", "-S")
                + end.namespace.output("iptables", "-t", "nat", "-S")
                + end.namespace.output("ip6tables", "-S")
                + end.namespace.output("nft", "list", "tables", "inet");
    }
}
