package org.wirescale.tunnel;

import java.util.Optional;
import java.util.Set;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.PublicKey;

/**
 * What a tunnel is from its first to its last moment.
 *
 * @param remoteInterface its name at the other end, where that is known
 * @param initiator whether this end asked for it, and so drives the handshake
 * @param session the uid of the session that made it
 * @param peerFeatures what the other end's daemon named that it can do beyond 1.0.3, none of 1.0.3
 */
public record TunnelHeader(
        InterfaceName interfaceName,
        PeerNode peer,
        PublicKey publicKey,
        PublicKey peerKey,
        TunnelOptions options,
        Optional<InterfaceName> remoteInterface,
        boolean initiator,
        String session,
        Set<String> peerFeatures) {
    /** Of one tunnel, said with its addresses and not with what the daemon can do. */
    public static final String FORWARDS_IPV6 = "forwards_ipv6";

    public TunnelHeader {
        peerFeatures = Set.copyOf(peerFeatures);
    }

    /** Whether the other end said that it forwards IPv6 that comes out of this tunnel; 1.0.3 never does. */
    public boolean peerForwardsIpv6() {
        return peerFeatures.contains(FORWARDS_IPV6);
    }
}
