package org.wirescale.daemon;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.wirescale.config.AllowedIps;
import org.wirescale.config.FwMark;
import org.wirescale.config.GeneratedFile;
import org.wirescale.config.Hooks;
import org.wirescale.config.InterfaceSection;
import org.wirescale.config.PeerFile;
import org.wirescale.config.RoutingTable;
import org.wirescale.config.Tries;
import org.wirescale.exitnode.ExitNumbers;
import org.wirescale.exitnode.OtherVpns;
import org.wirescale.model.IpNetwork;
import org.wirescale.model.Port;
import org.wirescale.tunnel.Change;
import org.wirescale.tunnel.FirewallMark;
import org.wirescale.tunnel.FirewallPlan;
import org.wirescale.tunnel.HookChange;
import org.wirescale.tunnel.Mtu;
import org.wirescale.tunnel.OwnTableChange;
import org.wirescale.tunnel.RouteTable;
import org.wirescale.tunnel.Tunnel;
import org.wirescale.tunnel.TunnelHeader;
import org.wirescale.tunnel.TunnelOptions;
import org.wirescale.tunnel.TunnelPlan;
import org.wirescale.tunnel.TunnelSpec;

/** From a peer's file and what was negotiated to what is done to the machine. */
final class Plans {
    private Plans() {}

    /**
     * The changes that make the tunnel, in their order.
     *
     * @param others the tunnels that stand
     * @param uid of the session
     */
    static TunnelPlan of(List<Tunnel> others, LocalEnd local, RemoteEnd remote, Port port, String uid) {
        TunnelSpec spec = spec(local, remote, port);
        TunnelPlan.requirePrograms(spec);
        Hooks hooks = local.file().hooksFor(local.iface(), local.suffixNumber());
        return TunnelPlan.of(spec, rules(others, local, remote, port), HookChange.plan(hooks, uid));
    }

    /**
     * @param uid of the session
     */
    static TunnelHeader header(LocalEnd local, RemoteEnd remote, Peer peer, boolean initiator, String uid) {
        return new TunnelHeader(
                local.iface(),
                peer.node(),
                local.publicKey(),
                remote.publicKey(),
                options(local),
                Optional.of(remote.iface()),
                initiator,
                uid,
                remote.kept());
    }

    /** What keeps tailscaled out of the tunnel, and what the user's options ask for. */
    private static List<Change> rules(List<Tunnel> others, LocalEnd local, RemoteEnd remote, Port port) {
        List<Change> rules = new ArrayList<>();
        rules.add(new OwnTableChange());
        rules.addAll(FirewallPlan.changes(
                options(local),
                local.iface(),
                port,
                local.file().iface().hasIpv6(),
                remote.endpoint().address().isIpv6(),
                FirewallPlan.marksInUse(others)));
        return rules;
    }

    private static TunnelSpec spec(LocalEnd local, RemoteEnd remote, Port port) {
        PeerFile file = local.file();
        InterfaceSection iface = file.iface();
        FirewallMark mark = mark(iface);
        return new TunnelSpec(
                local.iface(),
                local.privateKey(),
                local.publicKey(),
                iface.addresses(),
                iface.mtu()
                        .orElseGet(() ->
                                Mtu.towards(remote.endpoint().address(), mark.isNone() ? ExitNumbers.OTHERS : mark)),
                table(iface.table()),
                mark,
                allowedIps(local),
                iface.dns().servers(),
                iface.dns().searchDomains().stream().map(Object::toString).toList(),
                GeneratedFile.render(
                        file,
                        local.iface(),
                        local.suffixNumber(),
                        new GeneratedFile.Live(
                                local.privateKey(),
                                port,
                                remote.publicKey(),
                                Optional.of(remote.presharedKey()),
                                remote.endpoint())));
    }

    /** The file's; else none, but for Tailscale's own where that keeps the tunnel's packets out of an exit node of Tailscale's. */
    private static FirewallMark mark(InterfaceSection iface) {
        return iface.fwMark()
                .map(FwMark::bits)
                .map(FirewallMark::new)
                .orElseGet(() -> OtherVpns.isTailscaleExitNodeOn() ? ExitNumbers.TAILSCALES : FirewallMark.NONE);
    }

    /** What WireGuard lets in and out. */
    static List<IpNetwork> allowedIps(LocalEnd local) {
        return AllowedIps.ofDevice(local.file());
    }

    private static TunnelOptions options(LocalEnd local) {
        org.wirescale.config.TunnelOptions decided = local.options();
        return new TunnelOptions(
                decided.accept(),
                decided.forward(),
                decided.masquerade(),
                decided.suffix(),
                local.suffixNumber(),
                number(decided.recoverTries()),
                number(decided.recreateTries()));
    }

    private static int number(Tries tries) {
        return tries.limit().orElse(-1);
    }

    private static RouteTable table(RoutingTable table) {
        return switch (table) {
            case RoutingTable.Auto() -> RouteTable.AUTO;
            case RoutingTable.Off() -> RouteTable.OFF;
            case RoutingTable.Numbered(long id) -> new RouteTable.Numbered(id);
        };
    }
}
