package org.wirescale.daemon;

import java.util.Optional;
import org.wirescale.model.Endpoint;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.SecretKey;
import org.wirescale.protocol.PeerLimits;
import org.wirescale.protocol.PeerMessage;
import org.wirescale.tailscale.DirectEndpoint;

/** The dialogue of {@code upgrade} at the end that asks: it comes to the interface that now leads to the peer. */
final class UpgradeInitiator implements Errand<InterfaceName> {
    private final Machine machine;
    private final Session session;
    private final TunnelRequest request;
    private final Peer peer;
    /** When the user asked, by {@link System#nanoTime}. */
    private final long asked;

    UpgradeInitiator(Machine machine, Session session, TunnelRequest request) {
        this.machine = machine;
        this.session = session;
        this.request = request;
        this.peer = session.peer();
        this.asked = System.nanoTime() - request.age().toNanos();
    }

    @Override
    public String what() {
        return "upgrade request";
    }

    @Override
    public Optional<InterfaceName> fulfilled() {
        return machine.standing().since(peer.node().stableId(), asked).filter(machine::hasTunnel);
    }

    @Override
    public InterfaceName agree(Dialogue dialogue) throws InterruptedException {
        Checks checks = new Checks(machine.name(), peer);
        try (SessionLocks locks = machine.locks()) {
            DirectEndpoint path = machine.tailnet().directPath(peer);
            LocalEnd local = machine.localEnd(peer, request, Optional.empty(), locks::takeInterface);
            checks.fewTunnels(machine.tunnels(), Optional.empty());
            machine.checkEndpoint(local, peer, path.endpoint());
            try (PortHold hold = machine.holdPort(path.endpoint())) {
                Optional<SecretKey> fresh = local.file().peer().presharedKey().isPresent()
                        ? Optional.empty()
                        : Optional.of(SecretKey.randomPresharedKey());
                dialogue.send(
                        upgrade(local, path.endpoint(), hold, fresh, local.forwardsIpv6() && dialogue.peerIsOurs()));
                PeerMessage.UpgradeResponse response =
                        dialogue.expect(PeerMessage.UpgradeResponse.class, PeerLimits.UPGRADE_DEADLINE);
                checks.addressesAllowed(local, response.addresses());
                checks.theirKey(local, response.publicKey());
                DirectEndpoint now = asOfNow(path);
                hold.peerIsAt(now.endpoint());
                RemoteEnd remote = new RemoteEnd(
                        response.addresses(),
                        response.iface(),
                        response.publicKey(),
                        response.port(),
                        fresh.or(() -> local.file().peer().presharedKey()).orElseThrow(),
                        now.endpoint(),
                        now.latency(),
                        dialogue.peerFeatures(),
                        response.forwardsIpv6());
                boolean nat = response.nat() && Checks.behindNat(response.publicIp());
                try (Construction construction =
                        new Construction(machine, session, local, remote, hold, Role.INITIATOR)) {
                    construction.prepare();
                    hold.requireStillTailscales(machine.name());
                    session.commit(machine.name());
                    dialogue.go(nat);
                    construction.build(dialogue, nat);
                    construction.stand(dialogue);
                    return local.iface();
                }
            }
        }
    }

    /**
     * Where the peer is now: another tunnel of its that went meanwhile lets its tailscaled come home to another port. The family is what both
     * ends have agreed on.
     */
    private DirectEndpoint asOfNow(DirectEndpoint before) throws InterruptedException {
        DirectEndpoint now = machine.tailnet().directPath(peer);
        boolean same =
                now.endpoint().address().isIpv6() == before.endpoint().address().isIpv6();
        return same ? now : before;
    }

    private PeerMessage.Upgrade upgrade(
            LocalEnd local, Endpoint endpoint, PortHold hold, Optional<SecretKey> fresh, boolean forwardsIpv6) {
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
                fresh,
                forwardsIpv6);
    }
}
