package org.wirescale.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.wirescale.config.Section.Entry;
import org.wirescale.model.IpNetwork;

/** What must, or should, hold between the lines of one file. */
final class Consistency {
    /** The least that the kernel lets an interface have with IPv6 on it (RFC 8200 section 5). */
    private static final int MIN_MTU_FOR_IPV6 = 1280;

    private Consistency() {}

    static void check(ConfigLines lines, InterfaceSection iface, PeerSection peer, Problems problems) {
        Stream<IpNetwork> routes = iface.table().makesRoutes() ? peer.allowedIps().stream() : Stream.empty();
        boolean ipv6 = iface.hasIpv6() || routes.anyMatch(IpNetwork::isIpv6);
        if (ipv6 && iface.mtu().orElse(MIN_MTU_FOR_IPV6) < MIN_MTU_FOR_IPV6) {
            lines.optional(SectionName.INTERFACE)
                    .ifPresent(section -> section.entries().stream()
                            .filter(entry -> entry.folded().equals("mtu"))
                            .forEach(entry -> problems.add(section.error(ConfigReason.MTU_TOO_SMALL_FOR_IPV6, entry))));
        }
    }

    /**
     * What works and is seldom meant. Not for a tunnel that is being made: its other options come from elsewhere.
     */
    static List<Warning> doubts(ConfigLines lines, PeerFile file) {
        List<Warning> doubts = new ArrayList<>();
        for (boolean ipv6 : new boolean[] {false, true}) {
            String family = ipv6 ? "IPv6" : "IPv4";
            boolean addresses = ipv6 ? file.iface().hasIpv6() : file.iface().hasIpv4();
            List<IpNetwork> networks = file.peer().allowedIps().stream()
                    .filter(network -> network.isIpv6() == ipv6)
                    .toList();
            if (addresses && networks.isEmpty()) {
                doubt(lines, SectionName.INTERFACE, "address")
                        .map(
                                entry -> Warning.ofLine(
                                        file.path(),
                                        entry,
                                        "has " + family
                                                + ", and 'AllowedIPs' has no network of it: nothing of it would come through: add one"))
                        .ifPresent(doubts::add);
            }
            // A default network takes the other family's traffic away from the world, on purpose.
            if (!addresses && networks.stream().anyMatch(network -> !network.isDefault())) {
                doubt(lines, SectionName.PEER, "allowedips")
                        .map(entry -> Warning.ofLine(
                                file.path(),
                                entry,
                                "has " + family + ", and 'Address' has no address of it to speak from: add one"))
                        .ifPresent(doubts::add);
            }
        }
        PartialOptions options = file.wirescale().options();
        if (options.masquerade().orElse(false) && !options.forward().orElse(false)) {
            doubt(lines, SectionName.WIRESCALE, "iptables-masquerade")
                    .map(entry -> Warning.ofLine(
                            file.path(),
                            entry,
                            "has nothing to do where nothing is forwarded: add 'iptables-forward = true', unless something else"
                                    + " forwards"))
                    .ifPresent(doubts::add);
        }
        return doubts;
    }

    private static Optional<Entry> doubt(ConfigLines lines, SectionName section, String key) {
        return lines.optional(section).stream()
                .flatMap(found -> found.entries().stream())
                .filter(entry -> entry.folded().equals(key))
                .findFirst();
    }
}
