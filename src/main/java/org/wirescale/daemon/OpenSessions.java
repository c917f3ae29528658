package org.wirescale.daemon;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.wirescale.model.SessionToken;
import org.wirescale.os.MappedFiles;
import org.wirescale.protocol.PeerLimits;
import org.wirescale.tunnel.OldPortForwardChange;

/** The sessions of this daemon, so that its end can end them. */
final class OpenSessions {
    /** The deadline of the end, with room for hooks that may take a minute each. */
    private static final Duration LONGEST_WORK = PeerLimits.END_DEADLINE.multipliedBy(3);

    private static final Duration BEFORE_REST = Duration.ofSeconds(5);

    /** The forwarding of the old port has been taken away by then. */
    private static final Duration LAST_WORK = OldPortForwardChange.LIFETIME.plusSeconds(3);

    private final Set<Session> sessions = ConcurrentHashMap.newKeySet();
    private final Gate ended = new Gate();
    private final AtomicLong lastChange = new AtomicLong();
    private final AtomicBoolean restIsNear = new AtomicBoolean();

    Session open(SessionToken token, Peer peer, Consumer<String> user) {
        Session session = Session.open(token, peer, user, this::closed);
        sessions.add(session);
        return session;
    }

    private void closed(Session session) {
        sessions.remove(session);
        ended.signal();
        restSoon();
    }

    /**
     * Once there has been no session for a while, the daemon gives back the memory that it does not need at rest, and once more when the
     * last work for it is done. However many sessions end, one thread waits for that.
     */
    void restSoon() {
        lastChange.set(System.nanoTime());
        if (restIsNear.compareAndSet(false, true)) {
            // No virtual one: a collection would hold up those that share its carrier.
            Thread.ofPlatform().name("rest").daemon().start(this::rest);
        }
    }

    private void rest() {
        try {
            awaitQuiet(BEFORE_REST);
            giveBack();
            awaitQuiet(LAST_WORK);
            giveBack();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            restIsNear.set(false);
        }
    }

    private void awaitQuiet(Duration time) throws InterruptedException {
        for (Duration left = time; left.isPositive(); ) {
            Thread.sleep(left);
            left = time.minusNanos(System.nanoTime() - lastChange.get());
        }
    }

    private void giveBack() {
        if (sessions.isEmpty()) {
            // What a session leaves lies in the old generation, which else stays as large as it was.
            System.gc();
            MappedFiles.letGo();
        }
    }

    /** Ends those that have not agreed on a tunnel yet. */
    void cancelAll() {
        sessions.forEach(Session::cancel);
    }

    /** Whether no session has been building its tunnel for longer than one may take. */
    boolean makeProgress() {
        return sessions.stream().noneMatch(session -> session.isStuck(LONGEST_WORK));
    }

    /** Waits until the sessions have ended. */
    void awaitEnd(Duration atMost) throws InterruptedException {
        ended.await(sessions::isEmpty, atMost);
    }
}
