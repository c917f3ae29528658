package org.wirescale.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What others do to the machine in the middle of an upgrade. */
@LabTest
final class TroubleTest extends AliceAndBob {
    private static final Duration SOON = Duration.ofSeconds(30);

    /** Asks tailscaled for another port every 5 ms, likewise. */
    private static final String REBINDS = """
            import os, socket, time
            print('ready', flush=True)
            while not os.path.exists('/tmp/hook-begin'):
                time.sleep(0.001)
            while True:
                s = socket.socket(socket.AF_UNIX)
                s.connect('/run/tailscale/tailscaled.sock')
                s.sendall(b'POST /localapi/v0/debug?action=rebind HTTP/1.0\\r\\nHost: local-tailscaled.sock\\r\\nContent-Length: 0\\r\\n\\r\\n')
                s.recv(1)
                s.close()
                time.sleep(0.005)
            """;

    @ParameterizedTest
    @ValueSource(strings = {"4", "6"})
    void a_process_binds_the_port_the_moment_that_it_is_free_while_tailscaled_is_made_to_move(String family) {
        int port = PortThief.announced(alice);
        // Runs before go: all has been agreed, nothing has been changed yet.
        alice.peerFile(
                "bob",
                "[Interface]\nAddress = 10.77.0.1\nPreUp = touch /tmp/hook-begin\n[Peer]\nAllowedIPs = 10.77.0.0/24\n");
        Ends ends = Ends.of(lab);
        Run thief = alice.start("python3", "-c", PortThief.SCRIPT, family, Integer.toString(port));
        Run rebinds = alice.start("python3", "-c", REBINDS);
        try {
            thief.awaitLine("ready", SOON);
            rebinds.awaitLine("ready", SOON);
            Run upgrade = alice.startUpgrade("bob");
            Result result = upgrade.finish(SOON);
            if (result.exitCode() == 0) {
                Tunnels.assertWhole(alice, bob);
            } else {
                assertThat(result.errorText()).startsWith("Error: ").containsIgnoringCase("port");
                long begun = upgrade.output().stream()
                        .filter(line -> line.text().contains("Setting up"))
                        .mapToLong(Run.Line::nanos)
                        .findFirst()
                        .orElse(result.took().toNanos());
                assertThat(result.took().minusNanos(begun)).isLessThan(Duration.ofSeconds(3));
            }
        } finally {
            thief.signal("KILL");
            rebinds.signal("KILL");
        }
        ends.awaitAllOrNothing();
    }

    @Test
    void another_program_that_has_the_port_in_the_other_family_is_refused_before_anything_changes() {
        int port = PortThief.announced(alice);
        Run holder = PortThief.hold(alice, 6, port);
        try {
            lab.direct(alice, bob);
            Ends ends = Ends.of(lab);
            Result result = alice.upgrade("bob");
            assertThat(result.exitCode()).isNotZero();
            assertThat(result.errorText()).startsWith("Error: ").contains(Integer.toString(port));
            ends.awaitNothing(Duration.ofSeconds(5));
        } finally {
            holder.signal("KILL");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Starting to process",
                "has started to process our upgrade request",
                "Setting up WireGuard interface",
                "Taking over the port of tailscale",
                "Launching autoremove"
            })
    void tailscaled_is_restarted_in_the_middle(String line) {
        Ends ends = Ends.of(lab);
        Run upgrade = alice.startUpgrade("bob");
        upgrade.awaitLine(line, SOON);
        alice.sh("systemctl restart tailscaled.service");
        Result result = upgrade.finish(Duration.ofSeconds(60));
        assertThat(result.exitCode()).isIn(0, 1, 4);
        if (result.exitCode() != 0) {
            assertThat(result.errorText()).startsWith("Error: ");
        }
        ends.awaitAllOrNothing();
    }

    /** As it does about a second after another tunnel's interface was made: the peer then knows a port that is not the held one. */
    @Test
    void tailscaled_moves_by_itself_while_all_is_being_agreed_on() {
        alice.peerFile("bob", """
                [Interface]
                Address = 10.77.0.1
                PreUp = [ -e /tmp/hook-moved ] || { touch /tmp/hook-moved; tailscale debug rebind; }
                [Peer]
                AllowedIPs = 10.77.0.0/24
                """);
        Journal journal = alice.journal();
        alice.upgrade("bob").expect(0);
        Tunnels.assertWhole(alice, bob);
        assertThat(journal.daemonLines()).anyMatch(line -> line.contains("Starting over: tailscaled left port"));
    }

    @Test
    void tailscaled_is_restarted_at_the_other_end_in_the_middle() {
        Ends ends = Ends.of(lab);
        Run upgrade = alice.startUpgrade("bob");
        upgrade.awaitLine("Setting up WireGuard interface", SOON);
        bob.sh("systemctl restart tailscaled.service");
        assertThat(upgrade.finish(Duration.ofSeconds(60)).exitCode()).isIn(0, 1, 4);
        ends.awaitAllOrNothing();
    }

    @Test
    void a_far_end_that_still_has_the_old_tunnel_builds_a_new_one() {
        alice.upgrade("bob").expect(0);
        Tunnels.assertWhole(alice, bob);
        String old = bob.sh("wg show alice public-key");
        lab.run("crash", "alice");
        lab.run("boot", "alice");
        alice = lab.refresh("alice");
        assertThat(bob.hasLink("alice")).isTrue();
        lab.direct(alice, bob);
        alice.upgrade("bob").expect(0);
        Tunnels.assertWhole(alice, bob);
        assertThat(bob.sh("wg show interfaces")).isEqualTo("alice");
        assertThat(bob.sh("wg show alice public-key")).isNotEqualTo(old);
    }

    @Test
    void a_link_that_others_delete_takes_the_rest_of_its_tunnel_with_it() {
        Ends ends = Ends.of(lab);
        alice.upgrade("bob", "--iptables-accept").expect(0);
        Tunnels.assertWhole(alice, bob);
        alice.sh("ip link del bob");
        alice.awaitUnchanged(ends.firstBefore(), Duration.ofSeconds(4));
    }

    @Test
    void a_tunnel_on_which_nothing_comes_any_more_is_taken_down() {
        Snapshot before = bob.snapshot();
        alice.upgrade("bob").expect(0);
        Tunnels.assertWhole(alice, bob);
        lab.run("offline", "alice");
        try {
            bob.awaitNoLink("alice", Ends.SILENCE);
            bob.awaitUnchanged(before, Duration.ofSeconds(10));
        } finally {
            lab.run("online", "alice");
        }
    }
}
