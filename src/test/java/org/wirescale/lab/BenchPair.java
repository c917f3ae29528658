package org.wirescale.lab;

import java.time.Duration;
import java.util.function.Supplier;

/** Two machines; the first asks. */
record BenchPair(Host first, Host second, String net) {
    /** Measures something on machines that have no tunnel and a direct path, and takes down what it made. */
    <T> T fresh(Supplier<T> measure) {
        first.lab().pair(first, second, net);
        T measured = measure.get();
        down();
        first.awaitNoUnit("autoremove-" + second.name());
        second.awaitNoUnit("autoremove-" + first.name());
        return measured;
    }

    double upgrade() {
        double seconds = first.upgrade(second.name()).expect(0).seconds();
        first.awaitReaches(second.name(), net + ".2");
        return seconds;
    }

    void down() {
        first.down(second.name());
        if (second.hasLink(first.name())) {
            second.down(first.name());
        }
        first.awaitNoLink(second.name(), Duration.ofSeconds(10));
        second.awaitNoLink(first.name(), Duration.ofSeconds(10));
    }
}
