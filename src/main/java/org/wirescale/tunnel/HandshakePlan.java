package org.wirescale.tunnel;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Which end sends when, so that the first handshake needs one round trip. A WireGuard end that answers an initiation discards its
 * own, so two that initiate in step can miss each other for 20 s: one end drives, the other only answers for its first 1.5 s.
 * A value without a clock: {@link #next} says what to do and how to go on.
 *
 * @param everReplaced whether the peer was replaced, and its counters so began at 0 again
 * @param nextReplacement when the peer is replaced if nothing came, counted from the start
 * @param interval until the replacement after that
 */
record HandshakePlan(Role role, Baseline baseline, boolean everReplaced, Duration nextReplacement, Duration interval) {
    static final Duration LIMIT = Duration.ofSeconds(20);
    static final Duration LEAST_WAIT = Duration.ofMillis(100);
    /** For a session that is to go on: the other end notices our first packet by looking, and only then sends its own. */
    static final Duration LEAST_WAIT_FOR_BYTES = Duration.ofMillis(400);

    static final Duration LONGEST_WAIT = Duration.ofSeconds(1);
    static final Duration RESPONDER_WAITS = Duration.ofMillis(1500);
    static final Duration RESPONDER_SPREAD = Duration.ofMillis(500);

    /** Looking costs a process of some 5 ms: often while an answer can be expected any moment, then as 50 ms allow. */
    private static final Duration LOOK_SOON = Duration.ofMillis(10);

    private static final Duration LOOK_LATER = Duration.ofMillis(35);
    private static final Duration SOON = Duration.ofMillis(800);

    /** Which end this is. */
    enum Role {
        /** Asked for the tunnel; has the endpoint and keep-alive from the start. */
        DRIVER,
        /** Waits for the first packet, and drives too only when none comes. */
        RESPONDER
    }

    /**
     * What WireGuard said of the peer before: 0 and 0 for a new one.
     *
     * @param handshake seconds since 1970
     * @param received bytes
     */
    record Baseline(long handshake, long received) {
        static final Baseline NEW_PEER = new Baseline(0, 0);

        /** Whether there is a session that can go on without another handshake. */
        boolean hasSession() {
            return handshake != 0;
        }
    }

    /** What is seen of the peer. */
    record Seen(long handshake, long received) {}

    /** What to do now. */
    sealed interface Step {
        /** Nothing; look again after this time. */
        record LookAgain(Duration after) implements Step {}

        /** Replace the peer in one command, with endpoint and keep-alive, and look again. */
        record ReplacePeer() implements Step {}

        /** It came, or the session goes on without one. */
        record Shaken(long handshake) implements Step {}

        /** It did not, for 20 s. */
        record GiveUp() implements Step {}
    }

    /** A step and the plan that goes on from it. */
    record Decision(Step step, HandshakePlan then) {}

    /**
     * @param roundTrip of the direct path, as Tailscale measured it
     */
    static HandshakePlan start(Role role, Duration roundTrip, Baseline baseline, RandomGenerator random) {
        return switch (role) {
            case DRIVER -> {
                Duration twice = roundTrip.multipliedBy(2);
                Duration least = baseline.hasSession() ? LEAST_WAIT_FOR_BYTES : LEAST_WAIT;
                Duration first = twice.compareTo(least) < 0 ? least : twice;
                yield new HandshakePlan(role, baseline, false, first, longer(first));
            }
            case RESPONDER ->
                new HandshakePlan(
                        role,
                        baseline,
                        false,
                        RESPONDER_WAITS.plus(part(RESPONDER_SPREAD, random)),
                        responderWait(random));
        };
    }

    /**
     * @param elapsed since the start
     * @param random spreads the responder's attempts, so that they do not fall in step with the driver's
     */
    Decision next(Duration elapsed, Seen seen, RandomGenerator random) {
        long before = everReplaced ? 0 : baseline.handshake();
        long receivedBefore = everReplaced ? 0 : baseline.received();
        if (seen.handshake() != 0 && seen.handshake() != before) {
            return new Decision(new Step.Shaken(seen.handshake()), this);
        }
        if (baseline.hasSession() && !everReplaced && seen.received() > baseline.received()) {
            return new Decision(new Step.Shaken(seen.handshake()), this);
        }
        if (elapsed.compareTo(LIMIT) >= 0) {
            return new Decision(new Step.GiveUp(), this);
        }
        // Bytes mean that a handshake is under way: to replace the peer now would throw it away.
        boolean underWay = seen.received() != receivedBefore;
        if (underWay || elapsed.compareTo(nextReplacement) < 0) {
            return new Decision(new Step.LookAgain(lookAfter(elapsed, underWay)), this);
        }
        Duration following = role == Role.DRIVER ? longer(interval) : responderWait(random);
        return new Decision(
                new Step.ReplacePeer(), new HandshakePlan(role, baseline, true, elapsed.plus(interval), following));
    }

    private Duration lookAfter(Duration elapsed, boolean underWay) {
        Duration usual = elapsed.compareTo(SOON) < 0 ? LOOK_SOON : LOOK_LATER;
        Duration toReplacement = nextReplacement.minus(elapsed);
        return !underWay && toReplacement.compareTo(usual) < 0 ? toReplacement : usual;
    }

    private static Duration longer(Duration wait) {
        Duration half = wait.dividedBy(2);
        Duration sum = wait.plus(half);
        return sum.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : sum;
    }

    private static Duration responderWait(RandomGenerator random) {
        return RESPONDER_SPREAD.plus(part(RESPONDER_SPREAD, random));
    }

    private static Duration part(Duration most, RandomGenerator random) {
        return Duration.ofNanos(random.nextLong(most.toNanos() + 1));
    }
}
