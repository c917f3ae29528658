package org.wirescale.daemon;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.wirescale.model.SessionToken;
import org.wirescale.model.WirescaleException;
import org.wirescale.protocol.Features;
import org.wirescale.protocol.PeerLimits;
import org.wirescale.protocol.PeerMessage;
import org.wirescale.protocol.ProtocolReason;
import org.wirescale.protocol.SessionLines;

/**
 * One session with one peer: its uid, where its lines go, and whether it can still be cancelled. Opened by the thread that runs
 * it, whose journal lines carry the uid until it is closed.
 */
final class Session implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Session.class);
    private static final String UID_KEY = "uid";

    private enum Stage {
        CANCELLABLE,
        DETACHED,
        COMMITTED,
        CANCELLED
    }

    private final SessionToken token;
    private final Peer peer;
    private final SessionLines lines;
    private final Consumer<String> user;
    private final Consumer<Session> whenClosed;
    private final Gate gate = new Gate();
    private final Thread thread = Thread.currentThread();
    private Stage stage = Stage.CANCELLABLE;
    private long committedAt;
    private int linesHeard;

    private Session(SessionToken token, Peer peer, Consumer<String> user, Consumer<Session> whenClosed) {
        this.token = token;
        this.peer = peer;
        this.lines =
                SessionLines.of(token, peer.name(), new HashSet<>(peer.node().addresses()));
        this.user = user;
        this.whenClosed = whenClosed;
    }

    /**
     * @param user where the lines go beside the journal: the command of a local request, nowhere for an incoming one
     */
    static Session open(SessionToken token, Peer peer, Consumer<String> user, Consumer<Session> whenClosed) {
        MDC.put(UID_KEY, token.uid());
        return new Session(token, peer, user, whenClosed);
    }

    SessionToken token() {
        return token;
    }

    Peer peer() {
        return peer;
    }

    Gate gate() {
        return gate;
    }

    /** What this daemon can do beyond 1.0.3. */
    Set<String> features() {
        return Set.of(Features.SUCCESS, Features.MOVED, Features.STOP);
    }

    /** Shows a line to the journal and to the user who asked. */
    void say(String line) {
        LOG.info("{}", line);
        user.accept(lines.ours(line));
    }

    /** The line behind the session's uid. */
    String line(String line) {
        return lines.ours(line);
    }

    /** For the journal alone. */
    void note(String line) {
        LOG.info("{}", line);
    }

    /**
     * Shows a line that the peer sent.
     *
     * @throws WirescaleException with {@link ProtocolReason#TOO_MANY_LINES}
     */
    void hear(PeerMessage.Info info) {
        linesHeard++;
        if (linesHeard > PeerLimits.INFO_LINES) {
            throw WirescaleException.of(ProtocolReason.TOO_MANY_LINES, "limit", PeerLimits.INFO_LINES);
        }
        String line = lines.theirs(info.message());
        LOG.info("{}", line);
        user.accept(line);
    }

    /** The user went away: ends the session unless it is past the point where it can be. */
    synchronized void cancel() {
        if (stage == Stage.CANCELLABLE) {
            stage = Stage.CANCELLED;
            thread.interrupt();
        }
    }

    /** Whoever asked for it has what they need; from here on nobody cancels it, and an end of the daemon waits for it for a while. */
    synchronized void detach() {
        if (stage == Stage.CANCELLABLE) {
            stage = Stage.DETACHED;
        }
    }

    /**
     * From here on the session is finished whatever its user does.
     *
     * @throws WirescaleException with {@link SessionReason#CANCELLED}
     */
    synchronized void commit(String machine) {
        if (stage == Stage.CANCELLED) {
            throw WirescaleException.of(SessionReason.CANCELLED, "machine", machine);
        }
        stage = Stage.COMMITTED;
        committedAt = System.nanoTime();
    }

    /** Whether the tunnel was agreed on longer ago than that. */
    synchronized boolean isStuck(Duration limit) {
        return stage == Stage.COMMITTED && System.nanoTime() - committedAt > limit.toNanos();
    }

    synchronized boolean isCancelled() {
        return stage == Stage.CANCELLED;
    }

    @Override
    public void close() {
        whenClosed.accept(this);
        // An interrupt of a cancellation that came too late is nobody else's.
        boolean _ = Thread.interrupted();
        MDC.remove(UID_KEY);
    }
}
