package org.wirescale.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The ways in which tailscaled's port becomes the tunnel's, between two machines of ours. */
@LabTest
final class UpgradeTest extends AliceAndBob {
    private static final String[] TAKEOVER = {
        "Setting up WireGuard interface 'bob'...", "Taking over the port of tailscale..."
    };
    private static final String[] RESTART = {
        "Stopping tailscale...", "Setting up WireGuard interface 'bob'...", "Starting tailscale..."
    };

    @Test
    void shows_the_known_lines_with_the_session_in_front_on_the_terminal_and_in_both_journals() {
        Journal hers = alice.journal();
        Journal his = bob.journal();
        Result upgrade = alice.upgrade("bob").expect(0);
        String uid = Tunnels.uid(upgrade);
        List<String> daemon = Tunnels.lines(bob, "bob", TAKEOVER).stream()
                .map(line -> uid + " - " + line)
                .toList();
        List<String> all = new ArrayList<>(Tunnels.preamble(bob, "bob"));
        all.addAll(daemon);
        assertThat(upgrade.lines()).isEqualTo(all);
        assertThat(upgrade.errors()).isEmpty();
        Await.until(
                Duration.ofSeconds(5),
                "the whole session in alice's journal",
                () -> hers.session(uid).containsAll(daemon));
        assertThat(hers.daemonLines()).containsAll(daemon);
        Await.until(
                Duration.ofSeconds(5),
                "the session in bob's journal",
                () -> his.session(uid).stream()
                        .anyMatch(line -> line.contains("Setting up WireGuard interface 'alice'...")));
        assertThat(his.daemonLines())
                .filteredOn(line -> his.session(uid).contains(line))
                .isNotEmpty()
                .allMatch(line -> line.startsWith(uid + " - "));
    }

    @Test
    void a_takeover_moves_the_port_from_a_tailscaled_that_goes_on() {
        List<Integer> port = alice.tailscaledPorts();
        List<Integer> hisPort = bob.tailscaledPorts();
        String hers = alice.tailscaledPid();
        String his = bob.tailscaledPid();
        alice.upgrade("bob").expect(0);
        Tunnels.assertWhole(alice, bob);
        assertThat(port).contains(alice.listenPort("bob"));
        assertThat(hisPort).contains(bob.listenPort("alice"));
        assertThat(alice.tailscaledPorts()).doesNotContain(alice.listenPort("bob"));
        assertThat(bob.tailscaledPorts()).doesNotContain(bob.listenPort("alice"));
        assertThat(alice.tailscaledPid()).isEqualTo(hers);
        assertThat(bob.tailscaledPid()).isEqualTo(his);
        Tunnels.assertTailscaleStaysOut(alice, bob, "10.77.0.2");
        Tunnels.assertTailscaleStaysOut(bob, alice, "10.77.0.1");
        assertThat(alice.sh("wg show bob endpoints")).endsWith("203.0.113.20:" + bob.listenPort("alice"));
        assertThat(alice.sh("wg show bob persistent-keepalive")).endsWith("\t10");
        assertThat(bob.sh("wg show alice persistent-keepalive")).endsWith("\t10");
    }

    @Test
    void a_restart_of_tailscaled_gives_the_port_where_it_cannot_be_taken_over() {
        alice.daemon(List.of("--restart-tailscale"));
        bob.daemon(List.of("--restart-tailscale"));
        lab.direct(alice, bob);
        String hers = alice.tailscaledPid();
        String his = bob.tailscaledPid();
        Result upgrade = alice.upgrade("bob").expect(0);
        String uid = Tunnels.uid(upgrade);
        assertThat(upgrade.lines())
                .containsSubsequence(Tunnels.lines(bob, "bob", RESTART).stream()
                        .map(line -> uid + " - " + line)
                        .toList());
        Tunnels.assertWhole(alice, bob);
        assertThat(alice.tailscaledPid()).isNotEqualTo(hers).isNotEqualTo("0");
        assertThat(bob.tailscaledPid()).isNotEqualTo(his).isNotEqualTo("0");
        assertThat(alice.exists("/run/wirescale/control/tailscaled-stopped")).isFalse();
        lab.direct(alice, bob);
    }

    @Test
    void each_end_may_have_a_way_of_its_own() {
        bob.daemon(List.of("--restart-tailscale"));
        lab.direct(alice, bob);
        String hers = alice.tailscaledPid();
        alice.upgrade("bob").expect(0);
        Tunnels.assertWhole(alice, bob);
        assertThat(alice.tailscaledPid()).isEqualTo(hers);
    }

    @Test
    void down_leaves_both_machines_as_they_were() {
        Ends ends = Ends.of(lab);
        alice.upgrade("bob", "--iptables-accept", "--iptables-forward", "--iptables-masquerade")
                .expect(0);
        Tunnels.assertWhole(alice, bob);
        assertThat(alice.sh("iptables-save")).contains("wirescale-bob");
        alice.sh("sysctl -qw net.ipv4.ip_forward=0 net.ipv6.conf.all.forwarding=0");
        ends.takeDown();
        for (Host host : List.of(alice, bob)) {
            Await.until(
                    Duration.ofSeconds(40),
                    "the end of the last rule of ours on " + host,
                    () -> !host.sh("nft list tables").contains("wirescale"));
        }
    }

    @Test
    void a_second_upgrade_right_after_down_works_as_the_first_did() {
        alice.upgrade("bob").expect(0);
        Tunnels.assertWhole(alice, bob);
        for (int i = 0; i < 2; i++) {
            alice.down("bob").expect(0);
            alice.upgrade("bob").expect(0);
            Tunnels.assertWhole(alice, bob);
        }
    }
}
