package org.wirescale.tunnel;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.IpNetwork;
import org.wirescale.model.WirescaleException;

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
}
