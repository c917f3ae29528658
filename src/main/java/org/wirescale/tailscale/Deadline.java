package org.wirescale.tailscale;

import java.time.Duration;

/** A moment by which something has to be done, on the clock that does not jump. */
record Deadline(long nanoTime) {
    static Deadline in(Duration time) {
        return new Deadline(System.nanoTime() + time.toNanos());
    }

    /** What is left, never negative. */
    Duration left() {
        return Duration.ofNanos(Math.max(0, nanoTime - System.nanoTime()));
    }

    boolean hasPassed() {
        return nanoTime - System.nanoTime() <= 0;
    }

    /** The nearer of this one and one in the given time. */
    Deadline atMost(Duration time) {
        Deadline other = in(time);
        return other.nanoTime - nanoTime < 0 ? other : this;
    }
}
