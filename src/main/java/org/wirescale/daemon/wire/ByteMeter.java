package org.wirescale.daemon.wire;

import java.io.IOException;
import org.wirescale.protocol.PeerLimits;

/**
 * Counts what a peer sends. The WebSocket library parses an unfinished handshake anew with every byte that comes (quadratic time)
 * and bounds neither it nor control frames.
 */
final class ByteMeter {
    private boolean open;
    private long windowStart = System.nanoTime();
    private long bytes;

    /** From here on it is a rate that counts. */
    synchronized void handshakeIsDone() {
        open = true;
        startWindow(System.nanoTime());
    }

    /**
     * @throws IOException when it is too much; the connection has to be closed
     */
    synchronized void add(int count) throws IOException {
        long now = System.nanoTime();
        if (open && now - windowStart > PeerLimits.RATE_WINDOW.toNanos()) {
            startWindow(now);
        }
        bytes += count;
        if (bytes > (open ? PeerLimits.BYTES_PER_WINDOW : PeerLimits.HANDSHAKE_BYTES)) {
            throw new IOException(open ? "the peer sends too fast" : "the handshake has no end");
        }
    }

    private void startWindow(long now) {
        windowStart = now;
        bytes = 0;
    }
}
