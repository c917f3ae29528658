package org.wirescale.tailscale;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.wirescale.model.Endpoint;
import org.wirescale.model.IpAddress;
import org.wirescale.model.Port;
import org.wirescale.model.WirescaleException;
import org.wirescale.os.Sockets.Family;

/**
 * The UDP ports through which tailscaled speaks to peers, one a family; they can differ. tailscaled has short-lived UDP sockets
 * too: a port counts when it is told to the others beside an address of this machine, and tailscaled is seen to hold it.
 */
public record TailscalePorts(Optional<Port> ipv4, Optional<Port> ipv6) {
    /** After it has bound anew, tailscaled asks STUN servers and port mappers, up to 5 s, before it tells its new port. */
    private static final Duration SETTLED = Duration.ofSeconds(8);

    private static final Duration A_MOMENT = Duration.ofSeconds(1);
    private static final Duration KEPT_FOR = Duration.ofMillis(300);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(50);

    /**
     * The ports now.
     *
     * @throws WirescaleException with {@link TailscaleReason#NO_PORT}
     */
    public static TailscalePorts find(LocalApi api) throws InterruptedException {
        return find(api, SETTLED);
    }

    /**
     * The port that a peer at this endpoint is reached from: one of that family, since tailscaled, which may have moved a moment ago, tells
     * its new ports one after the other.
     *
     * @throws WirescaleException with {@link TailscaleReason#NO_PORT}
     */
    public static Port findTowards(LocalApi api, Endpoint endpoint) throws InterruptedException {
        Family family = Family.of(endpoint.address());
        return find(api, SETTLED, ports -> ports.of(family).isPresent()).towards(endpoint);
    }

    /**
     * The ports now, for who cannot wait long.
     *
     * @param settled how long tailscaled has to tell a port that it has just bound
     * @throws WirescaleException with {@link TailscaleReason#NO_PORT}
     */
    public static TailscalePorts find(LocalApi api, Duration settled) throws InterruptedException {
        return find(api, settled, _ -> true);
    }

    /** Those that are wanted, or, once the time is over, those that there are. */
    private static TailscalePorts find(LocalApi api, Duration settled, Predicate<TailscalePorts> wanted)
            throws InterruptedException {
        Tailscaled tailscaled = Tailscaled.find(api);
        if (!tailscaled.isInOurNetwork()) {
            throw WirescaleException.of(
                    TailscaleReason.NO_PORT,
                    "why",
                    "tailscaled runs in another network namespace, such as a container");
        }
        Deadline deadline = Deadline.in(settled);
        for (int look = 1; ; look++) {
            Node self = api.statusWithoutPeers()
                    .requireRunning()
                    .self()
                    .orElseThrow(() -> WirescaleException.of(TailscaleReason.STARTING));
            TailscalePorts ports = choose(self.endpoints(), tailscaled.sockets(), DirectEndpoint.localAddresses());
            boolean any = ports.ipv4().isPresent() || ports.ipv6().isPresent();
            if (any && (wanted.test(ports) || deadline.hasPassed())) {
                return ports;
            }
            if (deadline.hasPassed()) {
                throw WirescaleException.of(
                        TailscaleReason.NO_PORT,
                        "why",
                        "none of the ports that it tells to others is one that it has open");
            }
            if (look == 1) {
                api.lookForEndpoints();
            }
            Thread.sleep(LOOK_AGAIN);
        }
    }

    /** Whether tailscaled is seen to keep its sockets, and does not bind anew all the time; takes 300 ms, and 1.3 s at most. */
    public static boolean haveSettled(LocalApi api) throws InterruptedException {
        try {
            TailscalePorts ports = find(api, A_MOMENT);
            Tailscaled tailscaled = Tailscaled.find(api);
            Set<Long> before = ports.inodes(tailscaled.sockets());
            Thread.sleep(KEPT_FOR);
            return !before.isEmpty() && before.equals(ports.inodes(tailscaled.sockets()));
        } catch (WirescaleException e) {
            return false;
        }
    }

    private Set<Long> inodes(List<Tailscaled.Owned> sockets) {
        return sockets.stream()
                .filter(socket -> of(socket.family())
                        .filter(port -> port.equals(socket.port()))
                        .isPresent())
                .map(Tailscaled.Owned::inode)
                .collect(Collectors.toSet());
    }

    static TailscalePorts choose(List<Endpoint> told, List<Tailscaled.Owned> sockets, Set<IpAddress> local) {
        Set<Port> tellsIpv4 = new HashSet<>();
        Set<Port> tellsIpv6 = new HashSet<>();
        for (Endpoint endpoint : told) {
            if (local.contains(endpoint.address())) {
                (endpoint.address().isIpv6() ? tellsIpv6 : tellsIpv4).add(endpoint.port());
            }
        }
        return new TailscalePorts(held(sockets, Family.IPV4, tellsIpv4), held(sockets, Family.IPV6, tellsIpv6));
    }

    private static Optional<Port> held(List<Tailscaled.Owned> sockets, Family family, Set<Port> told) {
        return sockets.stream()
                .filter(socket -> socket.family() == family && socket.entry().isOpenToAll())
                .map(Tailscaled.Owned::port)
                .filter(told::contains)
                .findFirst();
    }

    /** The port in that family. */
    public Optional<Port> of(Family family) {
        return family == Family.IPV4 ? ipv4 : ipv6;
    }

    /**
     * The port that a peer at this endpoint is reached from.
     *
     * @throws WirescaleException with {@link TailscaleReason#NO_PORT} when tailscaled has none in the endpoint's family
     */
    public Port towards(Endpoint endpoint) {
        Family family = Family.of(endpoint.address());
        return of(family)
                .orElseThrow(() -> WirescaleException.of(
                        TailscaleReason.NO_PORT,
                        "why",
                        "it has none for " + (family == Family.IPV6 ? "IPv6" : "IPv4")
                                + ", where the peer is reached"));
    }
}
