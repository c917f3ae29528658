package org.wirescale.daemon;

import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.wirescale.daemon.wire.PeerConnection;
import org.wirescale.model.Version;
import org.wirescale.model.WirescaleException;
import org.wirescale.protocol.PeerLimits;
import org.wirescale.protocol.PeerMessage;

/** The way of every session that this machine begins: its queue, the connection, its turn at the peer. */
final class Initiation {
    /** A peer that is busy answers at last after this; its own sessions have deadlines that are shorter. */
    private static final Duration ACK_DEADLINE = Duration.ofMinutes(10);

    private final Machine machine;
    private final Session session;
    private final Peer peer;

    Initiation(Machine machine, Session session) {
        this.machine = machine;
        this.session = session;
        this.peer = session.peer();
    }

    /**
     * Runs the session to its end.
     *
     * @throws WirescaleException when nothing came of it; nothing of the attempt is left
     * @throws InterruptedException when the user went away before both ends had agreed
     */
    <T> T run(Errand<T> errand) throws InterruptedException {
        String what = errand.what();
        session.say("Enqueueing " + what + " to peer " + peer + "...");
        try (Turnstile.Ticket ticket = machine.turnstile().enqueueLocal(session.gate()::signal)) {
            awaitForever(ticket::isNext);
            session.say("The " + what + " for the peer " + peer + " is the next one in the processing queue");
            awaitForever(ticket::hasTurn);
            session.say("The " + what + " for the peer " + peer + " has acquired the exclusive semaphore");
            session.say("Starting to process the " + what + " for the peer " + peer);
            return SteadyPort.attempt(machine, session, () -> talk(errand, ticket));
        }
    }

    private <T> T talk(Errand<T> errand, Turnstile.Ticket ticket) throws InterruptedException {
        Optional<T> already = errand.fulfilled();
        if (already.isPresent()) {
            return already.get();
        }
        errand.prepare();
        try (PeerConnection connection = machine.connect(peer)) {
            Dialogue dialogue =
                    new Dialogue(session, connection, () -> machine.tailnet().answers(peer, PeerLimits.LIVENESS_CHECK));
            try {
                dialogue.send(new PeerMessage.Token(session.token(), Version.text(), session.features()));
                dialogue.send(new PeerMessage.Hello());
                BooleanSupplier fulfilled = () -> errand.fulfilled().isPresent();
                Optional<PeerMessage.Ack> ack = dialogue.expectUnless(fulfilled, PeerMessage.Ack.class, ACK_DEADLINE);
                awaitForever(() -> fulfilled.getAsBoolean() || ticket.commit());
                Optional<T> standing = errand.fulfilled();
                if (standing.isPresent()) {
                    return standing.get();
                }
                dialogue.peerNamed(ack.orElseThrow().features());
                return errand.agree(dialogue);
            } catch (WirescaleException e) {
                dialogue.refuse(e);
                throw e;
            } catch (InterruptedException e) {
                dialogue.refuse(WirescaleException.causedBy(e, SessionReason.CANCELLED, "machine", machine.name()));
                throw e;
            }
        }
    }

    /** For one's turn there is no deadline: every session before it has one. */
    private void awaitForever(BooleanSupplier condition) throws InterruptedException {
        boolean holds = false;
        while (!holds) {
            holds = session.gate().await(condition, Duration.ofHours(1));
        }
    }
}
