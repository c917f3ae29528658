package org.wirescale.daemon;

import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.Optional;
import org.wirescale.model.SecretKey;
import org.wirescale.model.WirescaleException;
import org.wirescale.protocol.PeerLimits;
import org.wirescale.protocol.PeerMessage;
import org.wirescale.tailscale.DirectEndpoint;

/** The dialogue of {@code upgrade} at the end that is asked, from the request to the tunnel. */
final class UpgradeResponder {
    private final Machine machine;
    private final Session session;
    private final Peer peer;
    private final Dialogue dialogue;

    UpgradeResponder(Machine machine, Session session, Dialogue dialogue) {
        this.machine = machine;
        this.session = session;
        this.peer = session.peer();
        this.dialogue = dialogue;
    }

    /**
     * @throws WirescaleException when there is no tunnel; nothing of the attempt is left
     */
    void agree(PeerMessage.Upgrade upgrade) throws InterruptedException {
        SteadyPort.with(machine, session, () -> agreeOnce(upgrade));
    }

    private void agreeOnce(PeerMessage.Upgrade upgrade) throws InterruptedException {
        Checks checks = new Checks(machine.name(), peer);
        try (SessionLocks locks = machine.locks()) {
            LocalEnd local =
                    machine.localEnd(peer, machine.incoming(), Optional.of(upgrade.iface()), locks::takeInterface);
            checks.expectedInterface(local, upgrade.expectedInterface());
            checks.fewTunnels(machine.tunnels(), local.replaces());
            checks.addressesAllowed(local, upgrade.addresses());
            checks.theirKey(local, upgrade.publicKey());
            checks.ourKey(local, upgrade.remotePublicKey());
            checks.presharedKeyOnBothOrNone(local, upgrade.hasPresharedKey());
            Tailnet tailnet = machine.tailnet();
            DirectEndpoint path =
                    tailnet.inFamilyOf(tailnet.directPath(peer), upgrade.publicIp(), upgrade.port(), peer);
            machine.checkEndpoint(local, peer, path.endpoint());
            SecretKey presharedKey =
                    local.file().peer().presharedKey().or(upgrade::presharedKey).orElseThrow();
            RemoteEnd remote = new RemoteEnd(
                    upgrade.addresses(),
                    upgrade.iface(),
                    upgrade.publicKey(),
                    upgrade.port(),
                    presharedKey,
                    path.endpoint(),
                    path.latency(),
                    dialogue.peerFeatures(),
                    upgrade.forwardsIpv6());
            try (PortHold hold = machine.holdPort(path.endpoint());
                    Construction construction =
                            new Construction(machine, session, local, remote, hold, Role.RESPONDER)) {
                construction.prepare();
                hold.requireStillTailscales(machine.name());
                dialogue.send(new PeerMessage.UpgradeResponse(
                        local.addresses(),
                        local.iface(),
                        hold.port(),
                        local.publicKey(),
                        path.endpoint().address(),
                        path.endpoint().port(),
                        Checks.behindNat(upgrade.publicIp()),
                        LocalTime.now(ZoneOffset.UTC).getSecond(),
                        local.forwardsIpv6() && dialogue.peerIsOurs()));
                PeerMessage.Go go = dialogue.expect(PeerMessage.Go.class, PeerLimits.GO_DEADLINE);
                session.commit(machine.name());
                construction.build(dialogue, go.nat());
                construction.stand(dialogue);
            }
        }
    }
}
