package org.wirescale.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of a tunnel that others take something from, its link included, while the daemon runs or while it does not. */
@LabTest
final class GuardTest extends AliceAndBob {
    /** The promise where the kernel tells, and where it does not. */
    private static final Duration TOLD = Duration.ofSeconds(2);

    private static final Duration UNTOLD = Duration.ofSeconds(10);

    /** For a look at the other machine, on a busy one. */
    private static final Duration SLACK = Duration.ofSeconds(1);

    private static final String RULES = "for i in iptables ip6tables; do for t in filter mangle nat raw; do"
            + " $i -t $t -S | grep wirescale; done; done; nft list table inet wirescale_bob";

    private static final String NETWORK = "ip -o -4 address show dev bob; ip -o -6 address show dev bob scope global;"
            + " ip route show table all dev bob; ip -6 route show table all dev bob | grep fd; wg show bob fwmark";

    private void bothFamilies() {
        alice.peerFile("bob", """
                [Interface]
                Address = 10.77.0.1, fd77::1
                FwMark = 0x77
                [Peer]
                AllowedIPs = 10.77.0.0/24, fd77::/64
                """);
        bob.peerFile("alice", """
                [Interface]
                Address = 10.77.0.2, fd77::2
                [Peer]
                AllowedIPs = 10.77.0.0/24, fd77::/64
                """);
    }

    /** All that alice's end has, which others can take. */
    private String all() {
        return alice.exec("bash", "-c", NETWORK + "; " + RULES).text().replaceAll("(?m)^[0-9]+:| tentative", "");
    }

    private List<String> lines(Journal journal) {
        return journal.daemonLines().stream()
                .filter(line -> line.contains("somebody removed"))
                .toList();
    }

    private void takenAndPutBack(String command, Duration within, String... named) {
        String before = all();
        Journal journal = alice.journal();
        alice.sh(command);
        long taken = System.nanoTime();
        assertThat(all()).as("after %s", command).isNotEqualTo(before);
        Await.until(within.plus(SLACK), "what was there before: " + command, () -> all().equals(before));
        System.out.printf(
                "%s: put back after %d ms%n",
                command, Duration.ofNanos(System.nanoTime() - taken).toMillis());
        Await.until(SLACK, "its line", () -> !lines(journal).isEmpty());
        assertThat(lines(journal))
                .singleElement()
                .asString()
                .matches("[0-9a-f]{6} - bob: somebody removed the .*: put back")
                .contains(named);
    }

    @Test
    void what_others_remove_is_put_back_with_one_line_that_names_it() {
        bothFamilies();
        alice.upgrade("bob", "--iptables-accept", "--iptables-forward", "--iptables-masquerade")
                .expect(0);
        Tunnels.assertWhole(alice, bob);
        alice.awaitReaches("bob", "fd77::2");
        assertThat(all()).contains("wirescale-bob", "wirescale_bob", "0x77", "fd77::/64");

        takenAndPutBack("iptables -F", TOLD, "iptables rule: accept interface", "forward from");
        takenAndPutBack("iptables -t mangle -F; iptables -t nat -F", TOLD, "masquerade", "mark");
        takenAndPutBack("ip6tables -D FORWARD 1", TOLD, "ip6tables rule: forward");
        takenAndPutBack("nft delete table inet wirescale_bob", TOLD, "keeps tailscaled's packets out");
        takenAndPutBack("ip route del 10.77.0.0/24 dev bob", TOLD, "routes to 10.77.0.0/24 by bob");
        takenAndPutBack("ip -6 route del fd77::/64 dev bob", TOLD, "routes to fd77::/64 by bob");
        takenAndPutBack(
                "ip addr flush dev bob scope global", TOLD, "addresses 10.77.0.1/32, fd77::1/128 of bob", "routes");
        takenAndPutBack("wg set bob fwmark 0", UNTOLD, "mark 0x77 of bob");
        takenAndPutBack(
                "nft flush ruleset",
                TOLD,
                "keeps tailscaled's packets out",
                "iptables rule: accept interface",
                "ip6tables rule: masquerade");
        alice.sh("systemctl restart tailscaled.service");
        Tunnels.assertWhole(alice, bob);
    }

    @Test
    void rules_of_iptables_legacy_are_put_back_though_the_kernel_does_not_tell() {
        assertThat(alice.exec("test", "-x", "/usr/sbin/iptables-legacy").exitCode())
                .as("the lab's image has it")
                .isZero();
        alternatives("legacy");
        try {
            alice.upgrade("bob", "--iptables-accept").expect(0);
            Tunnels.assertWhole(alice, bob);
            assertThat(alice.sh("iptables-legacy-save")).contains("wirescale-bob");
            takenAndPutBack("iptables -F", UNTOLD, "iptables rule: accept interface");
            alice.down("bob").expect(0);
            assertThat(alice.sh("iptables-legacy-save")).doesNotContain("wirescale-bob");
        } finally {
            alternatives("nft");
        }
    }

    private void alternatives(String which) {
        for (String program : List.of("iptables", "ip6tables")) {
            alice.sh("update-alternatives --set " + program + " /usr/sbin/" + program + "-" + which);
        }
    }

