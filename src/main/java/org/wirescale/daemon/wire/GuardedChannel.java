package org.wirescale.daemon.wire;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.java_websocket.WebSocketImpl;
import org.java_websocket.WrappedByteChannel;
import org.java_websocket.framing.CloseFrame;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wirescale.model.IpAddress;

/** An accepted connection as the library reads, writes and closes it. */
final class GuardedChannel implements WrappedByteChannel {
    private static final Logger log = LoggerFactory.getLogger(GuardedChannel.class);
    /** How long the peer may take to read our last words. */
    private static final Duration LINGER = Duration.ofSeconds(1);

    private static final int LINGER_BYTES = 256 * 1024;

    private final SocketChannel channel;
    private final WebSocketImpl socket;
    private final IpAddress source;
    private final Consumer<GuardedChannel> released;
    private final ByteMeter meter = new ByteMeter();
    private final CountDownLatch pastHandshake = new CountDownLatch(1);
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile boolean abrupt;

    /**
     * @param released called once, when the descriptor is closed
     */
    GuardedChannel(SocketChannel channel, WebSocketImpl socket, IpAddress source, Consumer<GuardedChannel> released) {
        this.channel = channel;
        this.socket = socket;
        this.source = source;
        this.released = released;
    }

    IpAddress source() {
        return source;
    }

    /** The library watches nothing that is not open yet: half-open connections would live for ever. */
    void watchHandshake(Duration deadline) {
        Thread.ofVirtual().name("peer-handshake").start(() -> {
            try {
                if (!pastHandshake.await(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
                    abort();
                }
            } catch (InterruptedException e) {
                abort();
            }
        });
    }

    void handshakeIsDone() {
        meter.handshakeIsDone();
        pastHandshake.countDown();
    }

    /** Closes what is not a WebSocket yet. */
    void abortHandshake() {
        if (pastHandshake.getCount() > 0) {
            abort();
        }
    }

    /** Closes without waiting for anything that is still to be written. */
    void abort() {
        abrupt = true;
        socket.closeConnection(CloseFrame.ABNORMAL_CLOSE, "");
        close();
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        int count = channel.read(target);
        if (count > 0) {
            countIn(count);
        }
        return count;
    }

    private void countIn(int count) throws IOException {
        try {
            meter.add(count);
        } catch (IOException e) {
            abrupt = true;
            throw e;
        }
    }

    /** A refused handshake leaves its connection open in the library: it closes only what has a draft. */
    @Override
    public int write(ByteBuffer source) throws IOException {
        int count = channel.write(source);
        if (!source.hasRemaining() && isNeedWrite()) {
            writeMore();
        }
        return count;
    }

    @Override
    public boolean isNeedWrite() {
        return socket.isFlushAndClose() && socket.getDraft() == null;
    }

    @Override
    public void writeMore() throws IOException {
        throw new IOException("the handshake was refused");
    }

    @Override
    public boolean isNeedRead() {
        return false;
    }

    @Override
    public int readMore(ByteBuffer target) {
        return 0;
    }

    @Override
    public boolean isBlocking() {
        return channel.isBlocking();
    }

    @Override
    public boolean isOpen() {
        return !closed.get() && channel.isOpen();
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            pastHandshake.countDown();
            if (abrupt) {
                closeChannel();
            } else {
                Thread.ofVirtual().name("peer-linger").start(this::linger);
            }
        }
    }

    /**
     * Sends FIN and reads on for a moment. Closing with unread bytes makes the kernel send RST, and the peer's next write would
     * fail before it has read why it was refused.
     */
    private void linger() {
        try (Selector selector = Selector.open()) {
            channel.shutdownOutput();
            channel.register(selector, SelectionKey.OP_READ);
            ByteBuffer sink = ByteBuffer.allocate(8 * 1024);
            long end = System.nanoTime() + LINGER.toNanos();
            int drained = 0;
            while (drained < LINGER_BYTES) {
                long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                if (left <= 0 || selector.select(left) == 0) {
                    return;
                }
                selector.selectedKeys().clear();
                int count = channel.read(sink.clear());
                if (count < 0) {
                    return;
                }
                drained += count;
            }
        } catch (IOException e) {
            log.trace("the peer was gone first", e);
        } finally {
            closeChannel();
        }
    }

    private void closeChannel() {
        try {
            channel.close();
        } catch (IOException e) {
            log.debug("closing a peer's connection failed", e);
        } finally {
            released.accept(this);
        }
    }
}
