package org.wirescale.daemon;

import org.wirescale.config.PeerFileName;
import org.wirescale.model.IpAddress;
import org.wirescale.tunnel.PeerNode;

/**
 * The other machine of a session.
 *
 * @param address the one of its Tailscale addresses that this session uses
 * @param file the name of its configuration file
 */
record Peer(PeerNode node, IpAddress address, PeerFileName file) {
    /** As Tailscale names it: short within our tailnet. */
    String name() {
        return node.name();
    }

    /** What tells one node from another for good. */
    String stableId() {
        return node.stableId();
    }

    /** {@code 'bob' (100.64.0.2)}, as the lines of a session have it. */
    @Override
    public String toString() {
        return "'" + name() + "' (" + address + ")";
    }
}
