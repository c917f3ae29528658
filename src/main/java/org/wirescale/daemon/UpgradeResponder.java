package org.wirescale.daemon;

import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.Optional;
import org.wirescale.model.SecretKey;
import org.wirescale.model.Version;
import org.wirescale.model.WirescaleException;
import org.wirescale.protocol.PeerLimits;
import org.wirescale.protocol.PeerMessage;
import org.wirescale.protocol.SessionLines;
import org.wirescale.tailscale.DirectEndpoint;

/** The dialogue of {@code upgrade} at the end that is asked, from its token to the tunnel. */
final class UpgradeResponder {
    /** Every session before this one has a deadline; this only bounds what should not be. */
    private static final Duration FOR_THE_TURN = Duration.ofHours(1);

    private final Machine machine;
    private final Session session;
    private final Peer peer;
    private final Dialogue dialogue;
    private final String version;

    UpgradeResponder(Machine machine, Session session, Dialogue dialogue, PeerMessage.Token token) {
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
     * @throws WirescaleException when there is no tunnel; nothing of the attempt is left
     */
    void run() throws InterruptedException {
        session.note("Peer " + peer + " asks for a tunnel");
        warnOfOtherVersion();
        machine.files().read(peer.file()).requireNode(peer.stableId());
        machine.rates().spend(peer.stableId(), machine.name());
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
            session.note("It is the turn of the upgrade request of peer " + peer);
            dialogue.send(new PeerMessage.Ack(session.features()));
            PeerMessage.Upgrade upgrade = dialogue.expect(PeerMessage.Upgrade.class, PeerLimits.UPGRADE_DEADLINE);
            dialogue.send(new PeerMessage.Info(
                    SessionLines.upgradeStarted(session.token(), machine.name(), machine.addressFor(peer))));
            agree(upgrade);
        }
    }

    private void agree(PeerMessage.Upgrade upgrade) throws InterruptedException {
        Checks checks = new Checks(machine.name(), peer);
        try (SessionLocks locks = machine.locks()) {
            LocalEnd local = machine.localEnd(peer, machine.incoming(), Optional.of(upgrade.iface()), locks);
            checks.expectedInterface(local, upgrade.expectedInterface());
            checks.fewTunnels(machine.tunnels(), local.replaces());
            checks.addressesAllowed(local, upgrade.addresses());
            checks.theirKey(local, upgrade.publicKey());
            checks.ourKey(local, upgrade.remotePublicKey());
            checks.presharedKeyOnBothOrNone(local, upgrade.hasPresharedKey());
            DirectEndpoint path = machine.tailnet().directPath(peer);
            machine.checkEndpoint(local, peer, path.endpoint());
            SecretKey presharedKey =
                    local.file().peer().presharedKey().or(upgrade::presharedKey).orElseThrow();
            RemoteEnd remote = new RemoteEnd(
                    upgrade.addresses(),
                    upgrade.iface(),
                    upgrade.publicKey(),
                    presharedKey,
                    path.endpoint(),
                    path.latency());
            try (PortHold hold = machine.holdPort(path.endpoint());
                    Construction construction =
                            new Construction(machine, session, local, remote, hold, Construction.Role.RESPONDER)) {
                construction.prepare();
                construction.requirePort();
                dialogue.send(new PeerMessage.UpgradeResponse(
                        local.addresses(),
                        local.iface(),
                        hold.port(),
                        local.publicKey(),
                        path.endpoint().address(),
                        path.endpoint().port(),
                        Checks.behindNat(upgrade.publicIp()),
                        LocalTime.now(ZoneOffset.UTC).getSecond()));
                dialogue.expect(PeerMessage.Go.class, PeerLimits.GO_DEADLINE);
                session.commit(machine.name());
                construction.build(dialogue);
                construction.stand(dialogue);
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
