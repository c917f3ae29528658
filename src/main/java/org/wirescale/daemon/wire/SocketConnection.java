package org.wirescale.daemon.wire;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.java_websocket.WebSocket;
import org.java_websocket.exceptions.WebsocketNotConnectedException;
import org.java_websocket.framing.CloseFrame;
import org.java_websocket.framing.Framedata;
import org.java_websocket.framing.PingFrame;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wirescale.model.IpAddress;
import org.wirescale.model.WirescaleException;
import org.wirescale.protocol.PeerCodec;
import org.wirescale.protocol.PeerLimits;
import org.wirescale.protocol.PeerMessage;
import org.wirescale.protocol.ProtocolReason;

/**
 * What both ends have in common. The library's callbacks (the methods that begin with "on") only put into the queue: it has one
 * thread for all connections. Texts are decoded by the thread that receives.
 */
final class SocketConnection implements PeerConnection {
    private static final Logger log = LoggerFactory.getLogger(SocketConnection.class);
    /** For the closing handshake and what is still to be written. */
    private static final Duration CLOSE_DEADLINE = Duration.ofSeconds(2);
    /** Answers to pings that the peer does not read would gather without end. */
    private static final int PONGS_PER_WINDOW = 64;

    private final IpAddress remote;
    private final WebSocket socket;
    private final Runnable abort;
    private final Runnable queued;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<String> texts = new ArrayDeque<>();
    private final Set<Long> awaitedPongs = new HashSet<>();
    private int queuedCharacters;
    private int infoLines;
    private long windowStart = System.nanoTime();
    private int framesInWindow;
    private int pingsInWindow;
    private boolean open = true;
    /** Why it ended; the first reason stays. */
    private Optional<WirescaleException> end = Optional.empty();

    private Runnable listener = () -> {};

    /**
     * @param abort closes the TCP connection without any politeness
     * @param queued is told after anything was given to the socket
     */
    SocketConnection(IpAddress remote, WebSocket socket, Runnable abort, Runnable queued) {
        this.remote = remote;
        this.socket = socket;
        this.abort = abort;
        this.queued = queued;
    }

    @Override
    public IpAddress remote() {
        return remote;
    }

    @Override
    public void send(PeerMessage message) {
        String text = PeerCodec.encode(message);
        try {
            socket.send(text);
            queued.run();
        } catch (WebsocketNotConnectedException e) {
            throw locked(() -> ending());
        }
    }

