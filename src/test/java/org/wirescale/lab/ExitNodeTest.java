package org.wirescale.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What goes through an exit node and what does not, and what there is before, while and after it is on. */
@LabTest
final class ExitNodeTest extends ExitNodes {
    private static final Duration SOON = Duration.ofSeconds(5);
    private static final String ON = "Interface 'bob' has been enabled as an exit node ✅";
    private static final String OFF = "Interface 'bob' has been deactivated as an exit node ❌";

    @Test
    void everything_goes_through_it_but_what_is_near_and_afterwards_nothing_is_left() {
        upgradeTo(bob);
        between(carol, "10.78.0", "fd78");
        // One with a mark of its own, which stays.
        alice.write(
                "/etc/wirescale/carol.conf",
                alice.read("/etc/wirescale/carol.conf").replace("[Peer]", "FwMark = 0x77\n[Peer]"));
        upgradeTo(carol);
        // As many distributions have it; without marks that are kept, it drops what the tunnels and Tailscale receive.
        String filter = alice.sh("sysctl -n net.ipv4.conf.all.rp_filter");
        alice.sh("sysctl -qw net.ipv4.conf.all.rp_filter=1");
        // A container and its bridge, as Docker makes them.
        alice.sh("ip netns add box; ip link add docker0 type bridge; ip addr add 172.17.0.1/16 dev docker0;"
                + " ip link add box type veth peer name eth0 netns box; ip link set box master docker0 up;"
                + " ip link set docker0 up; ip -n box addr add 172.17.0.2/16 dev eth0; ip -n box link set eth0 up;"
                + " ip -n box route add default via 172.17.0.1");
        awaitOldPortForgotten();
        Snapshot before = alice.snapshot();
        assertThat(exitNode("--status").expect(0).text()).isEmpty();
        assertThat(seenFrom(WORLD4)).contains(outside4(alice));

        Result on = exitNode("bob").expect(0);
        assertThat(on.lines().getFirst()).isEqualTo(ON);
        assertThat(on.text()).contains("DNS: 100.100.100.100 (tailscaled, which asks its own servers beside 'bob')");
        assertThat(seenFrom(WORLD4)).contains(outside4(bob));
        assertThat(seenFrom(WORLD6)).contains(outside6(bob));
        assertThat(alice.exec("setpriv", "--reuid", "65534", "--clear-groups", "wirescale", "exit-node", "--status")
                        .expect(0)
                        .text())
                .isEqualTo("bob");
        assertThat(exitNode("--status", "--json").expect(0).text())
                .contains(
                        "\"interface\":\"bob\"",
                        "\"ipv4\":\"tunnel\"",
                        "\"ipv6\":\"tunnel\"",
                        "\"fail_closed\":\"off\"");

        // The LAN, a bridge of containers, the tailnet, the other tunnel: as before, and each by its own way.
        alice.sh("ping -n -c 1 -W 1 192.168.10.1");
        alice.sh("ping -n -c 1 -W 1 172.17.0.2; ip netns exec box ping -n -c 1 -W 1 172.17.0.1");
        alice.sh("ping -n -c 1 -W 2 " + carol.address());
        assertThat(alice.reaches("carol", "10.78.0.2")).isTrue();
        assertThat(alice.sh("wg show carol fwmark")).isEqualTo("0x77");
        assertThat(carol.sh("wg show alice endpoints")).containsAnyOf(outside4(alice), outside6(alice));

        assertThat(exitNode("--stop").expect(0).text()).isEqualTo(OFF);
        alice.awaitUnchanged(before, SOON);
        assertThat(seenFrom(WORLD4)).contains(outside4(alice));
        alice.sh("sysctl -qw net.ipv4.conf.all.rp_filter=" + filter + "; ip link del docker0; ip netns del box");
    }

