package org.wirescale.tunnel;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.wirescale.model.IpNetwork;
import org.wirescale.model.WirescaleException;

/**
 * Everything that making a tunnel does to the machine, in its order; the dry run prints it. The port and the peer come between
 * {@link #link} and {@link #afterHandshake}.
 *
 * <p>Undo goes from the newest to the oldest: the user's PreDown, the link, the user's PostDown, our own rules.
 *
 * @param beforeGo our rules, then the user's PreUp: before {@code go} or the response is sent
 * @param link the interface, from nothing to its routes; without a peer
 * @param afterHandshake the user's PostUp
 */
public record TunnelPlan(List<Change> beforeGo, List<Change> link, List<Change> afterHandshake) {
    public TunnelPlan {
        beforeGo = List.copyOf(beforeGo);
        link = List.copyOf(link);
        afterHandshake = List.copyOf(afterHandshake);
    }

    /**
     * @param rules our own: in place from before the interface has an address, undone after the user's hooks
     * @param hooks the user's
     * @throws WirescaleException with {@link TunnelReason#MTU_TOO_SMALL}
     */
    public static TunnelPlan of(TunnelSpec spec, List<? extends Change> rules, HookChange.Plan hooks) {
        AddressesChange.refuseSmallMtu(spec.name(), spec.addresses(), OptionalInt.of(spec.mtu()));
        List<Change> before = new ArrayList<>();
        before.add(new GeneratedFileChange(spec.name(), spec.generatedText()));
        before.addAll(rules);
        before.addAll(hooks.beforeLink());
        List<Change> link = new ArrayList<>();
        link.add(new LinkChange(spec.name()));
        link.add(new PrivateKeyChange(spec.name(), spec.publicKey(), Optional.of(spec.privateKey()), spec.mark()));
        link.add(new AddressesChange(spec.name(), spec.addresses(), spec.mtu()));
        if (!spec.dnsServers().isEmpty()) {
            link.add(new DnsChange(spec.name(), spec.dnsServers(), spec.searchDomains()));
        }
        RoutesChange.of(spec.name(), spec.allowedIps(), spec.table()).ifPresent(link::add);
        link.addAll(hooks.withLink());
        return new TunnelPlan(before, link, hooks.afterHandshake());
    }

    /** What the plan needs of the machine, to be asked before any change. */
    public static void requirePrograms(TunnelSpec spec) {
        if (!spec.dnsServers().isEmpty()) {
            DnsChange.requireProgram();
        }
        if (spec.addresses().stream().anyMatch(IpNetwork::isIpv6)) {
            Ipv6.requireEnabled();
        }
    }

    public List<Change> all() {
        return Stream.of(beforeGo, link, afterHandshake).flatMap(List::stream).toList();
    }
}
