package org.wirescale.daemon.wire;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.SocketFactory;
import org.java_websocket.WebSocket;
import org.java_websocket.client.WebSocketClient;
import org.java_websocket.exceptions.InvalidDataException;
import org.java_websocket.framing.CloseFrame;
import org.java_websocket.framing.Framedata;
import org.java_websocket.handshake.ServerHandshake;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wirescale.model.IpAddress;
import org.wirescale.model.Port;

/** The library's client on a socket that is connected already, so that TCP's own failures keep their meaning. */
final class GuardedClient extends WebSocketClient {
    private static final Logger log = LoggerFactory.getLogger(GuardedClient.class);

    enum Outcome {
        OPEN,
        CLOSED,
        WAITING
    }

    private final GuardedSocket tcp;
    private final SocketConnection connection;
    private final CountDownLatch settled = new CountDownLatch(1);
    private volatile Outcome outcome = Outcome.WAITING;

    GuardedClient(IpAddress peer, Port port, GuardedSocket tcp) {
        super(URI.create("ws://" + peer.inBrackets() + ":" + port + "/"), new GuardedDraft());
        this.tcp = tcp;
        this.connection = new SocketConnection(peer, this, this::abort, () -> {});
        setSocketFactory(new Connected(tcp));
        setTcpNoDelay(true);
        setDaemon(true);
        setConnectionLostTimeout(0);
    }

    Outcome await(long millis) throws InterruptedException {
        return settled.await(Math.max(1, millis), TimeUnit.MILLISECONDS) ? outcome : Outcome.WAITING;
    }

    SocketConnection connection() {
        return connection;
    }

    private void abort() {
        closeConnection(CloseFrame.ABNORMAL_CLOSE, "");
        try {
            // The library closes it on its writing thread, which may hang in a write.
            tcp.close();
        } catch (IOException e) {
            log.debug("closing the connection to a peer failed", e);
        }
    }

    @Override
    public void onOpen(ServerHandshake handshake) {
        tcp.handshakeIsDone();
        outcome = Outcome.OPEN;
        settled.countDown();
    }

    @Override
    public void onMessage(String text) {
        connection.onText(text);
    }

    @Override
    public void onMessage(ByteBuffer bytes) {
        connection.onBinary();
    }

    @Override
    public void onWebsocketPing(WebSocket socket, Framedata frame) {
        connection.onPing(() -> super.onWebsocketPing(socket, frame));
    }

    @Override
    public void onWebsocketPong(WebSocket socket, Framedata frame) {
        connection.onPong(frame);
    }

    @Override
    public void onCloseInitiated(int code, String reason) {
        connection.onCloseInitiated(code);
    }

    @Override
    public void onClosing(int code, String reason, boolean remote) {
        connection.onClosing();
    }

    @Override
    public void onClose(int code, String reason, boolean remote) {
        if (outcome == Outcome.WAITING) {
            outcome = Outcome.CLOSED;
        }
        settled.countDown();
        connection.onClosed();
    }

    @Override
    public void onError(Exception problem) {
        if (problem instanceof InvalidDataException || outcome != Outcome.OPEN) {
            log.debug("the connection to {} failed: {}", connection.remote(), problem.toString());
        } else {
            connection.onBroken(problem);
        }
    }

    /** The library asks for an unconnected socket, and leaves a connected one as it is. */
    private static final class Connected extends SocketFactory {
        private final Socket socket;

        Connected(Socket socket) {
            this.socket = socket;
        }

        @Override
        public Socket createSocket() {
            return socket;
        }

        @Override
        public Socket createSocket(String host, int port) {
            throw elsewhere();
        }

        @Override
        public Socket createSocket(String host, int port, InetAddress localHost, int localPort) {
            throw elsewhere();
        }

        @Override
        public Socket createSocket(InetAddress host, int port) {
            throw elsewhere();
        }

        @Override
        public Socket createSocket(InetAddress host, int port, InetAddress localHost, int localPort) {
            throw elsewhere();
        }

        private static UncheckedIOException elsewhere() {
            return new UncheckedIOException(new IOException("this socket goes nowhere else"));
        }
    }
}
