package org.wirescale.daemon.wire;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.java_websocket.WebSocket;
import org.java_websocket.WebSocketAdapter;
import org.java_websocket.WebSocketImpl;
import org.java_websocket.WebSocketServerFactory;
import org.java_websocket.drafts.Draft;
import org.java_websocket.exceptions.InvalidDataException;
import org.java_websocket.framing.CloseFrame;
import org.java_websocket.framing.Framedata;
import org.java_websocket.handshake.ClientHandshake;
import org.java_websocket.handshake.ServerHandshakeBuilder;
import org.java_websocket.server.WebSocketServer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wirescale.model.IpAddress;
import org.wirescale.model.WirescaleException;

/**
 * The library's server with its defaults undone. It never refuses in {@code onConnect}: that would cancel the listening key
 * for good.
 */
final class GuardedServer extends WebSocketServer {
    private static final Logger log = LoggerFactory.getLogger(GuardedServer.class);

    private final ServerSocketChannel listener;
    private final SessionSlots sessionSlots;
    private final SessionSlots channelSlots = SessionSlots.ofChannels();
    private final Duration handshakeDeadline;
    private final Consumer<PeerConnection> sessions;
    private final Set<SocketConnection> connections = ConcurrentHashMap.newKeySet();
    private final Set<GuardedChannel> channels = ConcurrentHashMap.newKeySet();
    private final CountDownLatch started = new CountDownLatch(1);
    private volatile boolean isEnding;

    /**
     * @param listener bound already: the library binds on a thread of its own, where a failure is hard to hear of
     */
    GuardedServer(
            ServerSocketChannel listener,
            SessionSlots sessionSlots,
            Duration handshakeDeadline,
            Consumer<PeerConnection> sessions) {
        super(listener);
        this.listener = listener;
        this.sessionSlots = sessionSlots;
        this.handshakeDeadline = handshakeDeadline;
        this.sessions = sessions;
        setWebSocketFactory(new Factory());
        // One worker is enough, since it only queues; the default is one thread a processor.
        decoders.subList(1, decoders.size()).clear();
        // The library would switch the JDK's default off, and a restart fail while connections are in TIME_WAIT.
        setReuseAddr(true);
        setTcpNoDelay(true);
        setDaemon(true);
        // Protocol deadlines are the session's own; pings of the library would end connections while nothing can flow.
        setConnectionLostTimeout(0);
    }

    /** False too when the library closed the listener (it does so when accepting fails, for want of descriptors) or a thread died. */
    boolean isServing() {
        return !isEnding && listener.isOpen() && decoders.stream().allMatch(Thread::isAlive);
    }

    /**
     * @return whether it came so far
     */
    boolean awaitStart(Duration deadline) throws InterruptedException {
        return started.await(deadline.toMillis(), TimeUnit.MILLISECONDS) && isServing();
    }

    void refuseAll() {
        isEnding = true;
        for (SocketConnection connection : connections) {
            connection.refuse(WirescaleException.of(PeerReason.STOPPING));
        }
        channels.forEach(GuardedChannel::abortHandshake);
    }

    @Override
    public void onStart() {
        started.countDown();
    }

    /** A web page in a browser of a tailnet machine must not be able to speak for that machine. */
    @Override
    public ServerHandshakeBuilder onWebsocketHandshakeReceivedAsServer(
            WebSocket socket, Draft draft, ClientHandshake request) throws InvalidDataException {
        if (request.hasFieldValue("Origin")) {
            log.warn("a web page on {} tried to connect, and was refused", source(socket));
            throw new InvalidDataException(CloseFrame.POLICY_VALIDATION, "no web pages");
        }
        return super.onWebsocketHandshakeReceivedAsServer(socket, draft, request);
    }

    @Override
    public void onOpen(WebSocket socket, ClientHandshake handshake) {
        GuardedChannel channel = channel(socket);
        channel.handshakeIsDone();
        SendDemand demand = new SendDemand(socket, () -> onWriteDemand(socket));
        SocketConnection connection = new SocketConnection(source(socket), socket, channel::abort, demand::queued);
        socket.setAttachment(connection);
        if (isEnding) {
            connection.refuse(WirescaleException.of(PeerReason.STOPPING));
        } else if (sessionSlots.tryTake(connection.remote())) {
            connections.add(connection);
            Thread.ofVirtual().name("peer-session").start(() -> run(connection));
        } else {
            WirescaleException full = WirescaleException.of(
                    PeerReason.TOO_MANY_SESSIONS,
                    "peer",
                    connection.remote(),
                    "limit",
                    sessionSlots.limitReached(connection.remote()));
            log.warn(full.getMessage());
            connection.refuse(full);
        }
    }

