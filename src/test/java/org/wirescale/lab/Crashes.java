package org.wirescale.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/**
 * The daemon, a clean-up or a command dies as by SIGKILL at each step that it names itself ({@link org.wirescale.os.Trace}): the list
 * comes from a run in which nothing died. Afterwards Tailscale runs on both machines, and each has a whole tunnel or nothing of the
 * attempt. Several pairs of machines work through a list together, since much of the time is spent waiting.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class Crashes {
    static final String DEBUG = "WIRESCALE_DEBUG=1";
    static final List<String> TAKEOVER = List.of();
    static final List<String> RESTART = List.of("--restart-tailscale");
    private static final List<String> NAMES = List.of("alice", "bob", "carol", "dave", "erin", "frank");

    private final int howMany;
    Lab lab;
    List<Pair> pairs;

    /**
     * @param howMany pairs of machines
     */
    Crashes(int howMany) {
        this.howMany = howMany;
    }

    record Pair(Host asking, Host answering, String net) {
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
            asking.lab().pair(asking, answering, net);
        }
    }

    enum Role {
        ASKS,
        ANSWERS
    }

    @BeforeAll
    void startLab() {
        lab = Lab.up("--hosts", String.join(",", NAMES.subList(0, 2 * howMany)), "--no-direct");
        pairs = IntStream.range(0, howMany)
                .mapToObj(i -> new Pair(lab.host(NAMES.get(2 * i)), lab.host(NAMES.get(2 * i + 1)), "10.77." + i))
                .toList();
    }

    /** The steps of an upgrade that succeeds, at one of its ends. */
    List<String> steps(Role role, List<String> options) {
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

    void kill(Pair pair, Role role, List<String> options, String step) {
        pair.reset(role, options, DEBUG, "WIRESCALE_KILL_AT=" + step);
        thenAllOrNothing(pair, role);
    }

    void thenAllOrNothing(Pair pair, Role killed) {
        Ends ends = Ends.of(pair.asking, pair.answering, pair.net);
        Host host = pair.of(killed);
        Result upgrade = pair.upgrade();
        // On a busy machine an attempt can end before it came to the step; the next one comes to it.
        for (int i = 0; i < 2 && !hasDied(host); i++) {
            if (killed == Role.ASKS) {
                // It remembers how often it was asked.
                pair.answering.sh("systemctl restart wirescaled.service");
                pair.answering.awaitServing();
            }
            upgrade = pair.upgrade();
        }
        assertThat(hasDied(host)).as("death of the daemon, %s", upgrade).isTrue();
        host.forgetEnvironment();
        if (upgrade.exitCode() != 0) {
            assertThat(upgrade.errorText()).startsWith("Error: ").doesNotContain("Exception");
        }
        ends.awaitAllOrNothing();
    }

    boolean hasDied(Host host) {
        try {
            Await.until(Duration.ofSeconds(5), "the death of the daemon", () -> host.restarts() > 0);
            return true;
        } catch (AssertionError e) {
            return false;
        }
    }

    /** Does it with each pair, for the next of the steps, until all are done; then fails when one has failed. */
    void atEachOf(List<String> steps, BiConsumer<Pair, String> what) {
        Queue<String> left = new ConcurrentLinkedQueue<>(steps);
        Queue<String> failures = new ConcurrentLinkedQueue<>();
        Parallel.forEach(pairs, pair -> {
            for (String step = left.poll(); step != null; step = left.poll()) {
                try {
                    what.accept(pair, step);
                } catch (AssertionError | RuntimeException e) {
                    if (failures.isEmpty()) {
                        lab.dump(Path.of("target", "lab-dumps", getClass().getSimpleName() + "." + step));
                    }
                    failures.add(
                            "killed at " + step + " (" + pair.asking + ", " + pair.answering + "): " + e.getMessage());
                }
            }
        });
        assertThat(new ArrayList<>(failures)).as("of %d steps", steps.size()).isEmpty();
    }
}
