package org.wirescale.exitnode;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.IpAddress;
import org.wirescale.model.IpNetwork;
import org.wirescale.os.Folders;
import org.wirescale.tunnel.Change;
import org.wirescale.tunnel.FirewallMark;
import org.wirescale.tunnel.Phase;
import org.wirescale.tunnel.SharedSettingChange;
import org.wirescale.tunnel.Tunnel;

/** What an exit node needs of the machine, in the order in which it is done: the barrier first, what sends traffic last. */
final class ExitNodePlan {
    private ExitNodePlan() {}

    /**
     * The families that go through a tunnel: those that it has an address of; IPv6 only where the far end said that it forwards it,
     * which 1.0.3 never does.
     */
    static List<IpFamily> families(Tunnel tunnel) {
        boolean forwards = tunnel.state().header().peerForwardsIpv6();
        return Stream.of(IpFamily.values())
                .filter(family -> tunnel.addresses().stream().anyMatch(address -> IpFamily.of(address) == family))
                .filter(family -> family == IpFamily.IPV4 || forwards)
                .toList();
    }

    /**
     * @param tunnels all that there are
     */
    static List<Change> of(Folders folders, ExitNodeState state, List<Tunnel> tunnels) {
        List<Tunnel> living = tunnels.stream()
                .filter(tunnel -> tunnel.state().phase() != Phase.REMOVING)
                .filter(Tunnel::hasItsLink)
                .toList();
        List<Tunnel> others = living.stream()
                .filter(tunnel -> !tunnel.interfaceName().equals(state.name()))
                .toList();
        List<Tunnel> exit = living.stream()
                .filter(tunnel -> tunnel.interfaceName().equals(state.name()))
                .toList();
        List<FirewallMark> otherMarks = others.stream()
                .map(Tunnel::ownMark)
                .filter(mark -> !mark.isNone() && !mark.equals(state.mark()))
                .distinct()
                .toList();
        List<FirewallMark> marks = Stream.concat(Stream.of(state.mark(), ExitNumbers.OTHERS), otherMarks.stream())
                .toList();
        List<InterfaceName> names = Stream.concat(
                        Stream.of(state.name()), others.stream().map(Tunnel::interfaceName))
                .sorted()
                .toList();
        Tool tool = Tool.here();
        BarrierChange barrier = new BarrierChange(tool, names, marks, OwnPrefix.all(names));
        List<Change> changes = new ArrayList<>();
        if (state.isClosed()) {
            changes.add(barrier);
        }
        // One that is being made has no peer yet, and one that was made anew another.
        exit.stream()
                .filter(tunnel -> tunnel.state().phase() != Phase.BUILDING)
                .forEach(tunnel -> changes.add(new AllowedIpsChange(
                        state.name(),
                        tunnel.state().header().peerKey(),
                        state.through().stream().map(IpFamily::everything).toList())));
        changes.add(new ExitRoutesChange(state.name(), state.through()));
        exit.stream()
                .filter(tunnel -> tunnel.ownMark().isNone())
                .forEach(_ -> changes.add(new MarkChange(state.name(), state.mark())));
        others.stream()
                .filter(tunnel -> tunnel.ownMark().isNone())
                .forEach(tunnel -> changes.add(new MarkChange(tunnel.interfaceName(), ExitNumbers.OTHERS)));
        changes.add(new SharedSettingChange(SharedSettingChange.Purpose.SRC_VALID_MARK));
        changes.add(keepMarks(tool, state, exit, living, marks, names));
        changes.add(new PolicyRulesChange(state.mark(), otherMarks));
        if (exit.stream().anyMatch(tunnel -> tunnel.dns().isPresent())) {
            changes.add(new TailscaleDnsChange());
        }
        if (state.options().failClosed() == FailClosed.ALWAYS) {
            changes.add(BarrierAtBootChange.of(barrier));
        }
        return List.copyOf(changes);
    }

    private static KeepMarksChange keepMarks(
            Tool tool,
            ExitNodeState state,
            List<Tunnel> exit,
            List<Tunnel> living,
            List<FirewallMark> marks,
            List<InterfaceName> names) {
        List<IpAddress> addresses = exit.stream()
                .flatMap(tunnel -> tunnel.addresses().stream())
                .map(IpNetwork::address)
                .toList();
        List<InterfaceName> inside = living.stream()
                .filter(tunnel ->
                        tunnel.addresses().stream().map(IpNetwork::address).anyMatch(addresses::contains))
                .map(Tunnel::interfaceName)
                .toList();
        return new KeepMarksChange(
                tool, marks, addresses, inside, state.options().keepInbound() ? names : List.of());
    }

    /** Whether the two are one thing, the first as it is now and the second as it should be, or the other way round. */
    static boolean isSame(Change one, Change other) {
        return one.kind().equals(other.kind())
                && switch (one) {
                    case MarkChange mark ->
                        other instanceof MarkChange(InterfaceName name, FirewallMark _) && name.equals(mark.name());
                    case AllowedIpsChange ips ->
                        other instanceof AllowedIpsChange that
                                && that.name().equals(ips.name())
                                && that.peer().equals(ips.peer());
                    default -> true;
                };
    }

    /** Whether doing it anew overwrites what it did before; the others know only when they are prepared what they do. */
    static boolean isRewritten(Change change) {
        return !(change instanceof AllowedIpsChange || change instanceof SharedSettingChange);
    }
}
