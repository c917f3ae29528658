package org.wirescale.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the users' files and options make of a tunnel. */
@LabTest
final class FilesTest extends AliceAndBob {
    private static final String PSK = "YFSVOA8Eo0Cj5q9ef0LBA3TudRhKP+3hZMwCljUnKms=";
    private static final String OTHER_PSK = "sLBcu1HI/SCOXLwAnuG79DGS1jWDiwk0SyCM40uYuWI=";

    @Test
    void addresses_of_both_families_inside_carry_data() {
        alice.peerFile("bob", """
                [Interface]
                Address = 10.77.0.1/24, fd77::1/64
                Address = 10.78.0.1

                [Peer]
                AllowedIPs = 10.77.0.0/24, fd77::/64, 10.78.0.0/24
                """);
        bob.peerFile("alice", """
                [Interface]
                Address = 10.77.0.2
                Address = fd77::2
                Address = 10.78.0.2/24
                [Peer]
                AllowedIPs = 10.77.0.0/24
                AllowedIPs = fd77::/64, 10.78.0.0/24
                """);
        Ends ends = Ends.of(lab);
        alice.upgrade("bob", "--iptables-accept").expect(0);
        Tunnels.assertWhole(alice, bob);
        alice.awaitReaches("bob", "fd77::2");
        bob.awaitReaches("alice", "fd77::1");
        alice.awaitReaches("bob", "10.78.0.2");
        assertThat(alice.sh("ip6tables-save")).contains("wirescale-bob");
        ends.takeDown();
    }

    @Test
    void a_preshared_key_on_one_end_alone_is_refused() {
        alice.peerFile("bob", withPsk("10.77.0.1", PSK));
        Ends ends = Ends.of(lab);
        Journal his = bob.journal();
        Result upgrade = alice.upgrade("bob").expect(1);
        assertThat(upgrade.errorText())
                .startsWith("Error: ")
                .contains("pre-shared key")
                .contains("alice")
                .contains("bob");
        Await.until(
                Duration.ofSeconds(5),
                "the refusal in bob's journal",
                () -> his.daemonLines().stream().anyMatch(line -> line.contains("pre-shared key")));
        ends.awaitNothing(Duration.ofSeconds(5));
    }

    @Test
    void a_preshared_key_on_both_ends_is_the_tunnels() {
        alice.peerFile("bob", withPsk("10.77.0.1", PSK));
        bob.peerFile("alice", withPsk("10.77.0.2", PSK));
        alice.upgrade("bob").expect(0);
        Tunnels.assertWhole(alice, bob);
        assertThat(alice.sh("wg show bob preshared-keys")).endsWith(PSK);
        assertThat(bob.sh("wg show alice preshared-keys")).endsWith(PSK);
    }

    @Test
    void different_preshared_keys_get_no_handshake_and_leave_nothing() {
        alice.peerFile("bob", withPsk("10.77.0.1", PSK));
        bob.peerFile("alice", withPsk("10.77.0.2", OTHER_PSK));
        Ends ends = Ends.of(lab);
        Result upgrade = alice.upgrade("bob").expect(4);
        assertThat(upgrade.took()).isBetween(Duration.ofSeconds(15), Duration.ofSeconds(30));
        ends.awaitNothing(Duration.ofSeconds(10));
        lab.direct(alice, bob);
    }

    @Test
    void a_negotiated_preshared_key_is_the_same_on_both_ends() {
        alice.upgrade("bob").expect(0);
        String hers = alice.sh("wg show bob preshared-keys | cut -f2");
        assertThat(hers).hasSize(44).isEqualTo(bob.sh("wg show alice preshared-keys | cut -f2"));
    }

    @Test
    void an_interface_that_exists_is_left_alone() {
        alice.sh("ip link add bob type bridge");
        try {
            Ends ends = Ends.of(lab);
            Result upgrade = alice.upgrade("bob").expect(2);
            assertThat(upgrade.errorText())
                    .startsWith("Error: ")
                    .contains("'bob'")
                    .contains("suffix");
            ends.awaitNothing(Duration.ofSeconds(5));
        } finally {
            alice.sh("ip link del bob");
        }
    }

    @Test
    void an_interface_that_exists_at_the_other_end_is_left_alone() {
        bob.sh("ip link add alice type bridge");
        try {
            Ends ends = Ends.of(lab);
            Result upgrade = alice.upgrade("bob").expect(2);
            assertThat(upgrade.errorText()).startsWith("Error: ").contains("interface");
            ends.awaitNothing(Duration.ofSeconds(5));
        } finally {
            bob.sh("ip link del alice");
        }
    }

    @Test
    void a_suffix_is_added_to_a_name_that_is_taken_and_hooks_learn_of_it() {
        alice.peerFile("bob", """
                [Interface]
                Address = 10.77.0.1
                PostUp = echo 'i=%i s=%s; a="b"' >/tmp/hook; echo x=y >>/tmp/hook # a comment
                PreDown = rm -f /tmp/hook

                [Peer]
                AllowedIPs = 10.77.0.0/24
                """);
        alice.sh("ip link add bob type bridge && ip link add bob1 type bridge");
        try {
            Result upgrade = alice.upgrade("bob", "--suffix").expect(0);
            assertThat(upgrade.lines().getLast()).endsWith("through interface 'bob2'");
            Tunnels.assertWhole(alice, "bob2", "10.77.0.2", bob, "alice", "10.77.0.1");
            assertThat(alice.read("/tmp/hook")).isEqualTo("i=bob2 s=2; a=\"b\"\nx=y\n");
            alice.down("bob2").expect(0);
            assertThat(alice.exists("/tmp/hook")).isFalse();
        } finally {
            alice.sh("ip link del bob; ip link del bob1; rm -f /tmp/hook");
        }
    }

    @Test
    void the_option_on_the_command_line_comes_before_the_files() {
        alice.peerFile(
                "bob",
                Lab.minimal("10.77.0.1", "10.77.0.0/24")
                        + "\n[Wirescale]\ninterface = fromfile\niptables-accept = yes\n");
        bob.peerFile("alice", Lab.minimal("10.77.0.2", "10.77.0.0/24") + "\n[Wirescale]\nInterface = his\n");
        alice.upgrade("bob", "--interface", "mine", "--no-iptables-accept").expect(0);
        Tunnels.assertWhole(alice, "mine", "10.77.0.2", bob, "his", "10.77.0.1");
        assertThat(alice.sh("iptables-save")).doesNotContain("wirescale-mine");
    }

    @ParameterizedTest
    @ValueSource(strings = {"bob.", "BOB", "bob.lab.ts.net", "Bob.Lab.TS.net.", "100.64.0.2"})
    void the_peer_may_be_named_in_many_ways(String name) {
        Result upgrade = alice.upgrade(name).expect(0);
        assertThat(upgrade.lines().getLast()).endsWith("through interface 'bob'");
        Tunnels.assertWhole(alice, bob);
    }

    private static String withPsk(String address, String key) {
        return Lab.minimal(address, "10.77.0.0/24") + "PresharedKey = " + key + "\n";
    }
}