    @Override
    public PeerMessage receive(Duration timeout) throws InterruptedException {
        long left = timeout.toNanos();
        lock.lockInterruptibly();
        try {
            while (texts.isEmpty() && open) {
                if (left <= 0) {
                    throw WirescaleException.of(
                            PeerReason.TIMED_OUT, "peer", remote, "seconds", Math.max(1, timeout.toSeconds()));
                }
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
        return poll().orElseThrow(() -> locked(this::ending));
    }

    @Override
    public Optional<PeerMessage> poll() {
        String text;
        lock.lock();
        try {
            if (texts.isEmpty()) {
                if (!open) {
                    throw ending();
                }
                return Optional.empty();
            }
            text = texts.remove();
            queuedCharacters -= text.length();
        } finally {
            lock.unlock();
        }
        PeerMessage message = PeerCodec.decode(text);
        if (message instanceof PeerMessage.Info && ++infoLines > PeerLimits.INFO_LINES) {
            throw WirescaleException.of(ProtocolReason.TOO_MANY_LINES, "limit", PeerLimits.INFO_LINES);
        }
        return Optional.of(message);
    }

    @Override
    public boolean isReady() {
        return locked(() -> !texts.isEmpty() || !open);
    }

    @Override
    public void whenReady(Runnable newListener) {
        boolean now = locked(() -> {
            listener = newListener;
            return !texts.isEmpty() || !open;
        });
        if (now) {
            newListener.run();
        }
    }

    @Override
    public boolean ping(Duration timeout) throws InterruptedException {
        long payload = ThreadLocalRandom.current().nextLong();
        PingFrame ping = new PingFrame();
        ping.setPayload(ByteBuffer.allocate(Long.BYTES).putLong(payload).flip());
        locked(() -> awaitedPongs.add(payload));
        try {
            socket.sendFrame(ping);
            queued.run();
            return isAnswered(payload, timeout.toNanos());
        } catch (WebsocketNotConnectedException e) {
            return false;
        } finally {
            locked(() -> awaitedPongs.remove(payload));
        }
    }

    private boolean isAnswered(long payload, long nanos) throws InterruptedException {
        long left = nanos;
        lock.lockInterruptibly();
        try {
            while (awaitedPongs.contains(payload) && open && left > 0) {
                left = changed.awaitNanos(left);
            }
            return !awaitedPongs.contains(payload);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean isOpen() {
        return locked(() -> open) && socket.isOpen();
    }

    @Override
    public void refuse(WirescaleException reason) {
        boolean first = locked(() -> {
            boolean isFirst = open && end.isEmpty();
            if (isFirst) {
                end = Optional.of(reason);
            }
            return isFirst;
        });
        if (first) {
            tell(reason);
        }
        close();
    }

    private void tell(WirescaleException reason) {
        try {
            socket.send(PeerCodec.encode(new PeerMessage.Failure(reason.errorCode(), reason.peerMessage())));
            queued.run();
        } catch (WebsocketNotConnectedException e) {
            log.debug("the peer {} was gone before it could be told: {}", remote, reason.getMessage());
        }
    }

    @Override
    public void close() {
        boolean wasOpen = locked(() -> {
            end = end.or(() -> Optional.of(closed()));
            return open;
        });
        if (wasOpen && socket.isOpen()) {
            socket.close(CloseFrame.NORMAL);
        }
    }

    private void abortWhenStuck() {
        lock.lock();
        try {
            long left = CLOSE_DEADLINE.toNanos();
            while (open && left > 0) {
                left = changed.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            log.trace("closing at once", e);
        } finally {
            lock.unlock();
        }
        abort.run();
    }

    /** A text frame came. */
    void onText(String text) {
        Optional<WirescaleException> problem = locked(() -> {
            if (!open || end.isPresent()) {
                return Optional.empty();
            }
            startWindowWhenDue();
            queuedCharacters += text.length();
            if (++framesInWindow > PeerLimits.FRAMES_PER_WINDOW
                    || texts.size() >= PeerLimits.QUEUED_MESSAGES
                    || queuedCharacters > PeerLimits.QUEUED_CHARACTERS) {
                return Optional.of(WirescaleException.of(PeerReason.TOO_FAST, "peer", remote));
            }
            texts.add(text);
            changed.signalAll();
            return Optional.empty();
        });
        problem.ifPresentOrElse(this::refuse, this::tellListener);
    }

    void onBinary() {
        refuse(badFrame("only text frames are taken"));
    }

    /**
     * @param answer queues the pong
     */
    void onPing(Runnable answer) {
        boolean tooMany = locked(() -> {
            startWindowWhenDue();
            return ++pingsInWindow > PONGS_PER_WINDOW;
        });
        if (tooMany) {
            refuse(WirescaleException.of(PeerReason.TOO_FAST, "peer", remote));
        } else {
            answer.run();
            queued.run();
        }
    }

    void onPong(Framedata frame) {
        ByteBuffer payload = frame.getPayloadData();
        if (payload.remaining() == Long.BYTES) {
            long number = payload.getLong(payload.position());
            locked(() -> {
                if (awaitedPongs.remove(number)) {
                    changed.signalAll();
                }
                return true;
            });
        }
    }

    /** The library found fault with a frame and is about to close: the last moment at which a text can still go out. */
    void onCloseInitiated(int code) {
        Optional<WirescaleException> problem = switch (code) {
            case CloseFrame.TOOBIG ->
                Optional.of(WirescaleException.of(ProtocolReason.TOO_LONG, "limit", PeerLimits.MESSAGE_BYTES));
            case CloseFrame.REFUSE -> Optional.of(badFrame("fragmented messages are not taken"));
            case CloseFrame.NO_UTF8 -> Optional.of(badFrame("a text was not UTF-8"));
            case CloseFrame.PROTOCOL_ERROR -> Optional.of(badFrame("a frame was malformed"));
            case CloseFrame.UNEXPECTED_CONDITION ->
                Optional.of(WirescaleException.of(PeerReason.INTERNAL, "peer", remote));
            default -> Optional.empty();
        };
        problem.filter(reason -> locked(() -> {
                    boolean isFirst = end.isEmpty();
                    end = end.or(() -> problem);
                    return isFirst;
                }))
                .ifPresent(reason -> {
                    log.warn("{} ({})", reason.getMessage(), remote);
                    tell(reason);
                });
    }

    /** The closing has begun, by either side: it must also come to an end. */
    void onClosing() {
        queued.run();
        locked(() -> end = end.or(() -> Optional.of(closed())));
        Thread.ofVirtual().name("peer-close").start(this::abortWhenStuck);
    }

    /** A callback threw: the library would leave the connection open. */
    void onBroken(Exception problem) {
        log.error("an error of the program itself ended the connection with {}", remote, problem);
        refuse(WirescaleException.of(PeerReason.INTERNAL, "peer", remote));
    }

    void onClosed() {
        locked(() -> {
            open = false;
            end = end.or(() -> Optional.of(closed()));
            changed.signalAll();
            return true;
        });
        tellListener();
    }

    private void tellListener() {
        locked(() -> listener).run();
    }

    private void startWindowWhenDue() {
        long now = System.nanoTime();
        if (now - windowStart > PeerLimits.RATE_WINDOW.toNanos()) {
            windowStart = now;
            framesInWindow = 0;
            pingsInWindow = 0;
        }
    }

    private WirescaleException ending() {
        return end.orElseGet(this::closed);
    }

    private WirescaleException closed() {
        return WirescaleException.of(PeerReason.CLOSED, "peer", remote);
    }

    private WirescaleException badFrame(String problem) {
        return WirescaleException.of(PeerReason.BAD_FRAME, "peer", remote, "problem", problem);
    }

    private <T> T locked(Supplier<T> action) {
        lock.lock();
        try {
            return action.get();
        } finally {
            lock.unlock();
        }
    }
}
