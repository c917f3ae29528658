package org.wirescale.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command goes away, by Ctrl-C or SIGKILL. Hooks that take their time hold the session at the moment in question. */
@LabTest
final class InterruptedCommandTest extends AliceAndBob {
    private static final Duration SOON = Duration.ofSeconds(20);

    @ParameterizedTest
    @ValueSource(strings = {"INT", "KILL"})
    void before_go_the_session_is_cancelled_and_the_peer_learns_of_it(String signal) {
        // Runs before the response is sent, so before go.
        bob.peerFile("alice", withHook("10.77.0.2", "PreUp"));
        Ends ends = Ends.of(lab);
        Journal his = bob.journal();
        Run upgrade = alice.startUpgrade("bob");
        upgrade.awaitLine("has started to process our upgrade request", SOON);
        Await.until(SOON, "bob's hook", () -> bob.exists("/tmp/hook-began"));
        upgrade.signal(signal);
        Result result = upgrade.finish(SOON);
        assertThat(result.exitCode()).isNotZero();
        assertThat(result.errorText()).doesNotContain("Exception");
        bob.write("/tmp/hook-may-end", "");
        ends.awaitNothing(SOON);
        assertThat(his.daemonLines())
                .anyMatch(line -> line.contains("The session with peer 'alice' (100.64.0.1) ended: "));
        bob.sh("rm -f /tmp/hook-*");
    }

    @ParameterizedTest
    @ValueSource(strings = {"INT", "KILL"})
    void after_go_the_tunnel_is_finished(String signal) {
        alice.peerFile("bob", withHook("10.77.0.1", "PostUp"));
        Run upgrade = alice.startUpgrade("bob");
        upgrade.awaitLine("Setting up WireGuard interface 'bob'...", SOON);
        Await.until(SOON, "alice's hook", () -> alice.exists("/tmp/hook-began"));
        upgrade.signal(signal);
        assertThat(upgrade.finish(SOON).exitCode()).isNotZero();
        alice.write("/tmp/hook-may-end", "");
        Await.until(
                SOON,
                "the tunnel's unit on alice",
                () -> alice.exec("systemctl", "is-active", "autoremove-bob.service")
                                .exitCode()
                        == 0);
        Tunnels.assertWhole(alice, bob);
        alice.sh("rm -f /tmp/hook-*");
    }

    private static String withHook(String address, String hook) {
        return "[Interface]\nAddress = " + address + "\n" + hook
                + " = touch /tmp/hook-began; until [ -e /tmp/hook-may-end ]; do sleep 0.05; done\n"
                + "[Peer]\nAllowedIPs = 10.77.0.0/24\n";
    }
}
