package org.wirescale.daemon;

import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.wirescale.daemon.wire.PeerConnection;
import org.wirescale.model.Endpoint;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.SecretKey;
import org.wirescale.model.Version;
import org.wirescale.model.WirescaleException;
import org.wirescale.protocol.PeerLimits;
import org.wirescale.protocol.PeerMessage;
import org.wirescale.tailscale.DirectEndpoint;
import org.wirescale.tailscale.TailscalePorts;

/** The dialogue of {@code upgrade} at the end that asks, from the queue to the tunnel. */
final class UpgradeInitiator {
    /** A peer that is busy answers at last after this; its own sessions have deadlines that are shorter. */
    private static final Duration ACK_DEADLINE = Duration.ofMinutes(10);

    /** Each is one of the three takeovers in a row that the peer grants. */
    private static final int AGREEMENTS = 3;

    private final Machine machine;
    private final Session session;
    private final TunnelRequest request;
    private final Peer peer;

    UpgradeInitiator(Machine machine, Session session, TunnelRequest request) {
        this.machine = machine;
        this.session = session;
        this.request = request;
        this.peer = session.peer();
    }

    /**
     * Runs the session to its end.
     *
     * @return the interface that now leads to the peer
     * @throws WirescaleException when there is no tunnel; nothing of the attempt is left
     * @throws InterruptedException when the user went away before the tunnel was agreed on
     */
    InterfaceName run() throws InterruptedException {
        String what = "upgrade request";
        session.say("Enqueueing " + what + " to peer " + peer + "...");
        long asked = System.nanoTime() - request.age().toNanos();
        try (Turnstile.Ticket ticket = machine.turnstile().enqueueLocal(session.gate()::signal)) {
            awaitForever(ticket::isNext);
            session.say("The " + what + " for the peer " + peer + " is the next one in the processing queue");
            awaitForever(ticket::hasTurn);
            session.say("The " + what + " for the peer " + peer + " has acquired the exclusive semaphore");
            session.say("Starting to process the " + what + " for the peer " + peer);
            Optional<InterfaceName> standing = standingSince(asked);
            return standing.isPresent() ? standing.get() : talkUntilThePortStays(ticket, asked);
        }
    }

    /** Another tunnel that was made a moment ago can make tailscaled move once more: then all is agreed on anew. */
    private InterfaceName talkUntilThePortStays(Turnstile.Ticket ticket, long asked) throws InterruptedException {
        for (int left = AGREEMENTS - 1; ; left--) {
            try {
                return talk(ticket, asked);
            } catch (WirescaleException e) {
                if (e.reason() != SessionReason.PORT_LEFT
                        || left == 0
                        || !TailscalePorts.haveSettled(machine.tailnet().api())) {
                    throw e;
                }
                session.note("Starting over: " + e.getMessage());
            }
        }
    }

    private InterfaceName talk(Turnstile.Ticket ticket, long asked) throws InterruptedException {
        try (PeerConnection connection = machine.connect(peer)) {
            Dialogue dialogue =
                    new Dialogue(session, connection, () -> machine.tailnet().answers(peer, PeerLimits.LIVENESS_CHECK));
            try {
                dialogue.send(new PeerMessage.Token(session.token(), Version.text(), session.features()));
                dialogue.send(new PeerMessage.Hello());
                BooleanSupplier fulfilled = () -> standingSince(asked).isPresent();
                Optional<PeerMessage.Ack> ack = dialogue.expectUnless(fulfilled, PeerMessage.Ack.class, ACK_DEADLINE);
                awaitForever(() -> fulfilled.getAsBoolean() || ticket.commit());
                Optional<InterfaceName> standing = standingSince(asked);
                if (standing.isPresent()) {
                    return standing.get();
                }
                dialogue.peerNamed(ack.orElseThrow().features());
                return agree(dialogue);
            } catch (WirescaleException e) {
                dialogue.refuse(e);
                throw e;
            } catch (InterruptedException e) {
                dialogue.refuse(WirescaleException.causedBy(e, SessionReason.CANCELLED, "machine", machine.name()));
                throw e;
            }
        }
    }

    private InterfaceName agree(Dialogue dialogue) throws InterruptedException {
        Checks checks = new Checks(machine.name(), peer);
        try (SessionLocks locks = machine.locks()) {
            DirectEndpoint path = machine.tailnet().directPath(peer);
            LocalEnd local = machine.localEnd(peer, request, Optional.empty(), locks);
            checks.fewTunnels(machine.tunnels(), Optional.empty());
            machine.checkEndpoint(local, peer, path.endpoint());
            try (PortHold hold = machine.holdPort(path.endpoint())) {
                Optional<SecretKey> fresh = local.file().peer().presharedKey().isPresent()
                        ? Optional.empty()
                        : Optional.of(SecretKey.randomPresharedKey());
                dialogue.send(upgrade(local, path.endpoint(), hold, fresh));
                PeerMessage.UpgradeResponse response =
                        dialogue.expect(PeerMessage.UpgradeResponse.class, PeerLimits.UPGRADE_DEADLINE);
                checks.addressesAllowed(local, response.addresses());
                checks.theirKey(local, response.publicKey());
                RemoteEnd remote = new RemoteEnd(
                        response.addresses(),
                        response.iface(),
                        response.publicKey(),
                        fresh.or(() -> local.file().peer().presharedKey()).orElseThrow(),
                        path.endpoint(),
                        path.latency());
                boolean nat = response.nat() && Checks.behindNat(response.publicIp());
                try (Construction construction =
                        new Construction(machine, session, local, remote, hold, Construction.Role.INITIATOR)) {
                    construction.prepare();
                    construction.requirePort();
                    session.commit(machine.name());
                    dialogue.go(nat);
                    construction.build(dialogue);
                    construction.stand(dialogue);
                    return local.iface();
                }
            }
        }
    }

    private PeerMessage.Upgrade upgrade(LocalEnd local, Endpoint endpoint, PortHold hold, Optional<SecretKey> fresh) {
        return new PeerMessage.Upgrade(
                local.addresses(),
                local.iface(),
                request.expectedInterface(),
                hold.port(),
                endpoint.address(),
                endpoint.port(),
                local.publicKey(),
                local.file().peer().publicKey(),
                local.file().peer().presharedKey().isPresent(),
                fresh);
    }

    private Optional<InterfaceName> standingSince(long asked) {
        return machine.standing().since(peer.node().stableId(), asked).filter(machine::hasTunnel);
    }

    /** For one's turn there is no deadline: every session before it has one. */
    private void awaitForever(BooleanSupplier condition) throws InterruptedException {
        boolean holds = false;
        while (!holds) {
            holds = session.gate().await(condition, Duration.ofHours(1));
        }
    }
}
