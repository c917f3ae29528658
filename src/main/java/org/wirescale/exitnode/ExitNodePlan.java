package org.wirescale.exitnode;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.IpAddress;
import org.wirescale.model.IpNetwork;
import org.wirescale.os.Folders;
import org.wirescale.tunnel.Change;
import org.wirescale.tunnel.FirewallMark;
import org.wirescale.tunnel.Phase;
import org.wirescale.tunnel.Progress;
import org.wirescale.tunnel.SharedSettingChange;
import org.wirescale.tunnel.Tunnel;
import org.wirescale.tunnel.TunnelState;

/** What an exit node needs of the machine, in the order in which it is done: the barrier first, what sends traffic last. */
final class ExitNodePlan {
    private ExitNodePlan() {}

    /**
     * The families that go through a tunnel: those that it has an address of; IPv6 only where the far end said that it forwards it,
     * which 1.0.3 never does.
     */
    static List<IpFamily> families(TunnelState tunnel) {
        boolean forwards = tunnel.header().peerForwardsIpv6();
        return Stream.of(IpFamily.values())
                .filter(family -> tunnel.addresses().stream().anyMatch(address -> IpFamily.of(address) == family))
                .filter(family -> family == IpFamily.IPV4 || forwards)
                .toList();
    }

    /** The tunnels that an exit node has to do with. */
    static List<TunnelState> living(Folders folders) {
        return Tunnel.all(folders).stream()
                .filter(tunnel -> tunnel.state().phase() != Phase.REMOVING)
                .filter(Tunnel::hasItsLink)
                .map(Tunnel::state)
                .toList();
    }

    /**
     * @param living tunnels
     */
    static List<Change> of(ExitNodeState state, List<TunnelState> living) {
        List<TunnelState> others = living.stream()
                .filter(tunnel -> !name(tunnel).equals(state.name()))
                .toList();
        List<TunnelState> exit = living.stream()
                .filter(tunnel -> name(tunnel).equals(state.name()))
                .toList();
        List<FirewallMark> otherMarks = others.stream()
                .map(TunnelState::ownMark)
                .filter(mark -> !mark.isNone() && !mark.equals(state.mark()))
                .distinct()
                .toList();
        List<FirewallMark> marks = Stream.concat(Stream.of(state.mark(), ExitNumbers.OTHERS), otherMarks.stream())
                .toList();
        List<InterfaceName> names = Stream.concat(
                        Stream.of(state.name()), others.stream().map(ExitNodePlan::name))
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
                .filter(tunnel -> tunnel.phase() != Phase.BUILDING)
                .forEach(tunnel -> changes.add(new AllowedIpsChange(
                        state.name(),
                        tunnel.header().peerKey(),
                        state.through().stream().map(IpFamily::everything).toList())));
        changes.add(new ExitRoutesChange(state.name(), state.through()));
        exit.stream()
                .filter(tunnel -> tunnel.ownMark().isNone())
                .forEach(_ -> changes.add(new MarkChange(state.name(), state.mark())));
        others.stream()
                .filter(tunnel -> tunnel.ownMark().isNone())
                .forEach(tunnel -> changes.add(new MarkChange(name(tunnel), ExitNumbers.OTHERS)));
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
            List<TunnelState> exit,
            List<TunnelState> living,
            List<FirewallMark> marks,
            List<InterfaceName> names) {
        List<IpAddress> addresses = exit.stream()
                .flatMap(tunnel -> tunnel.addresses().stream())
                .map(IpNetwork::address)
                .toList();
        List<InterfaceName> inside = living.stream()
                .filter(tunnel ->
                        tunnel.addresses().stream().map(IpNetwork::address).anyMatch(addresses::contains))
                .map(ExitNodePlan::name)
                .toList();
        return new KeepMarksChange(
                tool, marks, addresses, inside, state.options().keepInbound() ? names : List.of());
    }

    private static InterfaceName name(TunnelState tunnel) {
        return tunnel.header().interfaceName();
    }

    /**
     * What of the wanted is still to be done, in its order.
     *
     * @param entries what there is
     */
    static List<Change> due(List<TunnelState.Entry> entries, List<Change> wanted) {
        return wanted.stream()
                .filter(change -> find(entries, change)
                        .map(done -> !done.equals(change) && isRewritten(change))
                        .orElse(true))
                .toList();
    }

    /** What there is of a change, maybe otherwise than it should be. */
    static Optional<Change> find(List<TunnelState.Entry> entries, Change change) {
        return entries.stream()
                .filter(entry -> entry.progress() == Progress.DONE)
                .map(TunnelState.Entry::change)
                .filter(done -> isSame(done, change))
                .findFirst();
    }

    /** What is not wanted, newest first. */
    static List<TunnelState.Entry> excess(List<TunnelState.Entry> entries, List<Change> wanted) {
        return entries.reversed().stream()
                .filter(entry -> wanted.stream().noneMatch(change -> isSame(change, entry.change())))
                .toList();
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
    private static boolean isRewritten(Change change) {
        return !(change instanceof AllowedIpsChange || change instanceof SharedSettingChange);
    }
}
