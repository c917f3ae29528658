package org.wirescale.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The daemon dies as by SIGKILL at each step that it names itself ({@link org.wirescale.os.Trace}): the list comes from a run in
 * which nothing died. Afterwards Tailscale runs on both machines, and each has a whole tunnel or nothing of the attempt. Three
 * pairs of machines work through a list together, since most of the time is spent waiting.
 */
@LabTest
@Order(1)
@Timeout(1200)
final class CrashTest {
    private static final String DEBUG = "WIRESCALE_DEBUG=1";
    private static final List<String> TAKEOVER = List.of();
    private static final List<String> RESTART = List.of("--restart-tailscale");
    /** Makes /run as large as what is in it, so that nothing more fits. */
    private static final String FILL_RUN =
            "/bin/sh -c 'mount -o remount,size=$$(df -k --output=used /run | tail -n 1 | tr -d \" \")k /run;"
                    + " dd if=/dev/zero of=/run/fill bs=1k count=64 2>/dev/null; true'";

    private static Lab lab;
    private static List<Pair> pairs;

    private record Pair(Host asking, Host answering, String net) {
        Result upgrade() {
            return asking.upgrade(answering.name());
        }

        Host of(Role role) {
            return role == Role.ASKS ? asking : answering;
        }

        void reset(Role role, List<String> options, String... environment) {
            Parallel.forEach(List.of(Role.values()), each -> {
                if (each == role) {
                    of(each).reset(options, environment);
                } else {
                    of(each).reset(options);
                }
            });
            lab.pair(asking, answering, net);
        }
    }

    private enum Role {
        ASKS,
        ANSWERS
    }

    @BeforeAll
    static void start() {
        lab = Lab.up("--hosts", "alice,bob,carol,dave,erin,frank", "--no-direct");
        pairs = List.of(
                new Pair(lab.alice(), lab.bob(), "10.77.0"),
                new Pair(lab.carol(), lab.host("dave"), "10.77.1"),
                new Pair(lab.host("erin"), lab.host("frank"), "10.77.2"));
    }

    @Test
    void the_daemon_that_asks_is_killed_at_every_step_of_a_takeover() {
        atEachOf(steps(Role.ASKS, TAKEOVER), (pair, step) -> kill(pair, Role.ASKS, TAKEOVER, step));
    }

    @Test
    void the_daemon_that_answers_is_killed_at_every_step_of_a_takeover() {
        atEachOf(steps(Role.ANSWERS, TAKEOVER), (pair, step) -> kill(pair, Role.ANSWERS, TAKEOVER, step));
    }

    @Test
    void the_daemon_that_asks_is_killed_at_every_step_while_tailscaled_is_stopped() {
        List<String> steps = steps(Role.ASKS, RESTART);
        // What comes before and after is the same as in a takeover.
        List<String> stopped = steps.subList(steps.indexOf("tailscaled.stop"), steps.indexOf("handshake.done"));
        atEachOf(stopped, (pair, step) -> kill(pair, Role.ASKS, RESTART, step));
    }

    @Test
    void the_daemon_is_killed_at_every_step_and_run_is_full_from_then_on() {
        atEachOf(steps(Role.ASKS, TAKEOVER), (pair, step) -> {
            pair.reset(Role.ASKS, TAKEOVER, DEBUG, "WIRESCALE_KILL_AT=" + step);
            Host killed = pair.asking;
            killed.afterTheDaemon(Stream.concat(Stream.of(FILL_RUN), killed.ownAfterTheDaemon().stream())
                    .toArray(String[]::new));
            thenAllOrNothing(pair, Role.ASKS);
        });
    }

    @Test
    void the_clean_up_after_a_crash_is_killed_at_every_step_too() {
        String last = "handshake.done";
        Pair first = pairs.getFirst();
        first.reset(Role.ASKS, TAKEOVER, DEBUG, "WIRESCALE_KILL_AT=" + last);
        first.asking.afterTheDaemon("/usr/bin/env -u WIRESCALE_KILL_AT /usr/bin/wirescale daemon clean");
        Journal journal = first.asking.journal();
        thenAllOrNothing(first, Role.ASKS);
        List<String> steps = journal.steps();
        List<String> cleaning = steps.subList(steps.indexOf(last) + 1, steps.size()).stream()
                .distinct()
                .toList();
        assertThat(cleaning).as("steps of the clean-up").hasSizeGreaterThan(5);
        atEachOf(cleaning, (pair, step) -> {
            pair.reset(Role.ASKS, TAKEOVER, DEBUG, "WIRESCALE_KILL_AT=" + last);
            pair.asking.afterTheDaemon("/usr/bin/env WIRESCALE_KILL_AT=" + step + " /usr/bin/wirescale daemon clean");
            thenAllOrNothing(pair, Role.ASKS);
        });
    }

