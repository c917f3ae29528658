package org.wirescale.daemon;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * How often things are put back that somebody removes again and again: no two programs shall fight for ever as fast as they can.
 *
 * @param <K> what stands for one of them
 */
final class PutBackRates<K> {
    /** As often in {@link #WINDOW} a thing is put back at once. */
    static final int AT_ONCE = 5;

    static final Duration WINDOW = Duration.ofMinutes(1);
    /** From then on. */
    static final Duration THEN_EVERY = Duration.ofSeconds(10);

    private final Map<K, Deque<Long>> times = new HashMap<>();
    private final Set<K> told = new HashSet<>();

    /**
     * How long to wait until it may be put back; none: now.
     *
     * @param now of {@link System#nanoTime}
     */
    Optional<Duration> wait(K thing, long now) {
        Deque<Long> recent = times.getOrDefault(thing, new ArrayDeque<>());
        while (!recent.isEmpty() && now - recent.getFirst() > WINDOW.toNanos()) {
            recent.removeFirst();
        }
        if (recent.size() < AT_ONCE) {
            return Optional.empty();
        }
        Duration left = THEN_EVERY.minusNanos(now - recent.getLast());
        return left.isPositive() ? Optional.of(left) : Optional.empty();
    }

    /**
     * It was put back.
     *
     * @return whether it has now been put back so often that it is the last time at once
     */
    boolean putBack(K thing, long now) {
        Deque<Long> recent = times.computeIfAbsent(thing, _ -> new ArrayDeque<>());
        recent.addLast(now);
        return recent.size() == AT_ONCE;
    }

    /** Whether it is put back every {@link #THEN_EVERY} only. */
    boolean isSlow(K thing) {
        return times.getOrDefault(thing, new ArrayDeque<>()).size() > AT_ONCE;
    }

    /** Whether a person is to be told: true once, until {@link #isWell}. */
    boolean tellOnce(K thing) {
        return told.add(thing);
    }

    void isWell(K thing) {
        told.remove(thing);
    }

    void forget(Predicate<K> which) {
        times.keySet().removeIf(which);
        told.removeIf(which);
    }
}
