package org.wirescale.daemon;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.wirescale.model.SessionToken;
import org.wirescale.os.MappedFiles;
import org.wirescale.protocol.PeerLimits;

/** The sessions of this daemon, so that its end can end them. */
final class OpenSessions {
    /** The deadline of the end, with room for hooks that may take a minute each. */
    private static final Duration LONGEST_WORK = PeerLimits.END_DEADLINE.multipliedBy(3);

    private static final Duration BEFORE_REST = Duration.ofSeconds(2);

    private final Set<Session> sessions = ConcurrentHashMap.newKeySet();
    private final Gate ended = new Gate();

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

    /** Unless there is a session again by then, the daemon gives back the memory that it does not need at rest. */
    void restSoon() {
        if (sessions.isEmpty()) {
            Thread.ofVirtual().name("rest").start(() -> {
                try {
                    Thread.sleep(BEFORE_REST);
                    if (sessions.isEmpty()) {
                        // What a session leaves lies in the old generation, which else stays as large as it was.
                        System.gc();
                        MappedFiles.letGo();
                    }
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
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
