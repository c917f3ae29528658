package org.wirescale.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Bob runs wirescale 1.0.3, which nobody here wrote. */
@LabTest
final class OldPeerTest extends AliceAndBob {

    @Override
    Lab start() {
        return Lab.withOldBob();
    }

    @Test
    void answers_ours_which_takes_the_port_over() {
        String tailscaled = alice.tailscaledPid();
        alice.upgrade("bob").expect(0);
        Tunnels.assertWhole(alice, bob);
        assertThat(alice.tailscaledPid()).isEqualTo(tailscaled);
        Tunnels.assertTailscaleStaysOut(alice, bob, "10.77.0.2");
    }

    @Test
    void carries_the_traffic_of_ours_and_its_ipv6_is_unreachable_rather_than_in_the_clear() {
        bob.peerFile("alice", Lab.minimal("10.77.0.2", "10.77.0.0/24") + """
                [Wirescale]
                iptables-accept = true
                iptables-forward = true
                iptables-masquerade = true
                """);
        alice.upgrade("bob").expect(0);
        Tunnels.assertWhole(alice, bob);
        Result on = alice.exec("wirescale", "exit-node", "bob").expect(0);
        assertThat(on.text())
                .contains("Interface 'bob' has been enabled as an exit node ✅", "IPv6: unreachable while it is on");
        assertThat(alice.sh("exec 3<>/dev/tcp/198.51.100.1/80 && timeout 3 cat <&3"))
                .isEqualTo(lab.publicAddress(bob));
        assertThat(alice.sh("ip -6 route get 2001:db8:face::1 2>&1 || true")).contains("No route to host");
        alice.exec("wirescale", "exit-node", "--stop").expect(0);
        assertThat(alice.sh("exec 3<>/dev/tcp/198.51.100.1/80 && timeout 3 cat <&3"))
                .isEqualTo(lab.publicAddress(alice));
    }

    @Test
    void answers_ours_which_restarts_tailscaled() {
        alice.daemon(List.of("--restart-tailscale"));
        lab.direct(alice, bob);
        String tailscaled = alice.tailscaledPid();
        alice.upgrade("bob").expect(0);
        Tunnels.assertWhole(alice, bob);
        assertThat(alice.tailscaledPid()).isNotEqualTo(tailscaled);
    }

    @Test
    void asks_ours_which_takes_the_port_over() {
        String tailscaled = alice.tailscaledPid();
        Result upgrade = bob.upgrade("alice").expect(0);
        Tunnels.assertWhole(alice, bob);
        assertThat(alice.tailscaledPid()).isEqualTo(tailscaled);
        assertThat(upgrade.text())
                .contains("Remote peer 'alice' (100.64.0.1) has enqueued our request")
                .contains("Remote peer 'alice' (100.64.0.1) has started to process our upgrade request");
        Tunnels.assertTailscaleStaysOut(alice, bob, "10.77.0.2");
    }

    @Test
    void asks_ours_which_restarts_tailscaled() {
        alice.daemon(List.of("--restart-tailscale"));
        lab.direct(alice, bob);
        bob.upgrade("alice").expect(0);
        Tunnels.assertWhole(alice, bob);
    }

    @Test
    void asks_at_the_same_moment_and_there_is_one_tunnel() {
        Run hers = alice.startUpgrade("bob");
        Run his = bob.startUpgrade("alice");
        Result mine = hers.finish(Duration.ofMinutes(1));
        his.finish(Duration.ofMinutes(1));
        mine.expect(0);
        Tunnels.assertWhole(alice, bob);
    }

    @Test
    void is_told_why_ours_refuses() {
        alice.path("/etc/wirescale/bob.conf").toFile().delete();
        Ends ends = Ends.of(lab);
        Result upgrade = bob.upgrade("alice").expect(3);
        assertThat(upgrade.text() + upgrade.errorText()).contains("configuration file");
        ends.awaitNothing(Duration.ofSeconds(20));
    }

    @Test
    void answers_ours_which_recovers_the_tunnel() {
        alice.upgrade("bob").expect(0);
        Tunnels.assertWhole(alice, bob);
        alice.awaitWatched("bob");
        recovers("is working again");
    }

    /** It needs half a minute to notice, and a quarter of one until it does something. */
    @Test
    void asks_ours_to_recover_the_tunnel() {
        alice.upgrade("bob").expect(0);
        Tunnels.assertWhole(alice, bob);
        alice.sh("systemctl stop autoremove-bob.service");
        recovers("The WireGuard connection through interface 'bob' is working again");
        assertThat(alice.reaches("bob", "10.77.0.2")).isTrue();
    }

    private void recovers(String line) {
        Journal hers = alice.journal();
        int before = alice.listenPort("bob");
        lab.run("renumber", "bob");
        Await.until(
                Duration.ofSeconds(150),
                "the line '" + line + "'",
                () -> hers.daemonLines().stream().anyMatch(said -> said.contains(line)));
        alice.awaitReaches("bob", "10.77.0.2");
        bob.awaitReaches("alice", "10.77.0.1");
        assertThat(alice.listenPort("bob")).isNotEqualTo(before);
    }
}
