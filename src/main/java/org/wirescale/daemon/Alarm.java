package org.wirescale.daemon;

import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/** A time at which something is to be done. Of one thread. */
final class Alarm {
    private Optional<Long> at = Optional.empty();

    /** At that time at the latest: an earlier one stays. */
    void ringIn(Duration time) {
        long wanted = System.nanoTime() + time.toNanos();
        at = Optional.of(at.filter(set -> set - wanted < 0).orElse(wanted));
    }

    /** At that time, whatever was set. */
    void postpone(Duration time) {
        at = Optional.of(System.nanoTime() + time.toNanos());
    }

    void stop() {
        at = Optional.empty();
    }

    /** Whether its time has come: true once. */
    boolean rings() {
        if (at.filter(time -> time - System.nanoTime() <= 0).isEmpty()) {
            return false;
        }
        stop();
        return true;
    }

    /** How long it is until the first of them; empty while none is set. */
    static Optional<Duration> next(Alarm... alarms) {
        long now = System.nanoTime();
        return Stream.of(alarms)
                .flatMap(alarm -> alarm.at.stream())
                .map(time -> Duration.ofNanos(Math.max(0, time - now)))
                .min(Comparator.naturalOrder());
    }
}
