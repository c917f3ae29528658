package org.wirescale.daemon.wire;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wirescale.model.IpAddress;
import org.wirescale.model.Port;
import org.wirescale.model.WirescaleException;
import org.wirescale.protocol.PeerLimits;

/** Connects to the daemon of a peer. */
public final class PeerClient {
    private static final Logger log = LoggerFactory.getLogger(PeerClient.class);

    private PeerClient() {}

    /**
     * Tries up to three times for 10 s each, TCP and WebSocket handshake together.
     *
     * @throws WirescaleException with {@link PeerReason#NOT_RUNNING} (at once, when the connection is refused),
     *     {@link PeerReason#CONNECT_TIMED_OUT} (the peer is offline, or a firewall drops the packets),
     *     {@link PeerReason#UNREACHABLE} or {@link PeerReason#NOT_WIRESCALE}
     * @throws InterruptedException when the thread is interrupted; nothing stays open
     */
    public static PeerConnection connect(IpAddress peer, Port port) throws InterruptedException {
        return connect(peer, port, PeerLimits.CONNECT_TRIES, PeerLimits.CONNECT_TIMEOUT);
    }

    static PeerConnection connect(IpAddress peer, Port port, int tries, Duration timeout) throws InterruptedException {
        for (int attempt = 1; ; attempt++) {
            try {
                return connectOnce(peer, port, timeout);
            } catch (SocketTimeoutException e) {
                if (attempt == tries) {
                    throw WirescaleException.causedBy(e, PeerReason.CONNECT_TIMED_OUT, "peer", peer, "port", port);
                }
                log.debug("no answer from {} to try {}", peer, attempt);
            } catch (ConnectException e) {
                throw WirescaleException.causedBy(e, PeerReason.NOT_RUNNING, "peer", peer, "port", port);
            } catch (IOException e) {
                throw WirescaleException.causedBy(
                        e, PeerReason.UNREACHABLE, "peer", peer, "port", port, "error", String.valueOf(e.getMessage()));
            }
        }
    }

    private static PeerConnection connectOnce(IpAddress peer, Port port, Duration timeout)
            throws IOException, InterruptedException {
        long end = System.nanoTime() + timeout.toNanos();
        GuardedSocket socket = new GuardedSocket();
        boolean done = false;
        try {
            socket.connect(
                    new InetSocketAddress(peer.toInetAddress(), port.number()), Math.max(1, (int) timeout.toMillis()));
            GuardedClient client = new GuardedClient(peer, port, socket);
            client.connect();
            return switch (client.await(TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime()))) {
                case OPEN -> {
                    done = true;
                    yield client.connection();
                }
                case CLOSED -> throw WirescaleException.of(PeerReason.NOT_WIRESCALE, "peer", peer, "port", port);
                case WAITING -> throw new SocketTimeoutException("no WebSocket handshake");
            };
        } catch (IOException e) {
            // A virtual thread that is interrupted in connect() gets an IOException.
            if (Thread.interrupted()) {
                throw interrupted(e);
            }
            throw e;
        } finally {
            if (!done) {
                socket.close();
            }
        }
    }

    private static InterruptedException interrupted(IOException cause) {
        InterruptedException interrupted = new InterruptedException();
        interrupted.initCause(cause);
        return interrupted;
    }
}
