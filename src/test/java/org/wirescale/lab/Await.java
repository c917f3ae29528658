package org.wirescale.lab;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for what can be seen, and says what did not come. */
final class Await {
    /** Most looks are a program or two in a host. */
    private static final Duration PAUSE = Duration.ofMillis(60);

    private Await() {}

    /** Returns once the condition holds. */
    static void until(Duration atMost, String what, BooleanSupplier condition) {
        until(atMost, () -> what, condition);
    }

    /** As above; what did not come is said in the words of that moment. */
    static void until(Duration atMost, Supplier<String> what, BooleanSupplier condition) {
        value(atMost, what, () -> condition.getAsBoolean() ? Optional.of(true) : Optional.empty());
    }

    /** The first value that is there. */
    static <T> T value(Duration atMost, String what, Supplier<Optional<T>> source) {
        return value(atMost, () -> what, source);
    }

    private static <T> T value(Duration atMost, Supplier<String> what, Supplier<Optional<T>> source) {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (true) {
            Optional<T> value = source.get();
            if (value.isPresent()) {
                return value.get();
            }
            if (System.nanoTime() > deadline || Thread.interrupted()) {
                throw new AssertionError(what.get() + " did not come within " + atMost.toMillis() / 1000.0 + " s");
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
    }
}
