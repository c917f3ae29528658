package org.wirescale.daemon.wire;

import java.net.BindException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wirescale.model.IpAddress;
import org.wirescale.model.Port;
import org.wirescale.model.WirescaleException;
import org.wirescale.protocol.PeerLimits;

/**
 * Takes the connections of peers on one address. Each gets a virtual thread that runs the session; when that ends, the connection
 * is closed. A session that throws has its peer told, in the peer's words.
 */
public final class PeerServer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(PeerServer.class);
    private static final Duration START_DEADLINE = Duration.ofSeconds(5);
    private static final Duration STOP_DEADLINE = Duration.ofSeconds(1);

    private final GuardedServer server;

    private PeerServer(GuardedServer server) {
        this.server = server;
    }

    /**
     * Listens from when this returns.
     *
     * @throws WirescaleException with {@link PeerReason#ADDRESS_IN_USE} or {@link PeerReason#BIND_FAILED}
     */
    public static PeerServer start(IpAddress bind, Port port, Consumer<PeerConnection> sessions) {
        return start(bind, port, SessionSlots.ofProtocol(), sessions);
    }

    /**
     * Like {@link #start(IpAddress, Port, Consumer)}, sharing the count of sessions with the listeners of other addresses.
     */
    public static PeerServer start(IpAddress bind, Port port, SessionSlots slots, Consumer<PeerConnection> sessions) {
        return start(bind, port, slots, PeerLimits.HANDSHAKE_DEADLINE, sessions);
    }

    static PeerServer start(
            IpAddress bind,
            Port port,
            SessionSlots slots,
            Duration handshakeDeadline,
            Consumer<PeerConnection> sessions) {
        InetSocketAddress address = new InetSocketAddress(bind.toInetAddress(), port.number());
        GuardedServer server = new GuardedServer(address, slots, handshakeDeadline, sessions);
        server.start();
        PeerServer started = new PeerServer(server);
        try {
            started.awaitStart(bind, port);
            return started;
        } catch (WirescaleException e) {
            started.close();
            throw e;
        }
    }

    /** The library binds on a thread of its own, and {@code start()} returns normally whatever comes of it. */
    private void awaitStart(IpAddress bind, Port port) {
        CompletableFuture<Void> outcome = server.outcome();
        try {
            outcome.get(START_DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            boolean isTaken = cause instanceof BindException
                    && String.valueOf(cause.getMessage()).contains("Address already in use");
            throw WirescaleException.causedBy(
                    cause,
                    isTaken ? PeerReason.ADDRESS_IN_USE : PeerReason.BIND_FAILED,
                    "address",
                    bind,
                    "port",
                    port,
                    "error",
                    String.valueOf(cause.getMessage()));
        } catch (TimeoutException e) {
            throw WirescaleException.causedBy(
                    e, PeerReason.BIND_FAILED, "address", bind, "port", port, "error", "it took too long");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw WirescaleException.causedBy(
                    e, PeerReason.BIND_FAILED, "address", bind, "port", port, "error", "interrupted");
        }
    }

    /** Whether it takes connections; false after {@link #close}, and after an error of the transport that ended it. */
    public boolean isServing() {
        return server.isServing();
    }

    /** Tells the peers of open sessions, ends their connections, and frees the port; done after two seconds at most. */
    @Override
    public void close() {
        server.refuseAll();
        try {
            server.stop((int) STOP_DEADLINE.toMillis());
        } catch (InterruptedException e) {
            log.debug("stopped in a hurry", e);
            Thread.currentThread().interrupt();
        }
    }
}
