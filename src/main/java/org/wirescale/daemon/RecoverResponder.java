package org.wirescale.daemon;

import java.time.LocalTime;
import java.time.ZoneOffset;
import org.wirescale.model.Reason;
import org.wirescale.model.WirescaleException;
import org.wirescale.protocol.PeerLimits;
import org.wirescale.protocol.PeerMessage;
import org.wirescale.protocol.RecoverText;
import org.wirescale.tailscale.DirectEndpoint;

/** The dialogue of {@code recover} at the end that is asked. */
final class RecoverResponder {
    /** Two ends of one tunnel have their handshakes within a round trip of each other. */
    private static final long HANDSHAKES_DIFFER = 10;

    private final Machine machine;
    private final Session session;
    private final Peer peer;
    private final Dialogue dialogue;

    RecoverResponder(Machine machine, Session session, Dialogue dialogue) {
        this.machine = machine;
        this.session = session;
        this.peer = session.peer();
        this.dialogue = dialogue;
    }

    /**
     * @throws WirescaleException when the tunnel is as it was before
     */
    void agree(PeerMessage.Recover recover) throws InterruptedException {
        SteadyPort.with(machine, session, () -> agreeOnce(recover));
    }

    private void agreeOnce(PeerMessage.Recover recover) throws InterruptedException {
        try (SessionLocks locks = machine.locks()) {
            locks.takeInterface(recover.iface());
            LiveTunnel live = LiveTunnel.require(machine.folders(), recover.iface(), machine.name());
            require(live.isWith(peer), SessionReason.NOT_LIVE, live);
            RecoverText.Request request = RecoverText.Request.open(recover.text(), live.secret());
            check(live, request, recover);
            DirectEndpoint path = machine.tailnet()
                    .inFamilyOf(machine.pathAnew(peer), request.publicIp(), request.remotePort(), peer);
            machine.checkRoute(peer, path.endpoint());
            try (PortHold hold = machine.holdPort(path.endpoint());
                    Recovery recovery =
                            new Recovery(machine, session, live, path, request.remotePort(), hold, Role.RESPONDER)) {
                hold.requireStillTailscales(machine.name());
                RecoverText.Answer answer = new RecoverText.Answer(
                        Checks.behindNat(request.publicIp()),
                        path.endpoint().address(),
                        path.endpoint().port(),
                        hold.port(),
                        LocalTime.now(ZoneOffset.UTC).getSecond());
                machine.recoveries().accepted(live.name());
                dialogue.send(new PeerMessage.RecoverResponse(answer.seal(live.secret())));
                dialogue.expect(PeerMessage.Go.class, PeerLimits.GO_DEADLINE);
                session.commit(machine.name());
                recovery.build(dialogue);
                recovery.stand(dialogue);
                session.note("The WireGuard connection through interface '" + live.name() + "' is working again");
            }
        }
    }

    private void check(LiveTunnel live, RecoverText.Request request, PeerMessage.Recover recover)
            throws InterruptedException {
        machine.recoveries().requireFresh(live, recover.text(), machine.name());
        require(live.isCalledThere(request.remoteInterface()), SessionReason.NOT_LIVE, live);
        requireSameHandshake(live, request);
        // An end that died when it had just gone back to its old port cannot know the new one of the other: the keys
        // and the
        // handshake have told two of ours already that they mean one tunnel.
        require(dialogue.peerIsOurs() || request.port().equals(live.listenPort()), SessionReason.OTHER_PORT, live);
        require(live.hasItsFile(machine.folders()), SessionReason.NOT_LIVE, live);
        machine.recoveries().requireDead(live, machine.name());
    }

    /** Ages do not depend on the clocks; 1.0.3 does not send them. */
    private void requireSameHandshake(LiveTunnel live, RecoverText.Request request) {
        long difference = request.handshakeAge().isPresent()
                ? Math.abs((long) request.handshakeAge().getAsInt() - live.handshakeAge())
                : Math.abs(request.latestHandshake() - live.latestHandshake());
        boolean clocks = request.handshakeAge().isEmpty();
        require(
                difference <= HANDSHAKES_DIFFER,
                clocks ? SessionReason.HANDSHAKES_OR_CLOCKS_DIFFER : SessionReason.HANDSHAKES_DIFFER,
                live);
    }

    private void require(boolean condition, Reason reason, LiveTunnel live) {
        if (!condition) {
            throw WirescaleException.of(
                    reason, "interface", live.name(), "peer", peer.name(), "machine", machine.name());
        }
    }
}