    @Test
    void down_is_killed_at_every_step_and_done_again() {
        Pair first = pairs.getFirst();
        first.reset(Role.ASKS, TAKEOVER);
        first.upgrade().expect(0);
        Journal journal = first.asking.journal();
        first.asking
                .exec("env", DEBUG, "wirescale", "down", first.answering.name())
                .expect(0);
        Await.until(
                Duration.ofSeconds(10), "the last step", () -> journal.steps().contains("tunnel.removed"));
        List<String> steps = journal.steps().stream().distinct().toList();
        assertThat(steps).as("steps of down").hasSizeGreaterThan(5);
        atEachOf(steps, (pair, step) -> {
            pair.reset(Role.ASKS, TAKEOVER);
            Ends ends = Ends.of(pair.asking, pair.answering, pair.net);
            pair.upgrade().expect(0);
            String device = pair.answering.name();
            assertThat(pair.asking
                            .exec("env", "WIRESCALE_KILL_AT=" + step, "wirescale", "down", device)
                            .exitCode())
                    .as("the end of a killed command")
                    .isEqualTo(137);
            Result again = pair.asking.down(device);
            // Others may have completed it meanwhile: the daemon does, when an interface vanishes.
            assertThat(again.exitCode()).as("%s", again).isIn(0, 1);
            pair.asking.awaitUnchanged(ends.firstBefore(), Duration.ofSeconds(10));
            pair.answering.down(pair.asking.name());
            ends.awaitNothing(Duration.ofSeconds(10));
        });
    }

    /** The steps of an upgrade that succeeds, at one of its ends. */
    private static List<String> steps(Role role, List<String> options) {
        Pair pair = pairs.getFirst();
        pair.reset(role, options, DEBUG);
        Journal journal = pair.of(role).journal();
        pair.upgrade().expect(0);
        Await.until(
                Duration.ofSeconds(10), "the last step", () -> journal.steps().contains("tunnel.up"));
        List<String> steps = journal.steps().stream().distinct().toList();
        assertThat(steps).as("steps of an upgrade").hasSizeGreaterThan(10).contains("handshake.done");
        return steps;
    }

    private static void kill(Pair pair, Role role, List<String> options, String step) {
        pair.reset(role, options, DEBUG, "WIRESCALE_KILL_AT=" + step);
        thenAllOrNothing(pair, role);
    }

    private static void thenAllOrNothing(Pair pair, Role killed) {
        Ends ends = Ends.of(pair.asking, pair.answering, pair.net);
        Host host = pair.of(killed);
        Result upgrade = pair.upgrade();
        // On a busy machine an attempt can end before it came to the step; the next one comes to it.
        for (int i = 0; i < 2 && !hasDied(host); i++) {
            upgrade = pair.upgrade();
        }
        assertThat(hasDied(host)).as("death of the daemon, %s", upgrade).isTrue();
        host.forgetEnvironment();
        if (upgrade.exitCode() != 0) {
            assertThat(upgrade.errorText()).startsWith("Error: ").doesNotContain("Exception");
        }
        ends.awaitAllOrNothing();
    }

    private static boolean hasDied(Host host) {
        try {
            Await.until(Duration.ofSeconds(5), "the death of the daemon", () -> host.restarts() > 0);
            return true;
        } catch (AssertionError e) {
            return false;
        }
    }

    /** Does it with each pair, for the next of the steps, until all are done; then fails when one has failed. */
    private static void atEachOf(List<String> steps, BiConsumer<Pair, String> what) {
        Queue<String> left = new ConcurrentLinkedQueue<>(steps);
        Queue<String> failures = new ConcurrentLinkedQueue<>();
        Parallel.forEach(pairs, pair -> {
            for (String step = left.poll(); step != null; step = left.poll()) {
                try {
                    what.accept(pair, step);
                } catch (AssertionError | RuntimeException e) {
                    if (failures.isEmpty()) {
                        lab.dump(Path.of("target", "lab-dumps", "CrashTest." + step));
                    }
                    failures.add(
                            "killed at " + step + " (" + pair.asking + ", " + pair.answering + "): " + e.getMessage());
                }
            }
        });
        assertThat(new ArrayList<>(failures)).as("of %d steps", steps.size()).isEmpty();
    }
}
