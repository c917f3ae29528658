package org.wirescale.daemon;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.wirescale.config.PeerFileName;
import org.wirescale.model.IpAddress;
import org.wirescale.model.Port;
import org.wirescale.model.StableId;
import org.wirescale.model.WirescaleException;
import org.wirescale.tailscale.DirectEndpoint;
import org.wirescale.tailscale.LocalApi;
import org.wirescale.tailscale.Node;
import org.wirescale.tailscale.NodeName;
import org.wirescale.tailscale.PeerLookup;
import org.wirescale.tailscale.TailscaleReason;
import org.wirescale.tailscale.TailscaleStatus;
import org.wirescale.tailscale.WhoIs;
import org.wirescale.tunnel.PeerNode;

/** The tailnet as sessions see it: who a peer is, where it is reached, and what this machine is called. */
final class Tailnet {
    /** To find a direct path for the first time; a path in use is there at once. */
    private static final Duration FIND_PATH = Duration.ofSeconds(20);

    /** After a rebind at both ends it is there within a quarter of a second. */
    private static final Duration FIND_PATH_ANEW = Duration.ofSeconds(8);

    private final LocalApi api;
    private final RebindLimit rebinds;
    private final AtomicBoolean relaysAreStale = new AtomicBoolean();

    Tailnet(LocalApi api) {
        this.api = api;
        this.rebinds = new RebindLimit(api::rebind);
    }

    LocalApi api() {
        return api;
    }

    /** This machine got another address or way to the world, or woke. */
    void machineMoved() {
        relaysAreStale.set(true);
    }

    /** This machine's name, for what a peer is told. */
    String ownName() {
        TailscaleStatus status = api.statusWithoutPeers();
        return status.self().map(self -> self.called(status.suffix())).orElse("this machine");
    }

    /** This machine's Tailscale addresses, none while Tailscale is not up. */
    List<IpAddress> ownAddresses() {
        return api.statusWithoutPeers().ownAddresses();
    }

    /** The address that decides who gives way: IPv4, IPv6 where there is none. */
    IpAddress rank() {
        return rank(ownAddresses());
    }

    static IpAddress rank(List<IpAddress> addresses) {
        return addresses.stream()
                .min(IpAddress::compareTo)
                .orElseThrow(() -> WirescaleException.of(SessionReason.NO_TAILSCALE_ADDRESS));
    }

    /**
     * The peer that a local user asks for, online.
     *
     * @throws WirescaleException when there is none, when it is this machine, or when it is offline
     */
    Peer wanted(IpAddress address) {
        TailscaleStatus status = api.status().requireRunning().requireInterface();
        Node node = PeerLookup.requireOnline(status, PeerLookup.find(status, address.toString()));
        NodeName name =
                node.name().orElseThrow(() -> WirescaleException.of(TailscaleReason.PEER_UNKNOWN, "peer", address));
        return peer(node.id(), name, node.addresses(), node.primaryAddress().orElse(address), status.suffix());
    }

    /**
     * The peer that a connection comes from.
     *
     * @throws WirescaleException with {@link SessionReason#UNKNOWN_CALLER} or {@link SessionReason#OWN_ADDRESS}
     */
    Peer caller(IpAddress address) {
        TailscaleStatus status = api.statusWithoutPeers().requireRunning();
        if (status.ownAddresses().contains(address) || address.isLoopback()) {
            throw WirescaleException.of(SessionReason.OWN_ADDRESS, "address", address);
        }
        WhoIs who = api.whoIs(address)
                .filter(known -> known.addresses().contains(address))
                .orElseThrow(() -> WirescaleException.of(SessionReason.UNKNOWN_CALLER, "address", address));
        IpAddress primary = who.addresses().stream().min(IpAddress::compareTo).orElse(address);
        return peer(who.id(), who.name(), who.addresses(), primary, status.suffix());
    }

    /**
     * Where Tailscale reaches the peer without a relay.
     *
     * @throws WirescaleException when it is only relayed, or does not answer
     */
    DirectEndpoint directPath(Peer peer) throws InterruptedException {
        TailscaleStatus status = api.status().requireRunning();
        return DirectEndpoint.findAnew(api, status, reached(status, peer), FIND_PATH);
    }

    /**
     * The same with nothing of tailscaled's changed: a peer that is looked for where it no longer is may be missed.
     *
     * @throws WirescaleException when it is only relayed, or does not answer
     */
    DirectEndpoint pathAsItIs(Peer peer) throws InterruptedException {
        TailscaleStatus status = api.status().requireRunning();
        return DirectEndpoint.find(api, status, reached(status, peer), FIND_PATH);
    }

    private static Node reached(TailscaleStatus status, Peer peer) {
        return status.peerAt(peer.address())
                .orElseThrow(() -> WirescaleException.of(TailscaleReason.PEER_UNKNOWN, "peer", peer.name()));
    }

    /**
     * Like {@link #directPath} for a path that has died, as that of a tunnel which was made of it: tailscaled trusts an old path for up to 6.5 s,
     * and is made to forget it.
     *
     * @throws WirescaleException when the peer is only relayed, or does not answer
     */
    DirectEndpoint pathAnew(Peer peer) throws InterruptedException {
        TailscaleStatus status = api.status().requireRunning();
        Node node = node(status, peer.node());
        if (relaysAreStale.getAndSet(false)) {
            api.reconnectRelays();
        }
        DirectEndpoint found =
                DirectEndpoint.findAgain(api, status, node, FIND_PATH_ANEW, () -> rebinds.rebind(peer.stableId()));
        rebinds.outageEnded(peer.stableId());
        return found;
    }

    /**
     * The same way in the family in which the peer reaches this machine.
     *
     * @param seen this machine's address as the peer sees it
     * @param port that the peer says it has
     */
    DirectEndpoint inFamilyOf(DirectEndpoint path, IpAddress seen, Port port, Peer peer) {
        return api.status()
                .peerAt(peer.address())
                .map(node -> path.inFamilyOf(seen, port, api, node))
                .orElse(path);
    }

    /**
     * The other end of a tunnel, online or not.
     *
     * @throws WirescaleException when the tailnet has that node no more
     */
    Peer known(PeerNode peer) {
        TailscaleStatus status = api.status().requireRunning();
        Node node = node(status, peer);
        NodeName name =
                node.name().orElseThrow(() -> WirescaleException.of(TailscaleReason.PEER_UNKNOWN, "peer", peer.name()));
        IpAddress address = node.primaryAddress()
                .orElseThrow(() -> WirescaleException.of(TailscaleReason.PEER_UNKNOWN, "peer", peer.name()));
        return peer(node.id(), name, node.addresses(), address, status.suffix());
    }

    private static Node node(TailscaleStatus status, PeerNode peer) {
        return status.peers().stream()
                .filter(node -> node.id().text().equals(peer.stableId()))
                .findFirst()
                .orElseThrow(() -> WirescaleException.of(SessionReason.NODE_GONE, "peer", peer.name()));
    }

    /** Whether Tailscale gets an answer from the peer, by whatever way. */
    boolean answers(Peer peer, Duration within) {
        try {
            return api.ping(peer.address(), within).error().isEmpty();
        } catch (WirescaleException e) {
            return false;
        }
    }

    private static Peer peer(
            StableId id, NodeName name, List<IpAddress> addresses, IpAddress address, Optional<String> suffix) {
        PeerFileName file = PeerFileName.of(name.full(), suffix.orElse(""));
        return new Peer(new PeerNode(id.text(), file.text(), addresses), address, file);
    }
}
