package org.wirescale.daemon;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * Where a session waits for any of several things: a message, its turn, its user going away. Whoever changes one of them calls
 * {@link #signal()}; nothing is polled.
 */
final class Gate {
    private long signals;

    synchronized void signal() {
        signals++;
        notifyAll();
    }

    /**
     * Waits until the condition holds.
     *
     * @return false when the time was over first
     * @throws InterruptedException when the session is cancelled
     */
    boolean await(BooleanSupplier condition, Duration atMost) throws InterruptedException {
        long end = System.nanoTime() + atMost.toNanos();
        while (true) {
            long seen;
            synchronized (this) {
                seen = signals;
            }
            // Outside the lock, since what is asked has locks of its own whose holders signal.
            if (condition.getAsBoolean()) {
                return true;
            }
            synchronized (this) {
                while (signals == seen) {
                    long left = (end - System.nanoTime()) / 1_000_000;
                    if (left <= 0) {
                        return false;
                    }
                    wait(left);
                }
            }
        }
    }
}