    @Test
    void what_is_left_of_a_tunnel_whose_link_is_deleted_is_undone_though_nobody_watches_it() {
        Snapshot before = alice.snapshot();
        alice.upgrade("bob", "--iptables-accept").expect(0);
        Tunnels.assertWhole(alice, bob);
        alice.sh("systemctl stop autoremove-bob.service");
        Journal journal = alice.journal();
        alice.sh("ip link del bob");
        Await.until(
                TOLD.plus(SLACK),
                "the end of the state file",
                () -> alice.tunnelState("bob").isEmpty());
        assertThat(journal.daemonLines())
                .filteredOn(line -> line.contains("interface is gone"))
                .hasSize(1);
        alice.awaitUnchanged(before, Duration.ofSeconds(40));
    }

    @Test
    void a_link_that_another_made_in_the_place_of_ours_is_left_alone_by_a_daemon_that_starts() {
        alice.upgrade("bob", "--iptables-accept").expect(0);
        Tunnels.assertWhole(alice, bob);
        alice.sh("systemctl stop wirescaled.service autoremove-bob.service");
        alice.sh("ip link del bob; ip link add bob type bridge; ip addr add 192.0.2.1/24 dev bob; ip link set bob up");
        try {
            String others = alice.sh("ip -o addr show dev bob scope global; ip route show dev bob");
            Journal journal = alice.journal();
            alice.sh("systemctl start wirescaled.service");
            Await.until(
                    Duration.ofSeconds(5),
                    "the end of the state file",
                    () -> alice.tunnelState("bob").isEmpty());
            assertThat(alice.sh("ip -o addr show dev bob scope global; ip route show dev bob"))
                    .isEqualTo(others);
            assertThat(alice.sh("iptables-save; nft list tables"))
                    .doesNotContain("wirescale-bob")
                    .doesNotContain("wirescale_bob\n");
            assertThat(journal.daemonLines())
                    .filteredOn(line -> line.contains("another's now"))
                    .hasSize(1);
        } finally {
            alice.sh("ip link del bob");
        }
    }

    @Test
    void tunnels_outlive_the_daemon_and_the_next_one_knows_them() {
        alice.upgrade("bob", "--iptables-accept").expect(0);
        Tunnels.assertWhole(alice, bob);
        String before = all();
        alice.sh("systemctl restart wirescaled.service");
        alice.awaitServing();
        Tunnels.assertWhole(alice, bob);
        alice.sh("systemctl stop wirescaled.service wirescaled.socket");
        Tunnels.assertWhole(alice, bob);
        assertThat(all()).isEqualTo(before);
        alice.sh("ip route del 10.77.0.0/24 dev bob");
        alice.sh("systemctl start wirescaled.socket wirescaled.service");
        Await.until(Duration.ofSeconds(5), "what went while no daemon ran", () -> all().equals(before));
        alice.down("bob").expect(0);
    }

    @Test
    void a_new_address_of_the_machine_makes_the_unit_look_at_once() {
        alice.upgrade("bob").expect(0);
        Tunnels.assertWhole(alice, bob);
        // In the place of the unit's own, so that nobody else reads it.
        String pipe = "/run/wirescale/control/autoremove-bob.events";
        alice.sh("systemctl stop autoremove-bob.service; rm -f " + pipe + "; mkfifo -m 600 " + pipe);
        String uplink = alice.sh("ip -o route show default | sed 's/.* dev \\([^ ]*\\).*/\\1/'");
        Run reader =
                alice.start("bash", "-c", "exec 3<>" + pipe + "; echo ready; while read -r l <&3; do echo $l; done");
        try {
            reader.awaitLine("ready", Duration.ofSeconds(5));
            alice.sh("ip addr add 192.168.10.222/24 dev " + uplink);
            reader.awaitLine("check", Duration.ofSeconds(1).plus(SLACK));
        } finally {
            reader.signal("KILL");
            alice.sh("ip addr del 192.168.10.222/24 dev " + uplink + "; rm -f " + pipe);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{\"phase\":\"up\"",
                "{\"phase\":\"up\"        ,\"version\":0,\"boot\":\"x\"}\n",
                "\u0000\u0001"
            })
    void a_state_file_that_cannot_be_read_is_told_and_down_finds_what_is_ours(String text) {
        Snapshot before = alice.snapshot();
        alice.upgrade("bob", "--iptables-accept", "--iptables-masquerade").expect(0);
        Tunnels.assertWhole(alice, bob);
        Journal journal = alice.journal();
        alice.write("/run/wirescale/control/tunnel-bob.json", text);
        alice.sh("iptables -I INPUT -i other -j ACCEPT; nft add table inet other");
        try {
            alice.sh("systemctl restart wirescaled.service");
            alice.awaitServing();
            // Of what ends at once, as the clean-up does, journald may not have learnt the unit.
            assertThat(journal.entries())
                    .extracting(Journal.Entry::message)
                    .filteredOn(line -> line.contains("tunnel-bob.json") && line.contains("wirescale down bob"))
                    .hasSize(1);
            alice.awaitReaches("bob", "10.77.0.2");
            Result down = alice.down("bob").expect(0);
            assertThat(down.text()).contains("bob");
            assertThat(alice.sh("iptables -S INPUT; nft list tables")).contains("-i other", "inet other");
        } finally {
            alice.sh("iptables -D INPUT -i other -j ACCEPT; nft delete table inet other");
        }
        alice.awaitUnchanged(before, Duration.ofSeconds(40));
    }
}
