package org.wirescale.tailscale;

import java.util.List;
import java.util.Optional;
import org.wirescale.model.Endpoint;
import org.wirescale.model.IpAddress;
import org.wirescale.model.StableId;

/**
 * The node that an address belongs to, by Tailscale's word.
 *
 * @param name as the control server gave it, never one that the node chose for itself
 * @param endpoints where it said that it can be reached, the ones in use first
 */
public record WhoIs(StableId id, NodeName name, List<IpAddress> addresses, List<Endpoint> endpoints) {
    public WhoIs {
        addresses = List.copyOf(addresses);
        endpoints = List.copyOf(endpoints);
    }

    /** The name of the node's configuration file, without {@code .conf}: short in our own tailnet, full in any other. */
    public String fileName(Optional<String> ourSuffix) {
        return name.shortIn(ourSuffix);
    }
}
