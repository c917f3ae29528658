package org.wirescale.cli.status;

import java.util.Optional;
import java.util.OptionalLong;
import org.wirescale.model.Endpoint;
import org.wirescale.model.InterfaceName;
import org.wirescale.os.Systemd.ActiveState;
import org.wirescale.tunnel.LinkSettings;
import org.wirescale.tunnel.TunnelSummary;
import org.wirescale.tunnel.WireGuard;

/**
 * One tunnel as it is now. What is empty did not come yet, or is for root alone to see.
 *
 * @param state what is written down about it
 * @param peer what its link says of the other end
 * @param watcher of the unit that watches it
 */
record TunnelStatus(
        InterfaceName iface,
        Optional<Condition> condition,
        Optional<TunnelSummary> state,
        Optional<WireGuard.PeerStatus> peer,
        Optional<Traffic> traffic,
        boolean exitNode,
        Optional<ActiveState> watcher) {

    /**
     * As root sees it.
     *
     * @param link of that name, whoever's it is
     */
    static TunnelStatus of(
            TunnelSummary state, Optional<WireGuard.Status> link, boolean exitNode, Optional<ActiveState> watcher) {
        Optional<WireGuard.Status> ours = link.filter(
                found -> found.publicKey().filter(state.publicKey()::equals).isPresent());
        Optional<WireGuard.PeerStatus> peer = ours.flatMap(found -> found.peer(state.peerKey()));
        return new TunnelStatus(
                state.interfaceName(),
                Optional.of(Condition.of(state.phase(), ours.isPresent())),
                Optional.of(state),
                peer,
                peer.map(found -> new Traffic(found.received(), found.sent())),
                exitNode,
                watcher);
    }

    /** As anybody sees it. */
    static TunnelStatus hidden(
            InterfaceName iface, Optional<Traffic> traffic, boolean exitNode, Optional<ActiveState> watcher) {
        return new TunnelStatus(
                iface, Optional.empty(), Optional.empty(), Optional.empty(), traffic, exitNode, watcher);
    }

    /** One that is to be built anew. */
    static TunnelStatus awaited(InterfaceName iface, boolean exitNode) {
        return new TunnelStatus(
                iface,
                Optional.of(Condition.RECREATING),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                exitNode,
                Optional.empty());
    }

    Optional<String> peerName() {
        return state.map(TunnelSummary::peerName);
    }

    Optional<String> role() {
        return state.map(written -> written.initiator() ? "initiator" : "responder");
    }

    Optional<String> way() {
        return state.flatMap(TunnelSummary::way).map(way -> way.word());
    }

    /** Where the other end is heard, or where it was when that was written down. */
    Optional<Endpoint> endpoint() {
        return peer.flatMap(WireGuard.PeerStatus::endpoint)
                .or(() -> state.flatMap(TunnelSummary::link).flatMap(LinkSettings::endpoint));
    }

    /** Seconds since 1970; a peer that a recovery replaced has forgotten what is written down. */
    OptionalLong latestHandshake() {
        long written = state.map(TunnelSummary::lastHandshake).orElse(0L);
        long newest = Math.max(
                written, peer.map(WireGuard.PeerStatus::latestHandshake).orElse(0L));
        return newest > 0 ? OptionalLong.of(newest) : OptionalLong.empty();
    }
}
