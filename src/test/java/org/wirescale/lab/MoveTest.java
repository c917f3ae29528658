package org.wirescale.lab;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** In a lab of its own: what the routers remember of the old addresses is in the way of whoever comes next. */
@LabTest
final class MoveTest extends AliceAndBob {
    @Test
    void a_machine_that_moves_to_another_network_keeps_its_tunnel() {
        alice.upgrade("bob").expect(0);
        Tunnels.assertWhole(alice, bob);
        alice.awaitWatched("bob");
        Journal hers = alice.journal();
        // As a laptop finds it: another router, and another address from it.
        lab.run("renumber", "alice");
        alice.sh("""
                ip addr del 192.168.10.2/24 dev eth0 && ip addr add 192.168.10.9/24 dev eth0
                ip route replace default via 192.168.10.1
                """);
        Await.until(
                Duration.ofMinutes(1),
                "the recovery",
                () -> alice.reaches("bob", "10.77.0.2")
                        && hers.daemonLines().stream().anyMatch(line -> line.contains("is working again")));
        Tunnels.assertWhole(alice, bob);
    }
}
