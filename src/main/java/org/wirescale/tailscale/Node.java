package org.wirescale.tailscale;

import java.util.List;
import java.util.Optional;
import org.wirescale.model.Endpoint;
import org.wirescale.model.IpAddress;
import org.wirescale.model.StableId;

/**
 * A machine of the tailnet as {@code tailscale status} has it.
 *
 * @param name empty when the control server gave none that is one
 * @param addresses its Tailscale addresses
 * @param endpoints where it said it can be reached; of this machine, what it tells the others
 * @param current the direct endpoint in use, present only after there was traffic
 * @param relay the code of its home relay
 * @param peerRelay the peer relay in use
 * @param active whether there was traffic in the last minutes
 * @param shared whether it is shared in from another tailnet
 */
public record Node(
        StableId id,
        Optional<NodeName> name,
        List<IpAddress> addresses,
        List<Endpoint> endpoints,
        Optional<Endpoint> current,
        Optional<String> relay,
        Optional<String> peerRelay,
        String os,
        boolean online,
        boolean active,
        boolean shared,
        boolean expired) {
    public Node {
        addresses = List.copyOf(addresses);
        endpoints = List.copyOf(endpoints);
    }

    /** The address to speak to it: IPv4 where it has one. */
    public Optional<IpAddress> primaryAddress() {
        return addresses.stream().min(IpAddress::compareTo);
    }

    /** What a person calls it in the tailnet with that suffix: its name there, an address where it has none. */
    public String called(Optional<String> ourSuffix) {
        return name.map(known -> known.shortIn(ourSuffix))
                .orElseGet(() -> primaryAddress().map(IpAddress::toString).orElse(id.text()));
    }
}
