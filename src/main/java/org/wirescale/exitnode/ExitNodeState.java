package org.wirescale.exitnode;

import java.util.List;
import java.util.OptionalInt;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.PublicKey;
import org.wirescale.tunnel.FirewallMark;
import org.wirescale.tunnel.Phase;
import org.wirescale.tunnel.TunnelState;

/**
 * Everything written down about the exit node.
 *
 * @param bootId of the boot that it belongs to
 * @param since when it was enabled, seconds since 1970
 * @param name the interface of its tunnel
 * @param publicKey this end's of that tunnel
 * @param peerKey the other end's
 * @param mark of the tunnel's own packets
 * @param through the families that go through it; the others are unreachable
 * @param entries what was done, oldest first
 */
public record ExitNodeState(
        Phase phase,
        String bootId,
        long since,
        InterfaceName name,
        PublicKey publicKey,
        PublicKey peerKey,
        OptionalInt ifindex,
        FirewallMark mark,
        List<IpFamily> through,
        ExitNodeOptions options,
        List<TunnelState.Entry> entries) {
    public ExitNodeState {
        through = List.copyOf(through);
        entries = List.copyOf(entries);
    }

    ExitNodeState withPhase(Phase newPhase) {
        return new ExitNodeState(
                newPhase, bootId, since, name, publicKey, peerKey, ifindex, mark, through, options, entries);
    }

    ExitNodeState withEntries(List<TunnelState.Entry> newEntries) {
        return new ExitNodeState(
                phase, bootId, since, name, publicKey, peerKey, ifindex, mark, through, options, newEntries);
    }

    public boolean passesIpv4() {
        return through.contains(IpFamily.IPV4);
    }

    public boolean passesIpv6() {
        return through.contains(IpFamily.IPV6);
    }

    public boolean isClosed() {
        return options.failClosed() != FailClosed.OFF;
    }
}
