package org.wirescale.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;

/** A round trip of 400 ms of which 1 % does not come back, to the tailnet's server and its relay too. */
@LabTest
final class SlowLinkTest {
    private static Lab lab;

    @BeforeAll
    static void start() {
        lab = Lab.up("--hosts", "alice,bob", "--delay", "200ms", "--loss", "1%");
    }

    @RepeatedTest(2)
    void a_tunnel_comes_about_over_a_slow_link() {
        lab.reset();
        lab.pair();
        Ends ends = Ends.of(lab);
        Result upgrade = lab.alice().upgrade("bob").expect(0);
        Tunnels.assertWhole(lab.alice(), lab.bob());
        assertThat(upgrade.took()).isLessThan(Duration.ofSeconds(20));
        ends.takeDown();
    }
}
