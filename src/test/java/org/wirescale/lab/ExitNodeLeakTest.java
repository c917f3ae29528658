package org.wirescale.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What leaves alice's network in the clear, seen on her router, while somebody does to her what would let it. With
 * {@code --fail-closed} never a packet; without it none but in the seconds that putting back may take. The counts are printed.
 */
@LabTest
@Timeout(1200)
final class ExitNodeLeakTest extends ExitNodes {
    private static final Duration MOMENT = Duration.ofMillis(600);
    private static final Duration PUT_BACK = Duration.ofSeconds(3);
    private static final String TABLE = "2693596026";

    /** Somebody else's doing. */
    private static final List<String> REMOVALS = Stream.concat(
                    IntStream.of(5500, 5501, 5502, 5999, 6000)
                            .boxed()
                            .flatMap(pref -> Stream.of("ip rule del pref " + pref, "ip -6 rule del pref " + pref)),
                    Stream.of(
                            "ip route flush table " + TABLE,
                            "ip -6 route flush table " + TABLE,
                            "ip route del default dev bob table " + TABLE,
                            "ip -6 route del default dev bob table " + TABLE,
                            "wg set bob fwmark 0",
                            "nft delete table inet wirescale/exit",
                            "iptables -F; ip6tables -F; iptables -t mangle -F",
                            "nft flush ruleset"))
            .toList();

    /** A route that a router advertisement may bring (RFC 4191). */
    private static final String HALF6 = "route %s 2000::/3 via 2001:db8:10::1";

    private final List<String> counted = new ArrayList<>();
    private int removals;

    @BeforeEach
    void forgetCounts() {
        counted.clear();
    }

    /** Packets to the world, and questions to a resolver of the LAN, which the barrier of the firewall alone keeps. */
    private int count(String what, Leaks leaks, boolean withFirewall, Runnable action) {
        leaks.watch();
        action.run();
        leaks.flow(MOMENT);
        List<String> seen = leaks.seen();
        int packets = Leaks.packets(seen, line -> withFirewall || !line.startsWith("192.168.10.1 udp 53 "));
        counted.add("%-60s %d %s".formatted(what, packets, seen.isEmpty() ? "" : seen));
        return packets;
    }

    private int count(String what, Leaks leaks, Runnable action) {
        return count(what, leaks, !what.contains("nft") && !what.contains("no firewall"), action);
    }

    private void print(String title) {
        System.out.println(title);
        counted.forEach(line -> System.out.println("  " + line));
    }

    private void remove(String command) {
        alice.sh(command);
    }

    /** Within 2 s where the kernel tells, 10 s where it does not; and a moment for the look itself. */
    private void awaitWhole(String removal) {
        Duration promise = removal.startsWith("wg ") ? Duration.ofSeconds(10) : Duration.ofSeconds(2);
        Await.until(promise.plusSeconds(1), "all that was removed by " + removal, () -> rules() == 10 && marked());
    }

    private int rules() {
        return Integer.parseInt(alice.sh("(ip rule; ip -6 rule) | grep -cE '^(5500|5501|5502|5999|6000):' || true"));
    }

    private boolean marked() {
        return alice.sh("wg show bob fwmark").equals("0xa08d037b")
                && alice.sh("ip route show table " + TABLE + "; ip -6 route show table " + TABLE)
                                .lines()
                                .count()
                        == 4
                && alice.exec("nft", "list", "table", "inet", "wirescale/exit").exitCode() == 0;
    }

