package org.wirescale.daemon;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.newsclub.net.unix.AFUNIXSocket;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wirescale.model.WirescaleException;
import org.wirescale.protocol.LocalCodec;
import org.wirescale.protocol.LocalLines;
import org.wirescale.protocol.LocalReply;
import org.wirescale.protocol.LocalRequest;

/**
 * One client of the local socket. Two threads of the platform's belong to it, because a blocked call of the socket's library holds
 * the carrier of a virtual one: the first reads the request and then waits for the client to go away, the second writes.
 */
final class LocalConnection implements ReplySink {
    /** For the whole line, however its bytes trickle in. */
    static final Duration REQUEST_DEADLINE = Duration.ofSeconds(10);

    /** What a client may leave unread before it counts as gone. */
    static final int UNREAD_REPLIES = 256;

    private static final Logger LOG = LoggerFactory.getLogger(LocalConnection.class);
    private static final Duration LAST_REPLY_DEADLINE = Duration.ofSeconds(10);
    private static final long STACK_BYTES = 256 << 10;

    private final AFUNIXSocket socket;
    private final Caller caller;
    private final Duration requestDeadline;
    private final LocalServer.Handler handler;
    private final Consumer<LocalConnection> onEnd;
    private final BlockingQueue<LocalReply> replies = new LinkedBlockingQueue<>(UNREAD_REPLIES);
    private final List<Runnable> goneActions = new ArrayList<>();
    private boolean gone;
    private boolean answered;

    LocalConnection(
            AFUNIXSocket socket,
            Caller caller,
            Duration requestDeadline,
            LocalServer.Handler handler,
            Consumer<LocalConnection> onEnd) {
        this.socket = socket;
        this.caller = caller;
        this.requestDeadline = requestDeadline;
        this.handler = handler;
        this.onEnd = onEnd;
    }

    void start() {
        thread("local-reader").start(this::read);
    }

    Caller caller() {
        return caller;
    }

    @Override
    public void send(LocalReply reply) {
        synchronized (this) {
            if (gone || answered) {
                return;
            }
            answered = reply.isLast();
        }
        if (!replies.offer(reply)) {
            LOG.info("uid {} does not read its answers: its connection is closed", caller.uid());
            close();
        }
    }

    @Override
    public synchronized boolean isGone() {
        return gone;
    }

    @Override
    public void onGone(Runnable action) {
        synchronized (this) {
            if (!gone) {
                goneActions.add(action);
                return;
            }
        }
        action.run();
    }

    void close() {
        List<Runnable> actions;
        synchronized (this) {
            actions = gone || answered ? List.of() : List.copyOf(goneActions);
            gone = true;
        }
        closeQuietly(socket);
        onEnd.accept(this);
        actions.forEach(Runnable::run);
    }

    static void closeQuietly(Closeable closeable) {
        try {
            closeable.close();
        } catch (IOException e) {
            LOG.debug("Closing a local connection: {}", e.getMessage());
        }
    }

    private static Thread.Builder.OfPlatform thread(String name) {
        return Thread.ofPlatform().name(name).daemon().stackSize(STACK_BYTES);
    }

    private void read() {
        try {
            InputStream in = new BufferedInputStream(new DeadlineStream(socket, requestDeadline));
            Optional<LocalRequest> request = request(in);
            if (request.isPresent()) {
                thread("local-writer").start(this::write);
                Thread.ofVirtual().name("local-request").start(() -> handle(request.get()));
                waitUntilGone(in);
            }
        } catch (WirescaleException e) {
            // A request that is none: the sender gets the reason, whoever it is.
            thread("local-writer").start(this::write);
            send(failure(e));
            return;
        } catch (SocketTimeoutException e) {
            thread("local-writer").start(this::write);
            send(failure(WirescaleException.of(LocalReason.TOO_SLOW, "seconds", requestDeadline.toSeconds())));
            return;
        } catch (IOException e) {
            LOG.debug("A local client went away: {}", e.getMessage());
        }
        close();
    }

    private static Optional<LocalRequest> request(InputStream in) throws IOException {
        return new LocalLines(in).next().map(LocalCodec::decodeRequest);
    }

    /** A client has nothing to say after its request: its end, or another byte, ends the connection. */
    private void waitUntilGone(InputStream in) throws IOException {
        socket.setSoTimeout(0);
        int read = in.available() > 0 ? in.read() : socket.getInputStream().read();
        LOG.debug("uid {} {}", caller.uid(), read < 0 ? "has gone" : "sent more than its request");
    }

    private void handle(LocalRequest request) {
        try {
            handler.handle(caller, request, this);
            send(failure(WirescaleException.of(LocalReason.NO_ANSWER)));
        } catch (WirescaleException e) {
            send(failure(e));
        } catch (RuntimeException | Error e) {
            LOG.error("A local request failed", e);
            send(failure(WirescaleException.of(LocalReason.NO_ANSWER)));
            if (e instanceof Error fatal) {
                throw fatal;
            }
        }
    }

    private static LocalReply.Failure failure(WirescaleException e) {
        return new LocalReply.Failure(e.errorCode(), e.getMessage());
    }

    private void write() {
        Optional<Thread> deadline = Optional.empty();
        try {
            OutputStream out = socket.getOutputStream();
            boolean last = false;
            while (!last) {
                LocalReply reply = replies.take();
                last = reply.isLast();
                if (last) {
                    deadline = Optional.of(closeUnlessRead());
                }
                out.write((LocalCodec.encode(reply) + "\n").getBytes(StandardCharsets.UTF_8));
                out.flush();
            }
        } catch (IOException e) {
            LOG.debug("A local client does not read: {}", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        deadline.ifPresent(Thread::interrupt);
        close();
    }

    /** A client that stopped reading must not keep its threads for ever. */
    private Thread closeUnlessRead() {
        return Thread.ofVirtual().name("local-last-reply").start(() -> {
            try {
                Thread.sleep(LAST_REPLY_DEADLINE);
                close();
            } catch (InterruptedException e) {
                LOG.trace("read in time");
            }
        });
    }

    /** Reads with a deadline for all reads together; a socket's own one begins anew with every byte. */
    private static final class DeadlineStream extends InputStream {
        private final AFUNIXSocket socket;
        private final InputStream in;
        private final long deadline;

        DeadlineStream(AFUNIXSocket socket, Duration time) throws IOException {
            this.socket = socket;
            this.in = socket.getInputStream();
            this.deadline = System.nanoTime() + time.toNanos();
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            long left = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
            if (left <= 0) {
                throw new SocketTimeoutException("deadline");
            }
            socket.setSoTimeout((int) left);
            return in.read(into, offset, length);
        }
    }
}
