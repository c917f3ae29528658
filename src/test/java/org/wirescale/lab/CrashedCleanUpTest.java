package org.wirescale.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What takes a tunnel down is killed at every step, and what comes after completes it. */
@LabTest
@Order(2)
@Timeout(1200)
final class CrashedCleanUpTest extends Crashes {
    CrashedCleanUpTest() {
        super(2);
    }

    @Test
    void the_clean_up_after_a_crash_is_killed_at_every_step_too() {
        String last = "handshake.done";
        Pair first = pairs.getFirst();
        first.reset(Role.ASKS, TAKEOVER, DEBUG, "WIRESCALE_KILL_AT=" + last);
        first.asking().afterTheDaemon("/usr/bin/env -u WIRESCALE_KILL_AT /usr/bin/wirescale daemon clean");
        Journal journal = first.asking().journal();
        thenAllOrNothing(first, Role.ASKS);
        List<String> steps = journal.steps();
        List<String> cleaning = steps.subList(steps.indexOf(last) + 1, steps.size()).stream()
                .distinct()
                .toList();
        assertThat(cleaning).as("steps of the clean-up").hasSizeGreaterThan(5);
        atEachOf(cleaning, (pair, step) -> {
            pair.reset(Role.ASKS, TAKEOVER, DEBUG, "WIRESCALE_KILL_AT=" + last);
            pair.asking().afterTheDaemon("/usr/bin/env WIRESCALE_KILL_AT=" + step + " /usr/bin/wirescale daemon clean");
            thenAllOrNothing(pair, Role.ASKS);
        });
    }

    @Test
    void down_is_killed_at_every_step_and_done_again() {
        Pair first = pairs.getFirst();
        first.reset(Role.ASKS, TAKEOVER);
        first.upgrade().expect(0);
        Journal journal = first.asking().journal();
        first.asking()
                .exec("env", DEBUG, "wirescale", "down", first.answering().name())
                .expect(0);
        Await.until(
                Duration.ofSeconds(10), "the last step", () -> journal.steps().contains("tunnel.removed"));
        List<String> steps = journal.steps().stream().distinct().toList();
        assertThat(steps).as("steps of down").hasSizeGreaterThan(5);
        atEachOf(steps, (pair, step) -> {
            pair.reset(Role.ASKS, TAKEOVER);
            Ends ends = Ends.of(pair.asking(), pair.answering(), pair.net());
            pair.upgrade().expect(0);
            String device = pair.answering().name();
            assertThat(pair.asking()
                            .exec("env", "WIRESCALE_KILL_AT=" + step, "wirescale", "down", device)
                            .exitCode())
                    .as("the end of a killed command")
                    .isEqualTo(137);
            Result again = pair.asking().down(device);
            // Others may have completed it meanwhile: the daemon does, when an interface vanishes.
            assertThat(again.exitCode()).as("%s", again).isIn(0, 1);
            pair.asking().awaitUnchanged(ends.firstBefore(), Duration.ofSeconds(10));
            pair.answering().down(pair.asking().name());
            ends.awaitNothing(Duration.ofSeconds(10));
        });
    }
}
