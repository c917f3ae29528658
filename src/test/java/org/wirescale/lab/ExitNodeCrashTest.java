package org.wirescale.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The daemon dies as by SIGKILL at each step of what it does while an exit node is on that lets nothing out: a recovery of its own
 * tunnel, and an upgrade of another. Nothing is let out then, and the exit node is whole again soon after.
 */
@LabTest
@Order(2)
@Timeout(1800)
final class ExitNodeCrashTest extends ExitNodes {
    /** The tries of a tunnel's watchers are three rounds of 30 s. */
    private static final Duration HEALED = Duration.ofMinutes(2);

    private static final Duration STEPS = Duration.ofSeconds(60);

    @Test
    void nothing_gets_out_while_a_recovery_is_killed_at_any_step() {
        upgradeTo(bob);
        exitNode("bob", "--fail-closed").expect(0);
        List<String> steps = stepsOf("tunnel.recovering", () -> {
            alice.awaitWatched("bob");
            lab.run("renumber", "bob");
        });
        atEachOf(steps, () -> {
            alice.awaitWatched("bob");
            lab.run("renumber", "bob");
        });
    }

    @Test
    void nothing_gets_out_while_an_upgrade_beside_it_is_killed_at_any_step() {
        upgradeTo(bob);
        exitNode("bob", "--fail-closed").expect(0);
        between(carol, "10.78.0", "fd78");
        List<String> steps =
                stepsOf("handshake.done", () -> alice.upgrade("carol").expect(0));
        alice.down("carol").expect(0);
        atEachOf(steps, () -> {
            alice.exec("wirescale", "down", "carol");
            // It remembers how often it was asked.
            carol.daemon(List.of());
            alice.upgrade("carol");
        });
    }

    /** Those of a run in which nothing dies. */
    private List<String> stepsOf(String oneOfThem, Runnable action) {
        alice.daemon(List.of(), Crashes.DEBUG);
        Journal journal = alice.journal();
        action.run();
        Await.until(STEPS, "the last step", () -> journal.steps().contains("tunnel.up"));
        List<String> steps = journal.steps().stream().distinct().toList();
        assertThat(steps).hasSizeGreaterThan(5).contains(oneOfThem);
        return steps;
    }

    private void atEachOf(List<String> steps, Runnable action) {
        List<String> failures = new ArrayList<>();
        for (String step : steps) {
            alice.daemon(List.of(), Crashes.DEBUG, "WIRESCALE_KILL_AT=" + step);
            try (Leaks leaks = Leaks.of(alice)) {
                leaks.watch();
                action.run();
                try {
                    Await.until(STEPS, "the death of the daemon", () -> alice.restarts() > 0);
                } finally {
                    // The next daemon would die of the next one.
                    alice.daemon(List.of());
                }
                awaitSeenFrom(WORLD4, outside4(bob), HEALED);
                assertThat(exitNode("--status").text()).isEqualTo("bob");
                assertThat(leaks.seen()).isEmpty();
            } catch (AssertionError e) {
                lab.dump(Path.of("target", "lab-dumps", getClass().getSimpleName() + "." + step));
                failures.add("killed at " + step + ": " + e.getMessage());
            }
        }
        assertThat(failures).as("of %d steps", steps.size()).isEmpty();
    }
}