    @Test
    void failing_closed_lets_nothing_out_whatever_happens() {
        upgradeTo(bob);
        between(carol, "10.78.0", "fd78");
        upgradeTo(carol);
        int all = 0;
        exitNode("bob", "--fail-closed").expect(0);
        try (Leaks leaks = Leaks.withLookups(alice)) {
            all += count("normal use", leaks, () -> {});
            all += count(
                    "enabled once more",
                    leaks,
                    () -> exitNode("bob", "--fail-closed").expect(0));
            all += count(
                    "replaced", leaks, () -> exitNode("carol", "--fail-closed").expect(0));
            all += count(
                    "replaced again",
                    leaks,
                    () -> exitNode("bob", "--fail-closed").expect(0));
            for (String removal : REMOVALS) {
                anew("--fail-closed");
                all += count(removal, leaks, () -> remove(removal));
                awaitWhole(removal);
            }
            all += count(
                    "nft delete table inet wirescale_closed",
                    leaks,
                    () -> remove("nft delete table inet wirescale_closed"));
            all += count("a route of a router advertisement", leaks, () -> remove("ip -6 " + HALF6.formatted("add")));
            remove("ip -6 " + HALF6.formatted("del"));
            all += count("a foreign full tunnel comes", leaks, () -> foreign("up"));
            all += count("a foreign full tunnel goes", leaks, () -> foreign("down"));
            awaitWhole("a foreign full tunnel");
            alice.awaitWatched("bob");
            all += count("the peer's public address changes", leaks, () -> {
                lab.run("renumber", "bob");
                // How soon is HealBench's question; another lab beside this one may have the processors.
                awaitSeenFrom(WORLD4, outside4(bob), Duration.ofSeconds(90));
            });
            all += count("daemon killed", leaks, () -> remove("systemctl kill -s KILL wirescaled.service"));
            alice.awaitServing();

            remove("systemctl stop wirescaled.socket wirescaled.service");
            all += count(
                    "no daemon, no rules of routing",
                    leaks,
                    () -> remove(
                            "for i in 1 2 3 4 5 6; do for p in 5500 5501 5502 5999 6000; do ip rule del pref $p; ip -6 rule del pref $p;"
                                    + " done; done; ip route flush table " + TABLE + "; ip -6 route flush table "
                                    + TABLE));
            remove("systemctl start wirescaled.socket wirescaled.service");
            alice.awaitServing();
            awaitWhole("while no daemon ran");
            remove("systemctl stop wirescaled.socket wirescaled.service");
            all += count("no daemon, no firewall", leaks, () -> remove("nft flush ruleset"));
            all += count("no daemon, no firewall, the tunnel taken down", leaks, () -> alice.down("bob"));
            remove("systemctl start wirescaled.socket wirescaled.service");
            alice.awaitServing();
            Await.until(PUT_BACK, "the barrier", this::isClosed);
            all += count("the tunnel gone for good", leaks, () -> {});
            assertThat(exitNode("--status").text()).isEqualTo("bob");
            all += count("the tunnel made anew", leaks, () -> {
                alice.upgrade("bob").expect(0);
                awaitSeenFrom(WORLD4, outside4(bob), Duration.ofSeconds(5));
            });
        }
        print("packets in the clear, with --fail-closed:");
        assertThat(all).as(String.join("\n", counted)).isZero();
        exitNode("--stop").expect(0);
        awaitSeenFrom(WORLD4, outside4(alice), Duration.ofSeconds(5));
    }

    /** What is removed five times in a minute is put back every ten seconds only, until the exit node is enabled anew. */
    private void anew(String... options) {
        if (++removals % 4 == 0) {
            exitNode(Stream.concat(Stream.of("bob"), Stream.of(options)).toArray(String[]::new))
                    .expect(0);
        }
    }

    private void foreign(String verb) {
        alice.write("/etc/wireguard/foreign.conf", """
                [Interface]
                Address = 10.99.0.1/32, fd99::1/128
                PrivateKey = YAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk=
                [Peer]
                PublicKey = xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=
                AllowedIPs = 0.0.0.0/0, ::/0
                Endpoint = 198.51.100.1:51820
                """);
        alice.sh("wg-quick " + verb + " foreign");
    }

    @Test
    void open_it_leaks_nothing_but_for_the_moments_of_putting_back() {
        upgradeTo(bob);
        exitNode("bob").expect(0);
        List<String> leaking = new ArrayList<>();
        try (Leaks leaks = Leaks.of(alice)) {
            assertThat(count("normal use", leaks, () -> {})).isZero();
            for (String removal : REMOVALS) {
                anew();
                if (count(removal, leaks, () -> remove(removal)) > 0) {
                    leaking.add(removal);
                }
                awaitWhole(removal);
                leaks.watch();
                leaks.flow(MOMENT);
                assertThat(leaks.seen())
                        .as("after it was put back: %s", removal)
                        .isEmpty();
            }
            assertThat(count(
                            "a route of a router advertisement",
                            leaks,
                            () -> remove("ip -6 " + HALF6.formatted("add"))))
                    .isZero();
            remove("ip -6 " + HALF6.formatted("del"));
            count("the tunnel gone", leaks, () -> remove("ip link del bob"));
            Await.until(
                    PUT_BACK,
                    "the end of the exit node",
                    () -> exitNode("--status").text().isEmpty());
        }
        print("packets in the clear, without --fail-closed:");
        assertThat(leaking)
                .as("removals of a single thing that let something out")
                .isEmpty();
    }

