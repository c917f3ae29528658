package org.wirescale.daemon;

import java.time.Duration;
import org.wirescale.model.Version;
import org.wirescale.model.WirescaleException;
import org.wirescale.protocol.Features;
import org.wirescale.protocol.PeerLimits;
import org.wirescale.protocol.PeerMessage;
import org.wirescale.protocol.ProtocolReason;
import org.wirescale.protocol.SessionLines;

/** The way of every session that a peer begins: from its token through the queue to what it asks for. */
final class Responder {
    /** Every session before this one has a deadline; this only bounds what should not be. */
    private static final Duration FOR_THE_TURN = Duration.ofHours(1);

    private final Machine machine;
    private final Session session;
    private final Peer peer;
    private final Dialogue dialogue;
    private final String version;

    Responder(Machine machine, Session session, Dialogue dialogue, PeerMessage.Token token) {
        this.machine = machine;
        this.session = session;
        this.peer = session.peer();
        this.dialogue = dialogue;
        this.version = token.version();
        dialogue.peerNamed(token.features());
    }

    /**
     * Runs the session to its end.
     *
     * @throws WirescaleException when nothing came of it; nothing of the attempt is left
     */
    void run() throws InterruptedException {
        session.note("Peer " + peer + " begins a session");
        warnOfOtherVersion();
        machine.files().read(peer.file()).requireNode(peer.stableId());
        dialogue.expect(PeerMessage.Hello.class, PeerLimits.TOKEN_DEADLINE);
        boolean precedes = !dialogue.peerIsOurs()
                || Tailnet.rank(peer.node().addresses())
                                .compareTo(machine.tailnet().rank())
                        < 0;
        try (Turnstile.Ticket ticket =
                machine.turnstile().enqueueIncoming(peer.address(), precedes, session.gate()::signal)) {
            dialogue.send(new PeerMessage.Info(
                    SessionLines.enqueued(session.token(), machine.name(), machine.addressFor(peer))));
            dialogue.awaitWithPeer(ticket::hasTurn, FOR_THE_TURN);
            dialogue.send(new PeerMessage.Ack(session.features()));
            serve(dialogue.expect(PeerMessage.Request.class, PeerLimits.UPGRADE_DEADLINE));
        }
    }

    private void serve(PeerMessage.Request request) throws InterruptedException {
        session.note("It is the turn of the " + request.code() + " request of peer " + peer);
        switch (request) {
            case PeerMessage.Upgrade upgrade -> {
                machine.rates().spend(peer.stableId(), machine.name());
                dialogue.send(new PeerMessage.Info(
                        SessionLines.upgradeStarted(session.token(), machine.name(), machine.addressFor(peer))));
                new UpgradeResponder(machine, session, dialogue).agree(upgrade);
            }
            case PeerMessage.Recover recover -> {
                // Apart from new tunnels: one that flaps must not keep its peer from making another.
                machine.rates().spend("recover " + peer.stableId(), machine.name());
                dialogue.send(new PeerMessage.Info(SessionLines.recoverStarted(
                        session.token(), machine.name(), machine.addressFor(peer), recover.iface())));
                new RecoverResponder(machine, session, dialogue).agree(recover);
            }
            case PeerMessage.Stop stop -> {
                if (!dialogue.peerCan(Features.STOP)) {
                    throw WirescaleException.of(
                            ProtocolReason.UNEXPECTED_MESSAGE, "code", stop.code(), "expected", "upgrade");
                }
                new StopResponder(machine, session, dialogue).agree(stop);
            }
        }
    }

    private void warnOfOtherVersion() {
        if (!version.equals(Version.text())) {
            session.note("Peer " + peer + " runs wirescale " + version + ", this machine runs " + Version.text());
            dialogue.send(new PeerMessage.Info(SessionLines.versionsDiffer(session.token(), Version.text(), version)));
        }
    }
}
