package org.wirescale.daemon;

import java.util.Optional;
import java.util.OptionalInt;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.Port;
import org.wirescale.model.WirescaleException;
import org.wirescale.protocol.PeerLimits;
import org.wirescale.protocol.PeerMessage;
import org.wirescale.protocol.RecoverText;
import org.wirescale.tailscale.DirectEndpoint;
import org.wirescale.tunnel.LinkSettings;

/** The dialogue of {@code recover} at the end that asks: it comes to the interface that works again. */
final class RecoverInitiator implements Errand<InterfaceName> {
    private final Machine machine;
    private final Session session;
    private final InterfaceName name;
    private final Peer peer;
    private final long receivedBefore;
    private final long handshakeSeen;
    /** By {@link System#nanoTime}. */
    private final long asked = System.nanoTime();

    private Optional<DirectEndpoint> path = Optional.empty();

    /**
     * @param live as it was when its unit asked
     * @param handshakeSeen the newest that the unit saw, seconds since 1970
     */
    RecoverInitiator(Machine machine, Session session, LiveTunnel live, long handshakeSeen) {
        this.machine = machine;
        this.session = session;
        this.name = live.name();
        this.peer = session.peer();
        this.receivedBefore = live.peer().received();
        this.handshakeSeen = handshakeSeen;
    }

    @Override
    public String what() {
        return "recover request";
    }

    /** Both ends notice a dead path at about the same time. */
    @Override
    public Optional<InterfaceName> fulfilled() {
        if (machine.standing().isRecoveredSince(name, asked)) {
            throw moved();
        }
        return Optional.empty();
    }

    /** A peer that is away is found to be so before it is connected to. */
    @Override
    public void prepare() throws InterruptedException {
        path = Optional.of(machine.pathAnew(peer));
    }

    @Override
    public InterfaceName agree(Dialogue dialogue) throws InterruptedException {
        DirectEndpoint direct = path.orElseThrow();
        try (SessionLocks locks = machine.locks()) {
            locks.takeInterface(name);
            LiveTunnel live = LiveTunnel.require(machine.folders(), name, machine.name());
            machine.checkRoute(peer, direct.endpoint());
            InterfaceName theirs = live.remoteInterface(machine.name());
            try (PortHold hold = machine.holdPort(direct.endpoint())) {
                requireDead(live);
                dialogue.send(new PeerMessage.Recover(
                        theirs, request(live, direct, hold.port()).seal(live.secret())));
                RecoverText.Answer answer = RecoverText.Answer.open(
                        dialogue.expect(PeerMessage.RecoverResponse.class, PeerLimits.UPGRADE_DEADLINE)
                                .text(),
                        live.secret());
                boolean nat = answer.nat() && Checks.behindNat(answer.publicIp());
                try (Recovery recovery =
                        new Recovery(machine, session, live, direct, answer.remotePort(), hold, Role.INITIATOR)) {
                    hold.requireStillTailscales(machine.name());
                    requireDead(live);
                    session.commit(machine.name());
                    dialogue.go(nat);
                    recovery.build(dialogue);
                    recovery.stand(dialogue);
                    return name;
                }
            }
        }
    }

    private RecoverText.Request request(LiveTunnel live, DirectEndpoint direct, Port ownPort) {
        Port theirPort = live.tunnel()
                .state()
                .link()
                .flatMap(LinkSettings::remotePort)
                .orElseGet(() -> direct.endpoint().port());
        return new RecoverText.Request(
                Math.max(handshakeSeen, live.latestHandshake()),
                OptionalInt.of(live.handshakeAge()),
                theirPort,
                direct.endpoint().address(),
                direct.endpoint().port(),
                name,
                ownPort);
    }

    private void requireDead(LiveTunnel live) {
        if (live.receivedByNow() > receivedBefore) {
            throw moved();
        }
    }

    private WirescaleException moved() {
        return WirescaleException.of(SessionReason.NOT_DEAD, "interface", name, "machine", machine.name());
    }
}