    @Test
    void a_new_one_replaces_the_old_one_and_says_both_lines() {
        upgradeTo(bob);
        between(carol, "10.78.0", "fd78");
        upgradeTo(carol);
        exitNode("bob").expect(0);
        try (Leaks leaks = Leaks.of(alice)) {
            leaks.watch();
            Result replaced = exitNode("carol").expect(0);
            assertThat(replaced.lines().subList(0, 2))
                    .containsExactly(OFF, "Interface 'carol' has been enabled as an exit node ✅");
            assertThat(seenFrom(WORLD4)).contains(outside4(carol));
            exitNode("bob").expect(0);
            assertThat(seenFrom(WORLD6)).contains(outside6(bob));
            assertThat(leaks.seen()).isEmpty();
        }
        assertThat(alice.sh("wg show all allowed-ips | grep -c 0.0.0.0/0")).isEqualTo("1");
    }

    @Test
    void a_file_with_the_default_network_makes_it_and_an_incoming_request_does_not_replace_a_persons_choice() {
        alice.peerFile("bob", "[Interface]\nAddress = 10.77.0.1, fd77::1\n[Peer]\nAllowedIPs = 0.0.0.0/0, ::/0\n");
        assertThat(alice.upgrade("bob").expect(0).text()).contains(ON);
        assertThat(exitNode("--status").text()).isEqualTo("bob");
        awaitSeenFrom(WORLD6, outside6(bob), SOON);
        exitNode("bob").expect(0);

        between(carol, "10.78.0", "fd78");
        alice.peerFile("carol", "[Interface]\nAddress = 10.78.0.1, fd78::1\n[Peer]\nAllowedIPs = 0.0.0.0/0, ::/0\n");
        carol.upgrade("alice").expect(0);
        assertThat(exitNode("--status").text()).isEqualTo("bob");
        assertThat(seenFrom(WORLD4)).contains(outside4(bob));

        // What root decided about what gets out is not for a file, nor for who asks for its tunnel.
        exitNode("bob", "--fail-closed").expect(0);
        alice.down("bob").expect(0);
        alice.sh("runuser -u sam -- wirescale upgrade bob");
        assertThat(exitNode("--status", "--json").text()).contains("\"fail_closed\":\"on\"");
        exitNode("--stop").expect(0);

        alice.down("bob").expect(0);
        assertThat(exitNode("--status").text()).isEmpty();
        awaitSeenFrom(WORLD4, outside4(alice), SOON);
    }

