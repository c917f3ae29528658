package org.wirescale.config;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.wirescale.model.IpNetwork;
import org.wirescale.model.SecretKey;

/**
 * The file's {@code [Interface]}.
 *
 * @param addresses at least one, in the file's order, host bits kept
 * @param privateKey empty: a fresh one for each tunnel
 * @param mtu bytes, 68 to 65535; empty: that of the route to the endpoint less 80
 * @param fwMark empty: none, also for {@code off} and 0
 * @param hooks as written, {@code %i} and {@code %s} not yet replaced
 */
public record InterfaceSection(
        List<IpNetwork> addresses,
        Optional<SecretKey> privateKey,
        DnsSettings dns,
        OptionalInt mtu,
        RoutingTable table,
        Optional<FwMark> fwMark,
        Hooks hooks) {
    public InterfaceSection {
        addresses = List.copyOf(addresses);
    }

    public boolean hasIpv4() {
        return addresses.stream().anyMatch(address -> !address.isIpv6());
    }

    public boolean hasIpv6() {
        return addresses.stream().anyMatch(IpNetwork::isIpv6);
    }
}
