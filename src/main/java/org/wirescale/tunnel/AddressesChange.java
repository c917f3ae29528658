package org.wirescale.tunnel;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.IpNetwork;
import org.wirescale.model.WirescaleException;
import org.wirescale.os.Commands;

/**
 * The link's addresses in the file's order, its MTU, and {@code up}: in one {@code ip -batch}, because tailscaled looks for a new
 * way at the first address and once more when the link comes up. Go with the link.
 *
 * @param mtu bytes
 */
public record AddressesChange(InterfaceName name, List<IpNetwork> addresses, int mtu) implements Change {
    static final String KIND = "addresses";

    public AddressesChange {
        addresses = List.copyOf(addresses);
    }

    static AddressesChange read(StrictJson json) {
        return new AddressesChange(
                json.value("name", InterfaceName::parse),
                json.values("addresses", IpNetwork::parse),
                json.integer("mtu"));
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public String describe() {
        return "addresses "
                + String.join(", ", addresses.stream().map(IpNetwork::toString).toList()) + ", MTU " + mtu + ", up on "
                + name;
    }

    @Override
    public void write(ObjectNode json) {
        json.put("name", name.text());
        ArrayNode array = json.putArray("addresses");
        addresses.forEach(address -> array.add(address.toString()));
        json.put("mtu", mtu);
    }

    /**
     * @throws WirescaleException with {@link TunnelReason#MTU_TOO_SMALL}, before anything is done
     */
    @Override
    public Change apply(ChangeContext context) {
        refuseSmallMtu(name, addresses, OptionalInt.of(mtu));
        List<String> lines = new ArrayList<>();
        for (IpNetwork address : addresses) {
            lines.add("address add " + address + " dev " + name);
        }
        lines.add("link set dev " + name + " mtu " + mtu + " up");
        Link.batch(lines.toArray(String[]::new));
        return this;
    }

    static void refuseSmallMtu(InterfaceName name, List<IpNetwork> addresses, OptionalInt mtu) {
        if (mtu.isPresent()
                && mtu.getAsInt() < Mtu.LEAST_FOR_IPV6
                && addresses.stream().anyMatch(IpNetwork::isIpv6)) {
            throw WirescaleException.of(TunnelReason.MTU_TOO_SMALL, "interface", name, "mtu", mtu.getAsInt());
        }
    }

    @Override
    public void undo(ChangeContext context, Progress progress) {
        // Go with the link.
    }

    @Override
    public Optional<Area> area() {
        return Optional.of(Area.LINK);
    }

    /** On a link that somebody set down nothing is missing: it is to be quiet, and the kernel took its IPv6 addresses away. */
    @Override
    public boolean isInPlace(ChangeContext context) {
        return missing().isEmpty();
    }

    @Override
    public String putBack(ChangeContext context) {
        List<IpNetwork> missing = missing();
        Link.batch(missing.stream()
                .map(address -> "address add " + address + " dev " + name)
                .toArray(String[]::new));
        return (missing.size() == 1 ? "address " : "addresses ")
                + String.join(", ", missing.stream().map(IpNetwork::toString).toList()) + " of " + name;
    }

    private List<IpNetwork> missing() {
        String text = Commands.run("ip", "address", "show", "dev", name.text()).stdout();
        boolean isUp =
                text.lines().findFirst().flatMap(Link::parse).filter(Link::isUp).isPresent();
        List<IpNetwork> there = parse(text);
        return isUp
                ? addresses.stream().filter(address -> !there.contains(address)).toList()
                : List.of();
    }

    /** The addresses in lines such as {@code inet 10.77.0.1/24 scope global bob}. */
    static List<IpNetwork> parse(String text) {
        return text.lines()
                .map(line -> line.strip().split("\\s+"))
                .filter(words -> words.length > 1 && (words[0].equals("inet") || words[0].equals("inet6")))
                .map(words -> IpNetwork.parse(words[1]))
                .toList();
    }
}