    private void run(SocketConnection connection) {
        try {
            sessions.accept(connection);
        } catch (WirescaleException e) {
            log.info("the session with {} ended: {}", connection.remote(), e.getMessage());
            connection.refuse(e);
        } catch (RuntimeException e) {
            connection.onBroken(e);
        } finally {
            connection.close();
            connections.remove(connection);
            sessionSlots.release(connection.remote());
        }
    }

    @Override
    public void onMessage(WebSocket socket, String text) {
        connection(socket).ifPresent(connection -> connection.onText(text));
    }

    @Override
    public void onMessage(WebSocket socket, ByteBuffer bytes) {
        connection(socket).ifPresent(SocketConnection::onBinary);
    }

    @Override
    public void onWebsocketPing(WebSocket socket, Framedata frame) {
        connection(socket).ifPresent(connection -> connection.onPing(() -> super.onWebsocketPing(socket, frame)));
    }

    @Override
    public void onWebsocketPong(WebSocket socket, Framedata frame) {
        connection(socket).ifPresent(connection -> connection.onPong(frame));
    }

    @Override
    public void onCloseInitiated(WebSocket socket, int code, String reason) {
        connection(socket).ifPresent(connection -> connection.onCloseInitiated(code));
    }

    @Override
    public void onClosing(WebSocket socket, int code, String reason, boolean remote) {
        connection(socket).ifPresent(SocketConnection::onClosing);
    }

    @Override
    public void onClose(WebSocket socket, int code, String reason, boolean remote) {
        connection(socket).ifPresent(SocketConnection::onClosed);
    }

    /**
     * @param socket null when it is the server itself that failed
     */
    @Override
    public void onError(@Nullable WebSocket socket, Exception problem) {
        if (socket == null) {
            isEnding = true;
            started.countDown();
            log.error("the listener for peers on {} failed", getAddress(), problem);
        } else if (problem instanceof InvalidDataException) {
            log.debug("{} sent a frame that is refused: {}", source(socket), problem.getMessage());
        } else {
            connection(socket).ifPresent(connection -> connection.onBroken(problem));
        }
    }

    private static Optional<SocketConnection> connection(WebSocket socket) {
        return Optional.ofNullable(socket.<SocketConnection>getAttachment());
    }

    private static GuardedChannel channel(WebSocket socket) {
        return (GuardedChannel) ((WebSocketImpl) socket).getChannel();
    }

    private static IpAddress source(WebSocket socket) {
        return channel(socket).source();
    }

    private final class Factory implements WebSocketServerFactory {
        @Override
        public WebSocketImpl createWebSocket(WebSocketAdapter server, Draft draft) {
            return new WebSocketImpl(server, draft);
        }

        @Override
        public WebSocketImpl createWebSocket(WebSocketAdapter server, List<Draft> none) {
            return new WebSocketImpl(server, List.of(new GuardedDraft()));
        }

        /** Only an IOException ends just this connection; any other would end the server. */
        @Override
        public GuardedChannel wrapChannel(SocketChannel channel, SelectionKey key) throws IOException {
            try {
                if (!(channel.getRemoteAddress() instanceof InetSocketAddress address)) {
                    throw new IOException("gone already");
                }
                IpAddress source = IpAddress.of(address.getAddress());
                if (isEnding || !channelSlots.tryTake(source)) {
                    throw new IOException("no more connections from " + source);
                }
                GuardedChannel guarded =
                        new GuardedChannel(channel, (WebSocketImpl) key.attachment(), source, this::released);
                channels.add(guarded);
                guarded.watchHandshake(handshakeDeadline);
                return guarded;
            } catch (RuntimeException e) {
                throw new IOException(e);
            }
        }

        private void released(GuardedChannel channel) {
            channels.remove(channel);
            channelSlots.release(channel.source());
        }

        @Override
        public void close() {}
    }
}
