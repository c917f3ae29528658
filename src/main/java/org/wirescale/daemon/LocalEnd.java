package org.wirescale.daemon;

import java.util.List;
import java.util.Optional;
import org.wirescale.config.PeerFile;
import org.wirescale.config.TunnelOptions;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.IpAddress;
import org.wirescale.model.IpNetwork;
import org.wirescale.model.PublicKey;
import org.wirescale.model.SecretKey;
import org.wirescale.tunnel.Tunnel;

/**
 * What this machine brings to a tunnel, before the peer has said anything.
 *
 * @param suffixNumber 0 when the interface has none
 * @param replaces a tunnel of that interface with the very peer, which the peer has no more
 */
record LocalEnd(
        PeerFile file,
        TunnelOptions options,
        InterfaceName iface,
        int suffixNumber,
        SecretKey privateKey,
        PublicKey publicKey,
        Optional<Tunnel> replaces) {
    /** Whether what comes out of the tunnel over IPv6 is sent on. */
    boolean forwardsIpv6() {
        return options.forward() && file.iface().hasIpv6();
    }

    /** The addresses as the other end is told them. */
    List<IpAddress> addresses() {
        return file.iface().addresses().stream().map(IpNetwork::address).toList();
    }
}
