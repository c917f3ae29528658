package org.wirescale.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The daemon is killed at every step of a recovery. The tunnel is back soon after: its watchers at both ends go on trying, and what
 * was half done is put back when the next daemon starts.
 */
@LabTest
@Order(2)
@Timeout(1800)
final class RecoverCrashTest extends Crashes {
    /** The default tries are three rounds of 30 s at each end; what goes by them may be made anew by nobody. */
    private static final Duration HEALED = Duration.ofMinutes(3);

    RecoverCrashTest() {
        super(3);
    }

    @Test
    void the_daemon_that_asks_is_killed_at_every_step() {
        atEachOf(recoverySteps(Role.ASKS), (pair, step) -> kill(pair, Role.ASKS, step));
    }

    @Test
    void the_daemon_that_answers_is_killed_at_every_step() {
        atEachOf(recoverySteps(Role.ANSWERS), (pair, step) -> kill(pair, Role.ANSWERS, step));
    }

    /** Of two that ask each other, the one with the lower address is answered. */
    private List<String> recoverySteps(Role role) {
        Pair pair = pairs.getFirst();
        tunnel(pair, role);
        pair.of(role).daemon(TAKEOVER, DEBUG);
        Journal journal = pair.of(role).journal();
        newPath(pair);
        Await.until(
                Duration.ofSeconds(60), "the last step", () -> journal.steps().contains("tunnel.up"));
        List<String> steps = journal.steps().stream().distinct().toList();
        assertThat(steps).as("steps of a recovery").hasSizeGreaterThan(5).contains("tunnel.recovering", "port.moved");
        return steps;
    }

    private static void tunnel(Pair pair, Role role) {
        pair.reset(role, TAKEOVER);
        pair.upgrade().expect(0);
        pair.asking().awaitWatched(pair.answering().name());
        pair.answering().awaitWatched(pair.asking().name());
    }

    private static void newPath(Pair pair) {
        pair.asking().lab().run("renumber", pair.answering().name());
    }

    private void kill(Pair pair, Role role, String step) {
        pair.reset(role, TAKEOVER);
        Ends ends = Ends.of(pair.asking(), pair.answering(), pair.net());
        tunnel(pair, role);
        Host host = pair.of(role);
        host.daemon(TAKEOVER, DEBUG, "WIRESCALE_KILL_AT=" + step);
        newPath(pair);
        try {
            Await.until(Duration.ofSeconds(60), "the death of the daemon", () -> host.restarts() > 0);
        } finally {
            // The next daemon would die of the next recovery.
            host.daemon(TAKEOVER);
        }
        ends.awaitAllOrNothing(HEALED);
        if (pair.asking().hasLink(pair.answering().name())) {
            ends.takeDown();
        }
    }
}
