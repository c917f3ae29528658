package org.wirescale.tailscale;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Optional;
import org.wirescale.model.WirescaleException;

/** The stream of tailscaled's notifications: JSON objects, one a line. For one thread. */
public final class BusWatch implements AutoCloseable {
    private final HttpConnection connection;
    private final HttpConnection.Body body;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private final byte[] part = new byte[16 << 10];
    private int next;
    private int end;
    /** A network map of a very large tailnet is passed over: that it came is all that counts. */
    private boolean tooLong;

    BusWatch(HttpConnection connection, HttpConnection.Body body) {
        this.connection = connection;
        this.body = body;
    }

    /**
     * Waits for the next event.
     *
     * @return empty when the time went by first
     * @throws WirescaleException with {@link TailscaleReason#NOT_RUNNING} when tailscaled went away
     */
    public Optional<BusEvent> next(Duration time) {
        Deadline deadline = Deadline.in(time);
        try {
            while (true) {
                while (next < end) {
                    byte octet = part[next++];
                    if (octet == '\n') {
                        Optional<BusEvent> event = endOfLine();
                        if (event.isPresent()) {
                            return event;
                        }
                    } else if (line.size() < HttpConnection.BODY_LIMIT) {
                        line.write(octet);
                    } else {
                        tooLong = true;
                    }
                }
                next = 0;
                end = 0;
                end = body.read(part, deadline);
                if (end == 0) {
                    throw new EOFException("the stream has ended");
                }
            }
        } catch (SocketTimeoutException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw WirescaleException.causedBy(e, TailscaleReason.NOT_RUNNING);
        }
    }

    private Optional<BusEvent> endOfLine() {
        boolean passedOver = tooLong;
        byte[] bytes = line.toByteArray();
        line.reset();
        tooLong = false;
        if (passedOver) {
            return Optional.of(new BusEvent(Optional.empty(), true));
        }
        return bytes.length == 0 ? Optional.empty() : Optional.of(TailscaleJson.event(TailscaleJson.tree(bytes)));
    }

    /** Ends the watch; a thread that waits in {@link #next} is told that tailscaled went away. */
    @Override
    public void close() {
        connection.close();
    }
}
