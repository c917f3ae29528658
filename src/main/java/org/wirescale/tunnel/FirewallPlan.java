package org.wirescale.tunnel;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.IpNetwork;
import org.wirescale.model.Port;
import org.wirescale.tunnel.IptablesRule.Family;
import org.wirescale.tunnel.IptablesRule.Purpose;

/** What the options {@code iptables-accept}, {@code iptables-forward} and {@code iptables-masquerade} ask for. */
public final class FirewallPlan {
    private FirewallPlan() {}

    /**
     * The changes, kernel settings first.
     *
     * @param tunnelIpv6 whether the tunnel has IPv6 addresses: then every rule has its twin
     * @param endpointIpv6 whether the tunnel's own packets are IPv6: then its port is accepted there too
     * @param marksInUse by other tunnels
     */
    public static List<Change> changes(
            TunnelOptions options,
            InterfaceName name,
            Port listenPort,
            boolean tunnelIpv6,
            boolean endpointIpv6,
            Collection<Long> marksInUse) {
        List<Change> changes = new ArrayList<>();
        if (options.forward()) {
            changes.add(new SharedSettingChange(SharedSettingChange.Purpose.FORWARD_IPV4));
            if (tunnelIpv6) {
                changes.add(new SharedSettingChange(SharedSettingChange.Purpose.FORWARD_IPV6));
            }
        }
        changes.addAll(rules(options, name, listenPort, tunnelIpv6, endpointIpv6, marksInUse));
        return List.copyOf(changes);
    }

    static List<IptablesRule> rules(
            TunnelOptions options,
            InterfaceName name,
            Port listenPort,
            boolean tunnelIpv6,
            boolean endpointIpv6,
            Collection<Long> marksInUse) {
        List<IptablesRule> rules = new ArrayList<>();
        for (Family family : Family.values()) {
            boolean inside = family == Family.IPV4 || tunnelIpv6;
            boolean outside = inside || endpointIpv6;
            if (options.accept() && inside) {
                rules.add(new IptablesRule(family, Purpose.ACCEPT_INTERFACE, 0));
            }
            if (options.accept() && outside) {
                rules.add(new IptablesRule(family, Purpose.ACCEPT_PORT, listenPort.number()));
            }
            if (options.forward() && inside) {
                rules.add(new IptablesRule(family, Purpose.FORWARD_FROM, 0));
                rules.add(new IptablesRule(family, Purpose.FORWARD_BACK, 0));
            }
            if (options.masquerade() && inside) {
                long mark = MasqueradeMark.of(name, marksInUse);
                rules.add(new IptablesRule(family, Purpose.MARK, mark));
                rules.add(new IptablesRule(family, Purpose.MASQUERADE, mark));
            }
        }
        return List.copyOf(rules);
    }

    /**
     * What lets a tunnel's own packets in at the port that it moves to; nothing where its options do not ask for it.
     *
     * @param endpointIpv6 whether they are IPv6
     */
    public static List<IptablesRule> portRules(TunnelState state, Port newPort, boolean endpointIpv6) {
        boolean tunnelIpv6 = state.entries().stream()
                .map(TunnelState.Entry::change)
                .anyMatch(change -> change instanceof AddressesChange addresses
                        && addresses.addresses().stream().anyMatch(IpNetwork::isIpv6));
        TunnelHeader header = state.header();
        return rules(header.options(), header.interfaceName(), newPort, tunnelIpv6, endpointIpv6, List.of()).stream()
                .filter(rule -> rule.purpose() == Purpose.ACCEPT_PORT)
                .toList();
    }

    /** The changes that let packets in at the port. */
    public static List<Change> acceptingPort(TunnelState state, Port port) {
        return state.entries().stream()
                .map(TunnelState.Entry::change)
                .filter(change -> switch (change) {
                    case IptablesRule(Family _, Purpose purpose, long number) -> accepts(purpose, number, port);
                    case NftRule(Family _, Purpose purpose, long number) -> accepts(purpose, number, port);
                    case FirewalldChange(Purpose purpose, long number, List<String> _) ->
                        accepts(purpose, number, port);
                    default -> false;
                })
                .toList();
    }

    private static boolean accepts(Purpose purpose, long number, Port port) {
        return purpose == Purpose.ACCEPT_PORT && number == port.number();
    }

    /** What the given tunnels masquerade by. */
    public static Set<Long> marksInUse(Collection<Tunnel> tunnels) {
        return tunnels.stream()
                .flatMap(tunnel -> tunnel.state().entries().stream())
                .flatMap(entry -> markOf(entry.change()).stream())
                .collect(Collectors.toUnmodifiableSet());
    }

    private static Optional<Long> markOf(Change change) {
        return switch (change) {
            case IptablesRule rule when rule.purpose() == Purpose.MARK -> Optional.of(rule.number());
            case NftRule rule when rule.purpose() == Purpose.MARK -> Optional.of(rule.number());
            default -> Optional.empty();
        };
    }
}
