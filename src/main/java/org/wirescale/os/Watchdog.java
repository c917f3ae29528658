package org.wirescale.os;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Feeds systemd's watchdog as long as everything that was registered is well. A daemon whose timer runs while its work hangs is dead:
 * each feed needs a "yes" of every check, given by the loop or task that does the work.
 */
public final class Watchdog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Watchdog.class);

    private final Notifier notifier;
    private final Map<String, BooleanSupplier> checks = new ConcurrentHashMap<>();
    private final Optional<Thread> thread;

    private Watchdog(Notifier notifier, Optional<Duration> interval) {
        this.notifier = notifier;
        this.thread = interval.map(
                time -> Thread.ofPlatform().name("watchdog").daemon().unstarted(() -> feedEvery(time.dividedBy(3))));
    }

    /** Feeds three times in the interval that systemd gave; does nothing where it gave none. */
    public static Watchdog start(Notifier notifier) {
        Watchdog watchdog = new Watchdog(notifier, notifier.watchdogInterval());
        watchdog.thread.ifPresent(Thread::start);
        return watchdog;
    }

    /**
     * Adds a check. It answers at once: true while its part of the program makes progress.
     *
     * @return closed when that part has ended
     */
    public Registration watch(String name, BooleanSupplier isWell) {
        checks.put(name, isWell);
        return () -> checks.remove(name, isWell);
    }

    /**
     * A task that has to report within a time, again and again, until it is closed.
     *
     * @param limit the longest honest step
     */
    public Task task(String name, Duration limit) {
        return new Task(name, limit);
    }

    /** Whether every check is content; what is not is logged. */
    public boolean isWell() {
        boolean well = true;
        for (Map.Entry<String, BooleanSupplier> check : checks.entrySet()) {
            try {
                if (!check.getValue().getAsBoolean()) {
                    LOG.error("'{}' makes no progress: systemd's watchdog is not fed", check.getKey());
                    well = false;
                }
            } catch (RuntimeException e) {
                LOG.error("'{}' cannot be asked how it is", check.getKey(), e);
                well = false;
            }
        }
        return well;
    }

    @Override
    public void close() {
        thread.ifPresent(Thread::interrupt);
    }

    private void feedEvery(Duration time) {
        try {
            while (true) {
                if (isWell()) {
                    notifier.watchdog();
                }
                Thread.sleep(time);
            }
        } catch (InterruptedException e) {
            LOG.debug("the watchdog is no longer fed");
        }
    }

    /** Something that is watched until this is closed. */
    @FunctionalInterface
    public interface Registration extends AutoCloseable {
        @Override
        void close();
    }

    /** Work in steps, each of which reports. */
    public final class Task implements Registration {
        private final Registration registration;
        private volatile long reported = System.nanoTime();

        private Task(String name, Duration limit) {
            this.registration = watch(name, () -> System.nanoTime() - reported < limit.toNanos());
        }

        public void progress() {
            reported = System.nanoTime();
        }

        @Override
        public void close() {
            registration.close();
        }
    }
}