    @Test
    void without_forwarding_of_ipv6_there_ipv6_is_unreachable_at_once() {
        bob.peerFile("alice", """
                [Interface]
                Address = 10.77.0.2
                [Peer]
                AllowedIPs = 10.77.0.0/24
                [Wirescale]
                iptables-forward = true
                iptables-masquerade = true
                """);
        alice.peerFile("bob", Lab.minimal("10.77.0.1", "10.77.0.0/24"));
        alice.upgrade("bob").expect(0);
        assertThat(exitNode("bob").expect(0).text())
                .contains("IPv6: unreachable while it is on; the tunnel has no IPv6 address");
        long begin = System.nanoTime();
        assertThat(seenFrom(WORLD6)).isEmpty();
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(1));
        assertThat(seenFrom(WORLD4)).contains(outside4(bob));
    }

    @Test
    void it_ends_with_its_tunnel_and_a_recovery_keeps_it() {
        upgradeTo(bob);
        exitNode("bob").expect(0);
        alice.awaitWatched("bob");
        lab.run("renumber", "bob");
        Await.until(
                Duration.ofSeconds(30),
                "a recovered exit node",
                () -> seenFrom(WORLD4)
                        .filter(address -> address.startsWith("203.0.113.2"))
                        .isPresent());
        assertThat(exitNode("--status").text()).isEqualTo("bob");
        alice.sh("ip link del bob");
        Await.until(
                SOON,
                "the end of the exit node",
                () -> exitNode("--status").text().isEmpty());
        awaitSeenFrom(WORLD4, outside4(alice), SOON);
    }

    @Test
    void connections_from_outside_are_answered_the_way_they_came_when_asked_for() {
        // Nothing comes in through the lab's NAT; the router itself is outside enough, by an address that only a
        // default route has.
        lab.onRouter("alice", "ip addr add 198.18.0.1/32 dev lo");
        String pings = "ping -n -c 2 -W 1 -I 198.18.0.1 192.168.10.2";
        upgradeTo(bob);
        exitNode("bob").expect(0);
        assertThat(lab.tryOnRouter("alice", pings).exitCode()).isNotZero();
        exitNode("bob", "--keep-inbound").expect(0);
        assertThat(lab.tryOnRouter("alice", pings).exitCode()).isZero();
        assertThat(seenFrom(WORLD4)).contains(outside4(bob));
    }

    @Test
    void while_an_exit_node_of_tailscales_is_on_a_tunnel_still_goes_its_own_way() {
        // As tailscaled has it then, which makes an exit node of a peer only with the control server's consent.
        alice.sh("ip route add default dev tailscale0 table 52; ip -6 route add default dev tailscale0 table 52");
        upgradeTo(bob);
        assertThat(alice.sh("wg show bob fwmark")).isEqualTo("0x80000");
        alice.sh("ip route del default table 52; ip -6 route del default table 52");
    }

    @Test
    void what_cannot_be_is_refused_and_says_what_to_do() {
        assertThat(exitNode("bob").expect(1).errorText())
                .contains("there is no tunnel 'bob' that is up: 'wirescale upgrade PEER' makes one");
        assertThat(exitNode().expect(2).errorText()).startsWith("Error: ");
        assertThat(exitNode("bob", "--stop").expect(2).errorText()).startsWith("Error: ");
        assertThat(exitNode("bob", "--keep-inbound", "--fail-closed").expect(2).errorText())
                .contains("--keep-inbound");
        upgradeTo(bob);
        Snapshot before = alice.snapshot();
        alice.sh("ip route add default via 192.168.10.1 table 52");
        assertThat(exitNode("bob").expect(1).errorText()).contains("an exit node of Tailscale's is on");
        alice.sh("ip route del default table 52; ip route add default via 192.168.10.1 table 77;"
                + " ip rule add pref 5100 not fwmark 0x77 lookup 77");
        assertThat(exitNode("bob").expect(1).errorText()).contains("another VPN takes all traffic", "rule 5100");
        alice.sh("ip rule del pref 5100; ip route flush table 77");
        assertThat(alice.exec(
                                "env",
                                "SSH_CONNECTION=198.51.100.7 50000 192.168.10.2 22",
                                "wirescale",
                                "exit-node",
                                "bob")
                        .expect(1)
                        .errorText())
                .contains("the SSH session from 198.51.100.7", "--keep-inbound");
        alice.awaitUnchanged(before, SOON);
        alice.exec("env", "SSH_CONNECTION=192.168.10.7 50000 192.168.10.2 22", "wirescale", "exit-node", "bob")
                .expect(0);
    }

    @Test
    void the_files_resolver_stays_the_first_one() {
        alice.peerFile("bob", """
                [Interface]
                Address = 10.77.0.1, fd77::1
                DNS = 10.77.0.2
                [Peer]
                AllowedIPs = 10.77.0.0/24, fd77::/64
                """);
        upgradeTo(bob);
        assertThat(exitNode("bob").expect(0).text()).contains("DNS: 10.77.0.2 (through 'bob')");
        alice.sh("printf 'nameserver 192.168.10.1\\n' >/etc/resolv.conf; ip rule del pref 5501");
        Await.until(
                SOON,
                "the file's resolver",
                () -> alice.sh("grep -m 1 nameserver /etc/resolv.conf").equals("nameserver 10.77.0.2"));
        assertThat(Optional.of(exitNode("--status", "--json").text()))
                .hasValueSatisfying(text -> assertThat(text).contains("through 'bob'"));

        // A boot ends it, and tailscaled remembers what it was told.
        assertThat(alice.sh("tailscale debug prefs | jq .CorpDNS")).isEqualTo("false");
        lab.run("crash", "alice");
        lab.run("boot", "alice");
        alice = lab.refresh("alice");
        Await.until(
                SOON,
                "tailscaled's own setting",
                () -> alice.sh("tailscale debug prefs | jq .CorpDNS").equals("true"));
        // What resolvconf wrote stays over a boot until something else writes the file; in the lab nothing does.
        alice.sh(": >/etc/resolv.conf; systemctl restart tailscaled");
        alice.awaitTailscale();
    }
}
