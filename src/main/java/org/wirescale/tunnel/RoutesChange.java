package org.wirescale.tunnel;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.IpNetwork;
import org.wirescale.os.Commands;
import org.wirescale.os.Commands.Result;

/**
 * Routes through the link, longest prefix first. Go with the link.
 *
 * @param table 0: the main one, where networks are left out that a route of the link covers already
 */
public record RoutesChange(InterfaceName name, List<IpNetwork> networks, long table) implements Change {
    static final String KIND = "routes";

    public RoutesChange {
        networks = List.copyOf(networks);
    }

    /** The routes of the allowed IPs, masked, without doubles, as {@code table} wants them; empty when there are none. */
    public static Optional<RoutesChange> of(InterfaceName name, List<IpNetwork> allowedIps, RouteTable table) {
        return switch (table) {
            case RouteTable.Off() -> Optional.empty();
            case RouteTable.Auto() ->
                some(
                        name,
                        allowedIps.stream()
                                .filter(network -> !network.isDefault())
                                .toList(),
                        0);
            case RouteTable.Numbered(long id) -> some(name, allowedIps, id);
        };
    }

    private static Optional<RoutesChange> some(InterfaceName name, List<IpNetwork> allowedIps, long table) {
        List<IpNetwork> ordered = allowedIps.stream()
                .map(IpNetwork::masked)
                .distinct()
                .sorted(Comparator.comparingInt(IpNetwork::prefixLength)
                        .reversed()
                        .thenComparing(Comparator.naturalOrder()))
                .toList();
        return ordered.isEmpty() ? Optional.empty() : Optional.of(new RoutesChange(name, ordered, table));
    }

    static RoutesChange read(StrictJson json) {
        return new RoutesChange(
                json.value("name", InterfaceName::parse),
                json.values("networks", IpNetwork::parse),
                json.number("table"));
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public String describe() {
        return "routes to "
                + String.join(", ", networks.stream().map(IpNetwork::toString).toList()) + " by " + name
                + (table == 0 ? "" : " in table " + table);
    }

    @Override
    public void write(ObjectNode json) {
        json.put("name", name.text());
        ArrayNode array = json.putArray("networks");
        networks.forEach(network -> array.add(network.toString()));
        json.put("table", table);
    }

    @Override
    public Optional<Change> prepare(ChangeContext context) {
        return table == 0 ? notCovered(presentOfOurFamilies()) : Optional.of(this);
    }

    /** The kernel makes a route of each address whose prefix has room for others, and of each one of IPv6. */
    @Override
    public Optional<Change> foresee(ChangeContext context, List<Change> before) {
        List<IpNetwork> byAddresses = before.stream()
                .filter(AddressesChange.class::isInstance)
                .flatMap(change -> ((AddressesChange) change).addresses().stream())
                .filter(address -> address.isIpv6()
                        || address.prefixLength() < address.address().bits())
                .map(IpNetwork::masked)
                .toList();
        return table == 0 ? notCovered(byAddresses) : Optional.of(this);
    }

    private Optional<Change> notCovered(List<IpNetwork> covering) {
        List<IpNetwork> missing = networks.stream()
                .filter(network -> covering.stream().noneMatch(route -> covers(route, network)))
                .toList();
        return missing.isEmpty() ? Optional.empty() : Optional.of(new RoutesChange(name, missing, table));
    }

    @Override
    public Change apply(ChangeContext context) {
        Link.batch(networks.stream()
                .map(network -> "route add " + network + " dev " + name + (table == 0 ? "" : " table " + table))
                .toArray(String[]::new));
        return this;
    }

    @Override
    public void undo(ChangeContext context, Progress progress) {
        // Go with the link.
    }

    @Override
    public Optional<Area> area() {
        return Optional.of(Area.LINK);
    }

    /** A link that somebody set down has no routes, and misses none. */
    @Override
    public boolean isInPlace(ChangeContext context) {
        return Link.find(name.text()).filter(Link::isUp).isEmpty() || missing().isEmpty();
    }

    @Override
    public String putBack(ChangeContext context) {
        RoutesChange gone = new RoutesChange(name, missing(), table);
        // Each for itself: another's route in the place of one does not keep the others away.
        gone.networks().stream()
                .map(network -> Commands.run(
                        "ip", "route", "add", network.toString(), "dev", name.text(), "table", tableWord()))
                .toList()
                .forEach(Result::expectOk);
        return gone.describe();
    }

    private String tableWord() {
        return table == 0 ? "main" : Long.toString(table);
    }

    /** One by one: of routes of which one covers another, each was made. */
    private List<IpNetwork> missing() {
        List<IpNetwork> there = presentOfOurFamilies();
        return networks.stream().filter(network -> !there.contains(network)).toList();
    }

    private List<IpNetwork> presentOfOurFamilies() {
        List<IpNetwork> there = new ArrayList<>();
        for (boolean ipv6 : new boolean[] {false, true}) {
            if (networks.stream().anyMatch(network -> network.isIpv6() == ipv6)) {
                there.addAll(present(ipv6));
            }
        }
        return there;
    }

    /** The link's routes in the table; a numbered one comes to be with its first. */
    private List<IpNetwork> present(boolean ipv6) {
        Result result =
                Commands.run("ip", ipv6 ? "-6" : "-4", "-o", "route", "show", "table", tableWord(), "dev", name.text());
        return result.ok() ? parse(result.stdout(), ipv6) : List.of();
    }

    static List<IpNetwork> parse(String text, boolean ipv6) {
        List<IpNetwork> found = new ArrayList<>();
        text.lines().map(line -> line.strip().split("\\s+")[0]).forEach(word -> {
            if (word.equals("default")) {
                found.add(IpNetwork.parse(ipv6 ? "::/0" : "0.0.0.0/0"));
            } else if (word.contains(ipv6 ? ":" : ".")) {
                found.add(IpNetwork.parse(word));
            }
        });
        return found;
    }

    private static boolean covers(IpNetwork route, IpNetwork network) {
        return route.prefixLength() <= network.prefixLength() && route.contains(network.address());
    }
}
