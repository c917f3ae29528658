package org.wirescale.daemon.wire;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
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
    private final ServerSocketChannel listener;

    private PeerServer(GuardedServer server, ServerSocketChannel listener) {
        this.server = server;
        this.listener = listener;
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
     * Like the other one, sharing the count of sessions with the listeners of other addresses.
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
        ServerSocketChannel listener = bind(bind, port);
        GuardedServer server = new GuardedServer(listener, slots, handshakeDeadline, sessions);
        PeerServer started = new PeerServer(server, listener);
        server.start();
        try {
            if (server.awaitStart(START_DEADLINE)) {
                return started;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        started.close();
        throw failed(bind, port, "the listener's thread did not start");
    }

    private static ServerSocketChannel bind(IpAddress address, Port port) {
        try {
            return bind(ServerSocketChannel.open(), address, port);
        } catch (BindException e) {
            if (String.valueOf(e.getMessage()).contains("Address already in use")) {
                throw WirescaleException.causedBy(e, PeerReason.ADDRESS_IN_USE, "address", address, "port", port);
            }
            throw failed(address, port, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw failed(address, port, String.valueOf(e.getMessage()));
        }
    }

    private static ServerSocketChannel bind(ServerSocketChannel listener, IpAddress address, Port port)
            throws IOException {
        try {
            listener.bind(new InetSocketAddress(address.toInetAddress(), port.number()));
            return listener;
        } catch (IOException e) {
            listener.close();
            throw e;
        }
    }

    private static WirescaleException failed(IpAddress address, Port port, String error) {
        return WirescaleException.of(PeerReason.BIND_FAILED, "address", address, "port", port, "error", error);
    }

    private static void close(ServerSocketChannel listener) {
        try {
            listener.close();
        } catch (IOException e) {
            log.debug("closing a listener failed", e);
        }
    }

    /** Whether it takes connections; false after {@link #close}, and after an error of the transport that ended it. */
    public boolean isServing() {
        return server.isServing();
    }

    /** As the library does when accepting fails. */
    void loseListener() {
        close(listener);
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
        } finally {
            close(listener);
        }
    }
}
