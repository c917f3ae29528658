package org.wirescale.daemon;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.newsclub.net.unix.AFUNIXServerSocket;
import org.newsclub.net.unix.AFUNIXSocket;
import org.newsclub.net.unix.AFUNIXSocketAddress;
import org.newsclub.net.unix.FileDescriptorCast;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wirescale.model.WirescaleException;
import org.wirescale.protocol.LocalRequest;

/**
 * The local socket: accepts clients, asks the kernel who they are, reads one request of each and hands it on if they may ask it. A
 * client that is slow, silent, enormous or deaf costs itself its connection and the others nothing.
 */
public final class LocalServer implements AutoCloseable {
    /** Takes a request to its end; what it throws becomes the last answer. Each runs on a virtual thread of its own. */
    @FunctionalInterface
    public interface Handler {
        void handle(Caller caller, LocalRequest request, ReplySink replies);
    }

    /** Requests of one uid that may wait or run at a time. */
    static final int REQUESTS_OF_ONE = 4;

    /** Connections: more than requests, so that a refusal can be told. */
    static final int CONNECTIONS_OF_ONE = 16;

    static final int CONNECTIONS = 64;

    private static final Logger LOG = LoggerFactory.getLogger(LocalServer.class);
    /** The first descriptor that systemd hands over; {@code sd_listen_fds(3)}. */
    private static final int SYSTEMD_DESCRIPTOR = 3;

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final AFUNIXServerSocket socket;
    /** Closing systemd's socket shuts it down, for systemd and the next daemon too: it ends with this process instead. */
    private final boolean activated;

    private final Rights rights;
    private final Duration requestDeadline;
    private final Handler handler;
    private final Set<LocalConnection> connections = ConcurrentHashMap.newKeySet();
    private final Map<Integer, Integer> requests = new HashMap<>();
    private volatile boolean closing;

    private LocalServer(
            AFUNIXServerSocket socket, boolean activated, Rights rights, Duration requestDeadline, Handler handler) {
        this.socket = socket;
        this.activated = activated;
        this.rights = rights;
        this.requestDeadline = requestDeadline;
        this.handler = handler;
    }

    /**
     * Serves the socket that systemd handed over, or where it did not, one of our own at the path.
     *
     * @throws WirescaleException with {@link LocalReason#NOT_ACTIVATED}
     */
    public static LocalServer start(Path path, Handler handler) throws IOException {
        return start(path, System.getenv(), Rights.ofThisMachine(), LocalConnection.REQUEST_DEADLINE, handler);
    }

    static LocalServer start(
            Path path, Map<String, String> environment, Rights rights, Duration requestDeadline, Handler handler)
            throws IOException {
        Optional<AFUNIXServerSocket> activated = activated(environment);
        LocalServer server = new LocalServer(
                activated.isPresent() ? activated.get() : bound(path),
                activated.isPresent(),
                rights,
                requestDeadline,
                handler);
        Thread.ofPlatform().name("local-socket").daemon().start(server::accept);
        return server;
    }

    /** Nobody is accepted any more, and those who are there are let go. systemd's socket stays where it is. */
    @Override
    public void close() {
        closing = true;
        if (!activated) {
            LocalConnection.closeQuietly(socket);
        }
        List.copyOf(connections).forEach(LocalConnection::close);
    }

    private static Optional<AFUNIXServerSocket> activated(Map<String, String> environment) throws IOException {
        String pid = environment.getOrDefault("LISTEN_PID", "");
        if (!pid.equals(Long.toString(ProcessHandle.current().pid()))) {
            return Optional.empty();
        }
        String count = environment.getOrDefault("LISTEN_FDS", "0");
        if (!count.equals("1")) {
            throw WirescaleException.of(LocalReason.NOT_ACTIVATED, "count", count);
        }
        AFUNIXServerSocket socket =
                FileDescriptorCast.unsafeUsing(SYSTEMD_DESCRIPTOR).as(AFUNIXServerSocket.class);
        // The library removes a socket's file when it is closed, and without the file systemd's activation is dead.
        socket.setDeleteOnClose(false);
        return Optional.of(socket);
    }

    private static AFUNIXServerSocket bound(Path path) throws IOException {
        Files.deleteIfExists(path);
        AFUNIXServerSocket socket = AFUNIXServerSocket.newInstance();
        socket.bind(AFUNIXSocketAddress.of(path));
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-rw-rw-"));
        return socket;
    }

    private void accept() {
        while (!closing) {
            try {
                admit(socket.accept());
            } catch (IOException e) {
                // Too many open files, or a client that went away in the queue: neither ends the service.
                if (!closing) {
                    LOG.warn("A local client could not be accepted: {}", e.getMessage());
                    LockSupport.parkNanos(PAUSE_NANOS);
                }
            }
        }
    }

    private void admit(AFUNIXSocket client) {
        try {
            Caller caller = new Caller((int) client.getPeerCredentials().getUid());
            long ofCaller = connections.stream()
                    .filter(connection -> connection.caller().equals(caller))
                    .count();
            // Root is who mends a machine that others have flooded.
            if (!caller.isRoot() && (ofCaller >= CONNECTIONS_OF_ONE || connections.size() >= CONNECTIONS)) {
                LOG.warn("uid {} has too many connections to the local socket: one more is refused", caller.uid());
                LocalConnection.closeQuietly(client);
                return;
            }
            LocalConnection connection =
                    new LocalConnection(client, caller, requestDeadline, this::handle, connections::remove);
            connections.add(connection);
            connection.start();
        } catch (IOException | RuntimeException e) {
            LOG.warn("A local client could not be served: {}", e.toString());
            LocalConnection.closeQuietly(client);
        }
    }

    private void handle(Caller caller, LocalRequest request, ReplySink replies) {
        take(caller);
        try {
            rights.check(caller, request);
            handler.handle(caller, request, replies);
        } finally {
            release(caller);
        }
    }

    private void take(Caller caller) {
        synchronized (requests) {
            if (requests.getOrDefault(caller.uid(), 0) >= REQUESTS_OF_ONE) {
                throw WirescaleException.of(LocalReason.TOO_MANY_REQUESTS, "limit", REQUESTS_OF_ONE);
            }
            requests.merge(caller.uid(), 1, Integer::sum);
        }
    }

    private void release(Caller caller) {
        synchronized (requests) {
            requests.computeIfPresent(caller.uid(), (_, count) -> count == 1 ? null : count - 1);
        }
    }
}
