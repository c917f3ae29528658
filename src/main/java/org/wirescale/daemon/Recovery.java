package org.wirescale.daemon;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wirescale.model.Endpoint;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.Port;
import org.wirescale.model.WirescaleException;
import org.wirescale.os.Trace;
import org.wirescale.protocol.PeerMessage;
import org.wirescale.tailscale.DirectEndpoint;
import org.wirescale.tunnel.Change;
import org.wirescale.tunnel.FirewallPlan;
import org.wirescale.tunnel.GeneratedFileChange;
import org.wirescale.tunnel.Handshake;
import org.wirescale.tunnel.LinkSettings;
import org.wirescale.tunnel.Tunnel;
import org.wirescale.tunnel.TunnelReason;
import org.wirescale.tunnel.WireGuard;

/**
 * The move of a tunnel to the port that tailscaled has now and to the endpoint where it reaches the peer, once both ends have
 * agreed; the same at both. Interface, addresses, routes and connections stay. Closed before the tunnel works again, it puts
 * everything back.
 */
final class Recovery implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);
    /** For the other end's word; it had our packets when we had its own. */
    private static final Duration PEER_AGREES = Duration.ofSeconds(20);

    private final Machine machine;
    private final Session session;
    private final LiveTunnel live;
    private final Tunnel tunnel;
    private final DirectEndpoint path;
    private final LinkSettings target;
    private final PortHold hold;
    private final Role role;
    /** What is waited for, once the link has moved. */
    private Optional<Handshake> handshake = Optional.empty();

    private boolean begun;
    private boolean stands;

    /**
     * @param remotePort the port that the other end moves to, by its own word
     */
    Recovery(
            Machine machine,
            Session session,
            LiveTunnel live,
            DirectEndpoint path,
            Port remotePort,
            PortHold hold,
            Role role) {
        this.machine = machine;
        this.session = session;
        this.live = live;
        this.tunnel = live.tunnel();
        this.path = path;
        this.target = new LinkSettings(hold.port(), Optional.of(path.endpoint()), Optional.of(remotePort));
        this.hold = hold;
        this.role = role;
    }

    /** Moves the port to the interface and waits until the other end is heard. */
    void build(Dialogue dialogue) throws InterruptedException {
        InterfaceName name = live.name();
        tunnel.update(state -> state.withHandshake(live.latestHandshake())
                .withLink(new LinkSettings(
                        live.listenPort(), live.peer().endpoint(), state.link().flatMap(LinkSettings::remotePort))));
        tunnel.startRecovery();
        begun = true;
        List<Change> oldRules = FirewallPlan.acceptingPort(tunnel.state(), live.listenPort());
        Endpoint endpoint = path.endpoint();
        tunnel.applyAll(List.copyOf(FirewallPlan.portRules(
                tunnel.state(), hold.port(), endpoint.address().isIpv6())));
        hold.beforeLink(session);
        session.say("Modifying WireGuard interface '" + name + "'...");
        Leaving leaving = new Leaving(dialogue, role, hold.way(), path.latency());
        hold.handOver(session, tunnel, leaving::awaitBoth, () -> handshake = Optional.of(move(dialogue.peerIsOurs())));
        tunnel.update(state -> state.withLink(target));
        Trace.step("recovery.written");
        GeneratedFileChange.move(machine.folders(), name, target);
        Trace.step("port.moved");
        leaving.listening();
        hold.afterLink(session);
        session.say("Checking latest handshake of interface '" + name + "' after changing the endpoint...");
        if (dialogue.peerIsOurs()) {
            dialogue.whilePeerIsThere(() -> awaitHandshake(role == Role.INITIATOR));
        } else {
            awaitHandshake(false);
        }
        oldRules.forEach(tunnel::retire);
    }

    /**
     * Two of ours go on with their session; 1.0.3 wants to see a new handshake.
     *
     * @return what is waited for from here on
     */
    private Handshake move(boolean peerIsOurs) {
        WireGuard.PeerStatus before = WireGuard.show(live.name())
                .flatMap(status -> status.peer(live.header().peerKey()))
                .orElseThrow(() -> WirescaleException.of(TunnelReason.LINK_GONE, "interface", live.name()));
        WireGuard.Peer peer = new WireGuard.Peer(
                before.key(), Optional.of(live.presharedKey()), before.allowedIps(), Optional.empty(), 0);
        Handshake next = new Handshake(live.name(), peer, path.endpoint(), path.latency());
        WireGuard.move(live.name(), hold.port(), peer.key(), path.endpoint());
        Trace.step("link.moved");
        if (peerIsOurs) {
            return next.after(before);
        }
        WireGuard.replacePeer(live.name(), peer.driven(path.endpoint()));
        return next;
    }

    private void awaitHandshake(boolean drives) {
        Handshake awaited = handshake.orElseThrow();
        long at = drives ? awaited.drive() : awaited.respond();
        tunnel.update(state -> state.withHandshake(at));
        Trace.step("handshake.done");
    }

    /**
     * Leaves the tunnel as it is now, once the other end says that it works for it too, where it can tell.
     *
     * @throws WirescaleException when the other end went back to where it was; we do too
     */
    void stand(Dialogue dialogue) throws InterruptedException {
        if (dialogue.peerIsOurs()) {
            dialogue.send(new PeerMessage.Success());
            dialogue.expect(PeerMessage.Success.class, PEER_AGREES);
        }
        tunnel.finish();
        stands = true;
        machine.standing().recovered(live.name());
        machine.forgetOldPortLater(tunnel);
    }

    @Override
    public void close() {
        if (begun && !stands) {
            session.note("Putting interface '" + live.name() + "' back to port " + live.listenPort());
            tunnel.putBack().forEach(failure -> LOG.warn("{}", failure.getMessage()));
        }
    }
}
