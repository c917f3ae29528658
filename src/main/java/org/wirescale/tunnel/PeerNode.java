package org.wirescale.tunnel;

import java.util.List;
import java.util.regex.Pattern;
import org.wirescale.model.IpAddress;
import org.wirescale.model.WirescaleException;

/**
 * The machine at the other end, as Tailscale knows it.
 *
 * @param stableId Tailscale's StableID, which the tunnel belongs to
 * @param name as shown to the user and in {@code <name>.conf}
 * @param addresses its Tailscale addresses
 */
public record PeerNode(String stableId, String name, List<IpAddress> addresses) {
    private static final Pattern STABLE_ID = Pattern.compile("[a-zA-Z0-9_-]{1,64}");
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9_.-]{0,252})");

    public PeerNode {
        if (!STABLE_ID.matcher(stableId).matches()) {
            throw WirescaleException.of(TunnelReason.VALUE, "what", "node", "text", stableId);
        }
        if (!NAME.matcher(name).matches()) {
            throw WirescaleException.of(TunnelReason.VALUE, "what", "peer's name", "text", name);
        }
        addresses = List.copyOf(addresses);
    }
}
