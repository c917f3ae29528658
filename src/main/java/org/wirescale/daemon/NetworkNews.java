package org.wirescale.daemon;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.wirescale.exitnode.ExitNumbers;
import org.wirescale.model.IpAddress;
import org.wirescale.os.NetworkEvent;
import org.wirescale.os.NetworkEvent.AddressChanged;
import org.wirescale.os.NetworkEvent.ClockSet;
import org.wirescale.os.NetworkEvent.FirewallChanged;
import org.wirescale.os.NetworkEvent.LinkChanged;
import org.wirescale.os.NetworkEvent.LinkGone;
import org.wirescale.os.NetworkEvent.Overflow;
import org.wirescale.os.NetworkEvent.Route;
import org.wirescale.os.NetworkEvent.RouteChanged;
import org.wirescale.os.NetworkEvent.RuleChanged;

/**
 * What the kernel's events come to, until somebody looks: where something of a tunnel may be missing, and whether the machine is
 * somewhere else now. What is told again without being new, such as an address whose lifetime was renewed, is no news.
 */
final class NetworkNews {
    /** Tailscale's own table. */
    private static final long TAILSCALE_TABLE = 52;

    private static final long MAIN_TABLE = 254;

    /** Far more than a machine has; forgotten ones are told anew, which does no harm. */
    private static final int MOST_KNOWN = 4096;

    /**
     * What may have changed.
     *
     * @param routing policy rules, default routes and the machine's addresses
     */
    record News(Set<Integer> links, boolean firewall, boolean routing, boolean everything) {
        News {
            links = Set.copyOf(links);
        }
    }

    /**
     * Where the machine may have got another way to the world.
     *
     * @param links by which it changed; 0 stands for several
     * @param woke the clock was set, which a wake from a suspend does: each way may be another
     */
    record Move(Set<Integer> links, boolean woke) {
        Move {
            links = Set.copyOf(links);
        }
    }

    private record Address(int ifindex, IpAddress address) {}

    private final Set<Address> addresses = new HashSet<>();
    private final Set<Route> defaults = new HashSet<>();
    private final Set<Integer> links = new HashSet<>();
    private final Set<Integer> moved = new HashSet<>();
    private boolean firewall;
    private boolean routing;
    private boolean everything;
    private boolean woke;

    void add(List<NetworkEvent> events) {
        events.forEach(this::add);
    }

    private void add(NetworkEvent event) {
        switch (event) {
            case LinkGone(int ifindex, String _) -> links.add(ifindex);
            case LinkChanged(int ifindex, String _) -> links.add(ifindex);
            case AddressChanged address -> add(address);
            case RouteChanged route -> add(route);
            case RuleChanged rule -> routing |= ExitNumbers.concerns(rule.priority());
            case FirewallChanged _ -> firewall = true;
            case ClockSet _ -> woke = true;
            case Overflow _ -> {
                everything = true;
                woke = true;
            }
        }
    }

    private void add(AddressChanged event) {
        if (!event.there()) {
            links.add(event.ifindex());
        }
        if (event.global() && isNews(addresses, new Address(event.ifindex(), event.address()), event.there())) {
            moved.add(event.ifindex());
            routing = true;
        }
    }

    private void add(RouteChanged event) {
        Route route = event.route();
        if (!event.there() && route.isDefault()) {
            routing = true;
        }
        if (!event.there() && route.ifindex() != 0) {
            links.add(route.ifindex());
        }
        boolean leads = route.isDefault()
                && route.table() != TAILSCALE_TABLE
                && (route.ifindex() != 0 || route.table() == MAIN_TABLE);
        if (leads && isNews(defaults, route, event.there())) {
            moved.add(route.ifindex());
        }
    }

    private static <T> boolean isNews(Set<T> known, T item, boolean there) {
        if (!there) {
            known.remove(item);
            return true;
        }
        if (known.size() >= MOST_KNOWN) {
            known.clear();
        }
        return known.add(item);
    }

    boolean isToBeLookedAt() {
        return !links.isEmpty() || firewall || routing || everything;
    }

    boolean hasMoved() {
        return !moved.isEmpty() || woke;
    }

    /** What may have changed since the last time that somebody asked. */
    News take() {
        News news = new News(links, firewall, routing, everything);
        links.clear();
        firewall = false;
        routing = false;
        everything = false;
        return news;
    }

    /** The same for the machine's ways to the world. */
    Move takeMove() {
        Move move = new Move(moved, woke);
        moved.clear();
        woke = false;
        return move;
    }
}
