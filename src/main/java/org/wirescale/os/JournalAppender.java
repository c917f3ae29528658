package org.wirescale.os;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.slf4j.event.KeyValuePair;
import org.wirescale.model.WirescaleException;

/**
 * Writes the log to systemd's journal: each line behind the uid of its session (MDC key {@value #UID}), with the fields
 * {@code WIRESCALE_UID} and {@code WIRESCALE_STEP} to search for. Where there is no journal, to standard error.
 */
public final class JournalAppender extends AppenderBase<ILoggingEvent> {
    /** The MDC key of a session's uid. */
    public static final String UID = "uid";

    /** The key, in a key-value pair or the MDC, of a step's name. */
    public static final String STEP = "step";

    static final String SOCKET = "/run/systemd/journal/socket";

    private final String address;
    private final OutputStream fallback;
    private final boolean traces;
    private Optional<DatagramSender> sender = Optional.empty();

    /**
     * @param address the journal's socket
     * @param fallback where lines go that the journal does not take
     * @param traces whether the stack trace of a failure is written, one entry a line, or its description alone
     */
    JournalAppender(String address, OutputStream fallback, boolean traces) {
        this.address = address;
        this.fallback = fallback;
        this.traces = traces;
    }

    @Override
    public void stop() {
        super.stop();
        sender.ifPresent(DatagramSender::close);
        sender = Optional.empty();
    }

    @Override
    protected void append(ILoggingEvent event) {
        Map<String, String> mdc = event.getMDCPropertyMap();
        Optional<String> uid = Optional.ofNullable(mdc.get(UID));
        Optional<String> step = step(event).or(() -> Optional.ofNullable(mdc.get(STEP)));
        int priority = priority(event.getLevel());
        String message = event.getFormattedMessage();
        IThrowableProxy thrown = event.getThrowableProxy();
        if (thrown != null && !traces) {
            message += ": " + thrown.getClassName() + ": " + thrown.getMessage();
        }
        write(new JournalEntry(priority, message, uid, step));
        if (thrown != null && traces) {
            ThrowableProxyUtil.asString(thrown)
                    .lines()
                    .map(line -> line.replace("\t", "    "))
                    .forEach(line -> write(new JournalEntry(priority, line, uid, step)));
        }
    }

    private static Optional<String> step(ILoggingEvent event) {
        if (event.getKeyValuePairs() == null) {
            return Optional.empty();
        }
        for (KeyValuePair pair : event.getKeyValuePairs()) {
            if (pair.key.equals(STEP)) {
                return Optional.of(String.valueOf(pair.value));
            }
        }
        return Optional.empty();
    }

    private static int priority(Level level) {
        return switch (level.toInt()) {
            case Level.ERROR_INT -> 3;
            case Level.WARN_INT -> 4;
            case Level.INFO_INT -> 6;
            default -> 7;
        };
    }

    private void write(JournalEntry entry) {
        OptionalInt error = send(entry.datagram());
        if (error.isEmpty()) {
            return;
        }
        try {
            fallback.write(entry.stderrLine());
            fallback.flush();
        } catch (IOException e) {
            addError("neither the journal nor standard error takes a line", e);
        }
    }

    private OptionalInt send(byte[] datagram) {
        try {
            if (sender.isEmpty()) {
                sender = Optional.of(DatagramSender.to(address));
            }
            return sender.get().send(datagram);
        } catch (WirescaleException e) {
            return OptionalInt.of(Errno.EINVAL.number());
        }
    }
}
