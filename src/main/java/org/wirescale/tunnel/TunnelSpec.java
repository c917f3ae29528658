package org.wirescale.tunnel;

import java.util.List;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.IpAddress;
import org.wirescale.model.IpNetwork;
import org.wirescale.model.PublicKey;
import org.wirescale.model.SecretKey;

/**
 * What a tunnel's link is to be, with everything that was negotiated.
 *
 * @param addresses in the file's order, host bits kept
 * @param mtu bytes: the file's, or {@link Mtu#towards}
 * @param allowedIps in the file's order, as written
 * @param dnsServers without any, no DNS is set, whatever the search domains (wg-quick(8))
 * @param generatedText of the generated file
 */
public record TunnelSpec(
        InterfaceName name,
        SecretKey privateKey,
        PublicKey publicKey,
        List<IpNetwork> addresses,
        int mtu,
        RouteTable table,
        FirewallMark mark,
        List<IpNetwork> allowedIps,
        List<IpAddress> dnsServers,
        List<String> searchDomains,
        String generatedText) {
    public TunnelSpec {
        addresses = List.copyOf(addresses);
        allowedIps = List.copyOf(allowedIps);
        dnsServers = List.copyOf(dnsServers);
        searchDomains = List.copyOf(searchDomains);
    }

    /** Without the generated file, which holds keys. */
    @Override
    public String toString() {
        return "TunnelSpec[" + name + "]";
    }
}
