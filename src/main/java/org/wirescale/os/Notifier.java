package org.wirescale.os;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wirescale.model.WirescaleException;

/** Tells systemd what becomes of this service; {@code sd_notify(3)}. Without systemd it tells nobody. */
public final class Notifier implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Notifier.class);

    private final Optional<DatagramSender> sender;
    private final Optional<Duration> watchdogInterval;

    private Notifier(Optional<DatagramSender> sender, Optional<Duration> watchdogInterval) {
        this.sender = sender;
        this.watchdogInterval = watchdogInterval;
    }

    public static Notifier ofThisProcess() {
        return of(System.getenv());
    }

    static Notifier of(Map<String, String> environment) {
        Optional<DatagramSender> sender =
                Optional.ofNullable(environment.get("NOTIFY_SOCKET")).map(DatagramSender::to);
        return new Notifier(sender, watchdogInterval(environment));
    }

    /** How often systemd wants to hear from the watchdog at least; empty when it does not wait for it. */
    public Optional<Duration> watchdogInterval() {
        return watchdogInterval;
    }

    /**
     * The service serves.
     *
     * @throws WirescaleException with {@link OsReason#SYSTEM_CALL}: systemd would kill a service that it never hears of
     */
    public void ready() {
        OptionalInt error = send("READY=1");
        if (error.isPresent()) {
            throw Kernel.failure(Kernel.Call.SENDTO, error.getAsInt());
        }
    }

    /** One line for {@code systemctl status}. */
    public void status(String line) {
        report(send("STATUS=" + line.replace('\n', ' ')));
    }

    public void watchdog() {
        report(send("WATCHDOG=1"));
    }

    public void stopping() {
        report(send("STOPPING=1"));
    }

    @Override
    public void close() {
        sender.ifPresent(DatagramSender::close);
    }

    private OptionalInt send(String state) {
        return sender.map(s -> s.send(state.getBytes(StandardCharsets.UTF_8))).orElseGet(OptionalInt::empty);
    }

    private static void report(OptionalInt error) {
        if (error.isPresent()) {
            LOG.debug("systemd does not listen: {}", Errno.describe(error.getAsInt()));
        }
    }

    private static Optional<Duration> watchdogInterval(Map<String, String> environment) {
        String pid = environment.getOrDefault("WATCHDOG_PID", "");
        String micros = environment.getOrDefault("WATCHDOG_USEC", "");
        boolean ours = pid.isEmpty()
                || pid.equals(Long.toString(ProcessHandle.current().pid()));
        if (!ours || !micros.matches("[1-9][0-9]{0,14}")) {
            return Optional.empty();
        }
        return Optional.of(Duration.ofNanos(1000 * Long.parseLong(micros)));
    }
}
