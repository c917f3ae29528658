package org.wirescale.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.wirescale.model.IpAddress;
import org.wirescale.model.IpNetwork;
import org.wirescale.model.WirescaleException;

/** What a file's allowed IPs mean for routes, and the checks that hang on them. */
public final class AllowedIps {
    private AllowedIps() {}

    /**
     * Whether the file asks for an exit node: a default network while {@code Table} is auto. With a table's number the default
     * network is the user's own route there, with {@code off} there are no routes.
     */
    public static boolean wantsExitNode(PeerFile file) {
        return isAuto(file) && file.peer().allowedIps().stream().anyMatch(IpNetwork::isDefault);
    }

    /** What WireGuard gets: all of them, but for the default networks that the exit node adds by itself. */
    public static List<IpNetwork> ofDevice(PeerFile file) {
        return file.peer().allowedIps().stream()
                .filter(network -> !(isAuto(file) && network.isDefault()))
                .toList();
    }

    /** The routes of the tunnel: masked, without doubles, longest first, as wg-quick adds them. None while {@code Table} is off. */
    public static List<IpNetwork> routes(PeerFile file) {
        if (!file.iface().table().makesRoutes()) {
            return List.of();
        }
        return ofDevice(file).stream()
                .map(IpNetwork::masked)
                .distinct()
                .sorted(Comparator.comparingInt(IpNetwork::prefixLength).reversed())
                .toList();
    }

    /** Those of the addresses that lie in none of the file's networks: what comes from them would be dropped. */
    public static List<IpAddress> outside(PeerFile file, Collection<IpAddress> addresses) {
        return addresses.stream()
                .filter(address -> file.peer().allowedIps().stream().noneMatch(network -> network.contains(address)))
                .toList();
    }

    /**
     * The network whose route would send the tunnel's own packets into the tunnel. A table that nothing looks up but the user's own
     * rules is the user's affair.
     */
    public static Optional<IpNetwork> routingLoop(PeerFile file, IpAddress endpoint) {
        return file.iface().table().isLookedUpByAll()
                ? routes(file).stream()
                        .filter(network -> network.contains(endpoint))
                        .findFirst()
                : Optional.empty();
    }

    /**
     * @throws WirescaleException with {@link ConfigReason#ROUTING_LOOP}
     */
    public static void requireNoRoutingLoop(PeerFile file, IpAddress endpoint) {
        routingLoop(file, endpoint).ifPresent(network -> {
            throw WirescaleException.of(
                    ConfigReason.ROUTING_LOOP, "file", file.path(), "network", network, "endpoint", endpoint);
        });
    }

    private static boolean isAuto(PeerFile file) {
        return file.iface().table() instanceof RoutingTable.Auto;
    }
}