    @Test
    void without_nft_iptables_closes() {
        upgradeTo(bob);
        alice.sh("mv /usr/sbin/nft /usr/sbin/nft.away");
        try (Leaks leaks = Leaks.withLookups(alice)) {
            assertThat(exitNode("bob", "--fail-closed=always").expect(1).errorText())
                    .contains("nft");
            exitNode("bob", "--fail-closed").expect(0);
            assertThat(count("normal use", leaks, () -> {})).isZero();
            awaitSeenFrom(WORLD4, outside4(bob), PUT_BACK);
            assertThat(
                            count(
                                    "policy rules gone, iptables alone",
                                    leaks,
                                    () -> remove(
                                            "systemctl stop wirescaled.socket"
                                                    + " wirescaled.service; for p in 5500 5999 6000; do ip rule del pref $p; ip -6 rule del pref $p; done")))
                    .isZero();
            remove("systemctl start wirescaled.socket wirescaled.service");
            alice.awaitServing();
            assertThat(count("iptables flushed", leaks, () -> remove("iptables -F; ip6tables -F")))
                    .isZero();
            assertThat(count("the tunnel gone", leaks, () -> remove("ip link del bob")))
                    .isZero();
        } finally {
            exitNode("--stop");
            alice.sh("mv /usr/sbin/nft.away /usr/sbin/nft");
        }
        print("packets in the clear, with iptables:");
    }

    @Test
    void routes_that_a_dhcp_server_hands_out_let_nothing_out() {
        upgradeTo(bob);
        exitNode("bob", "--fail-closed").expect(0);
        String[] halves = {"0.0.0.0/1 192.168.10.1", "128.0.0.0/1 192.168.10.1"};
        try (Leaks leaks = Leaks.withLookups(alice)) {
            leaks.watch();
            try (Networkd networkd = Networkd.start(alice, halves)) {
                assertThat(alice.sh("ip route show proto dhcp")).contains("0.0.0.0/1 via", "128.0.0.0/1 via");
                assertThat(count("routes by DHCP", leaks, () -> {})).isZero();
                assertThat(count("systemd-networkd restarted", leaks, networkd::restart))
                        .isZero();
                awaitWhole("systemd-networkd");
                exitNode("bob").expect(0);
                assertThat(count("routes by DHCP, no firewall", leaks, () -> {}))
                        .isZero();
            }
        }
        print("packets in the clear, with a DHCP server's routes:");
    }

    @Test
    void killed_while_it_is_enabled_it_is_finished_or_undone_and_what_was_closed_stays_so() {
        upgradeTo(bob);
        awaitOldPortForgotten();
        Snapshot before = alice.snapshot();
        for (String step : steps()) {
            alice.exec("env", "WIRESCALE_KILL_AT=" + step, "wirescale", "exit-node", "bob");
            alice.sh("systemctl restart wirescaled.service");
            alice.awaitServing();
            String on = exitNode("--status").text();
            if (!on.isEmpty()) {
                awaitSeenFrom(WORLD4, outside4(bob), PUT_BACK);
                exitNode("--stop").expect(0);
            }
            alice.awaitUnchanged(before, PUT_BACK);

            try (Leaks leaks = Leaks.of(alice)) {
                alice.exec("env", "WIRESCALE_KILL_AT=" + step, "wirescale", "exit-node", "bob", "--fail-closed");
                if (isClosed()) {
                    assertThat(count("killed at " + step, leaks, () -> {}))
                            .as("killed at %s", step)
                            .isZero();
                    assertThat(count("clean-up after " + step, leaks, () -> {
                                alice.sh("systemctl restart wirescaled.service");
                                alice.awaitServing();
                            }))
                            .as("clean-up after it was killed at %s", step)
                            .isZero();
                }
            }
            exitNode("--stop").expect(0);
            alice.awaitUnchanged(before, PUT_BACK);
        }
        print("packets in the clear, killed while it was enabled with --fail-closed:");
    }

    private boolean isClosed() {
        return alice.exec("nft", "list", "table", "inet", "wirescale_closed").exitCode() == 0;
    }

    @Test
    void always_closed_outlives_a_boot_until_it_is_stopped() {
        upgradeTo(bob);
        exitNode("bob", "--fail-closed=always").expect(0);
        lab.run("watch", "alice");
        lab.run("crash", "alice");
        lab.run("boot", "alice");
        alice = lab.refresh("alice");
        try (Leaks leaks = Leaks.withLookups(alice)) {
            leaks.flow(MOMENT);
            assertThat(leaks.seen()).as("since before the boot").isEmpty();
            assertThat(seenFrom(WORLD4)).isEmpty();
        }
        alice.sh("ping -n -c 1 -W 2 " + bob.address());
        assertThat(exitNode("--stop").expect(0).text()).isEqualTo("What was left of an exit node has been removed");
        awaitSeenFrom(WORLD4, outside4(alice), Duration.ofSeconds(5));
        assertThat(alice.exists("/var/lib/wirescale/closed.nft")).isFalse();
    }

    /** Those of a run in which nothing died. */
    private List<String> steps() {
        Journal journal = alice.journal();
        alice.exec("env", "WIRESCALE_DEBUG=1", "wirescale", "exit-node", "bob", "--fail-closed")
                .expect(0);
        List<String> steps = journal.steps().stream().distinct().toList();
        exitNode("--stop").expect(0);
        assertThat(steps).hasSizeGreaterThan(10).contains("barrier.done", "exit-node.up");
        return steps;
    }
}
