package org.wirescale.daemon;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.wirescale.model.Endpoint;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.IpAddress;
import org.wirescale.model.Port;
import org.wirescale.model.PublicKey;
import org.wirescale.model.SecretKey;
import org.wirescale.tunnel.TunnelHeader;

/**
 * What the other machine brings to a tunnel, checked.
 *
 * @param listenPort of its link, by its own word
 * @param endpoint where our own tailscaled reaches it, never what it says of itself
 * @param roundTrip by a direct ping of Tailscale's
 * @param presharedKey the one that both ends use
 * @param features what its daemon can do beyond 1.0.3
 * @param forwardsIpv6 whether it forwards IPv6 that comes out of the tunnel
 */
record RemoteEnd(
        List<IpAddress> addresses,
        InterfaceName iface,
        PublicKey publicKey,
        Port listenPort,
        SecretKey presharedKey,
        Endpoint endpoint,
        Duration roundTrip,
        Set<String> features,
        boolean forwardsIpv6) {
    /** What a tunnel's state file keeps of it. */
    Set<String> kept() {
        return forwardsIpv6
                ? Stream.concat(features.stream(), Stream.of(TunnelHeader.FORWARDS_IPV6))
                        .collect(Collectors.toUnmodifiableSet())
                : features;
    }
}
