package org.wirescale.config;

import java.util.stream.Stream;
import org.wirescale.model.IpNetwork;

/** What must hold between the lines of one file. */
final class Consistency {
    /** The least that the kernel lets an interface have with IPv6 on it (RFC 8200 section 5). */
    private static final int MIN_MTU_FOR_IPV6 = 1280;

    private Consistency() {}

    static void check(ConfigLines lines, InterfaceSection iface, PeerSection peer) {
        Stream<IpNetwork> routes = iface.table().makesRoutes() ? peer.allowedIps().stream() : Stream.empty();
        boolean ipv6 = iface.hasIpv6() || routes.anyMatch(IpNetwork::isIpv6);
        if (ipv6 && iface.mtu().orElse(MIN_MTU_FOR_IPV6) < MIN_MTU_FOR_IPV6) {
            Section section = lines.required(SectionName.INTERFACE);
            section.entries().stream()
                    .filter(entry -> entry.folded().equals("mtu"))
                    .forEach(entry -> {
                        throw section.error(ConfigReason.MTU_TOO_SMALL_FOR_IPV6, entry);
                    });
        }
    }
}
