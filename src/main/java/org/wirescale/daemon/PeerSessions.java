package org.wirescale.daemon;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wirescale.daemon.wire.PeerConnection;
import org.wirescale.daemon.wire.PeerReason;
import org.wirescale.model.WirescaleException;
import org.wirescale.protocol.PeerLimits;
import org.wirescale.protocol.PeerMessage;
import org.wirescale.protocol.ProtocolReason;

/** Serves the sessions that other machines open, each on its own virtual thread. */
final class PeerSessions {
    private static final Logger LOG = LoggerFactory.getLogger(PeerSessions.class);

    private final Machine machine;
    private final OpenSessions open;
    /** By node: its addresses are counted together here. */
    private final Map<String, Integer> ofNode = new ConcurrentHashMap<>();

    PeerSessions(Machine machine, OpenSessions open) {
        this.machine = machine;
        this.open = open;
    }

    void serve(PeerConnection connection) {
        try (connection) {
            serveOpen(connection);
        }
    }

    private void serveOpen(PeerConnection connection) {
        try {
            serveOneOfSome(connection, machine.tailnet().caller(connection.remote()));
        } catch (WirescaleException e) {
            LOG.warn("A session from {} ended: {}", connection.remote(), e.getMessage());
            connection.refuse(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void serveOneOfSome(PeerConnection connection, Peer peer) throws InterruptedException {
        int count = ofNode.merge(peer.stableId(), 1, Integer::sum);
        try {
            if (count > PeerLimits.SESSIONS_PER_PEER) {
                throw WirescaleException.of(
                        PeerReason.TOO_MANY_SESSIONS, "peer", peer, "limit", PeerLimits.SESSIONS_PER_PEER);
            }
            PeerMessage first = connection.receive(PeerLimits.TOKEN_DEADLINE);
            if (!(first instanceof PeerMessage.Token token)) {
                throw WirescaleException.of(
                        ProtocolReason.UNEXPECTED_MESSAGE, "code", first.code(), "expected", "token");
            }
            serve(connection, peer, token);
        } finally {
            ofNode.computeIfPresent(peer.stableId(), (_, taken) -> taken > 1 ? taken - 1 : null);
        }
    }

    private void serve(PeerConnection connection, Peer peer, PeerMessage.Token token) throws InterruptedException {
        try (Session session = open.open(token.token(), peer, _ -> {})) {
            Dialogue dialogue =
                    new Dialogue(session, connection, () -> machine.tailnet().answers(peer, PeerLimits.LIVENESS_CHECK));
            try {
                new Responder(machine, session, dialogue, token).run();
            } catch (WirescaleException e) {
                WirescaleException shown = session.isCancelled() ? cancelled(e) : e;
                // A peer that got its tunnel by the other session of the two simply leaves.
                session.note("The session with peer " + peer + " ended: " + shown.getMessage());
                dialogue.refuse(shown);
            } catch (InterruptedException e) {
                dialogue.refuse(cancelled(e));
                throw e;
            } catch (RuntimeException e) {
                LOG.error("The session with peer {} failed", peer, e);
                dialogue.refuse(machine.fault(e));
            }
        }
    }

    private WirescaleException cancelled(Exception e) {
        return WirescaleException.causedBy(e, SessionReason.STOPPING, "machine", machine.name());
    }
}
