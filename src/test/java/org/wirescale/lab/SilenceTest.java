package org.wirescale.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** What those notice of a takeover who speak over Tailscale meanwhile. Alone on the machine: the limits are times. */
@LabTest
@Isolated
final class SilenceTest {
    @Test
    void nothing_between_the_two_is_lost() {
        nothingIsLost(Lab.ofThree());
    }

    @Test
    void nothing_between_the_two_is_lost_over_ipv6() {
        nothingIsLost(Lab.up("--hosts", "alice,bob", "--ipv6", "--nat", "hard"));
    }

    private static void nothingIsLost(Lab lab) {
        lab.pair();
        List<Prober> probers = List.of(
                lab.alice().probe(lab.bob().address()),
                lab.bob().probe(lab.alice().address()));
        lab.alice().upgrade("bob").expect(0);
        Tunnels.assertWhole(lab.alice(), lab.bob());
        for (Prober prober : probers) {
            Prober.Tally tally = prober.finish();
            assertThat(tally.lost()).as("pings between the two: %s", tally).isZero();
        }
    }

    @Test
    void a_third_machine_waits_for_less_than_a_third_of_a_second() {
        Lab lab = Lab.ofThree();
        lab.pair();
        Prober fromCarol = lab.carol().probe(lab.alice().address());
        Prober toCarol = lab.alice().probe(lab.carol().address());
        lab.alice().upgrade("bob").expect(0);
        // The rules that forward the old port go after 20 s, and what they did must not be missed then.
        Await.until(
                Duration.ofSeconds(40),
                "the end of the forwarding of the old port",
                () -> !lab.alice().sh("nft list ruleset").contains("0x5453f09f92ac"));
        Prober.Tally from = fromCarol.finish();
        Prober.Tally to = toCarol.finish();
        assertThat(from.silence()).as("carol to alice: %s", from).isLessThan(Duration.ofMillis(300));
        assertThat(to.silence()).as("alice to carol: %s", to).isLessThan(Duration.ofMillis(300));
    }
}
