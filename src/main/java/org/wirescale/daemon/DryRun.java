package org.wirescale.daemon;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import org.wirescale.config.AllowedIps;
import org.wirescale.config.PeerFile;
import org.wirescale.exitnode.ExitNodeForesight;
import org.wirescale.model.IpAddress;
import org.wirescale.model.IpNetwork;
import org.wirescale.model.Port;
import org.wirescale.model.PublicKey;
import org.wirescale.model.SecretKey;
import org.wirescale.model.SessionToken;
import org.wirescale.model.WirescaleException;
import org.wirescale.tailscale.DirectEndpoint;
import org.wirescale.tunnel.AutoremoveUnitChange;
import org.wirescale.tunnel.Change;
import org.wirescale.tunnel.ChangeContext;
import org.wirescale.tunnel.Detail;
import org.wirescale.tunnel.Foresight;
import org.wirescale.tunnel.Phase;
import org.wirescale.tunnel.TunnelHeader;
import org.wirescale.tunnel.TunnelPlan;
import org.wirescale.tunnel.TunnelState;
import org.wirescale.tunnel.Way;

/**
 * What an upgrade that is asked for here would do to this machine: the checks and the plan are those of {@link UpgradeInitiator} and
 * {@link Construction}. Nothing is done, and the peer is not asked: what only it can tell has a stand-in.
 *
 * <p>tailscaled's port is held for some milliseconds, since that alone tells whether it can be taken over; so this needs the machine's
 * turn.
 */
final class DryRun {
    private final Machine machine;
    private final Peer peer;
    private final TunnelRequest request;
    private final DryRunReport report;

    /**
     * @param root whether keys and hooks are shown
     */
    DryRun(Machine machine, Peer peer, TunnelRequest request, boolean root) {
        this.machine = machine;
        this.peer = peer;
        this.request = request;
        this.report = new DryRunReport(root);
    }

    /**
     * @param path to the peer
     * @return the text, in blocks of lines
     * @throws WirescaleException when the upgrade would be refused by this machine
     */
    List<String> run(DirectEndpoint path) throws InterruptedException {
        LocalEnd local = machine.localEnd(peer, request, Optional.empty(), _ -> {});
        new Checks(machine.name(), peer).fewTunnels(machine.tunnels(), Optional.empty());
        machine.checkEndpoint(local, peer, path.endpoint());
        RemoteEnd remote = standIn(local, path);
        HandOver handOver = handOver(path);
        String uid = SessionToken.random().uid();
        describe(local, remote, handOver.port());
        foresee(
                local,
                remote,
                Plans.of(machine.tunnels(), local, remote, handOver.port(), uid),
                Plans.header(local, remote, peer, true, uid),
                handOver);
        report.note("The peer was not asked: only it can say whether its file agrees with this one.");
        return report.blocks();
    }

    /** What is known of a {@link PortHold} that was let go again. */
    private record HandOver(Way way, Port port, List<Change> changes) {}

    private HandOver handOver(DirectEndpoint path) throws InterruptedException {
        try (PortHold hold = machine.holdPort(path.endpoint())) {
            return new HandOver(hold.way(), hold.port(), hold.expected());
        }
    }

    private RemoteEnd standIn(LocalEnd local, DirectEndpoint path) {
        PeerFile file = local.file();
        if (file.iface().privateKey().isEmpty()) {
            report.standIn(local.privateKey().reveal(), "(made for this tunnel)");
            report.standIn(local.publicKey(), "(that of the new private key)");
        }
        SecretKey presharedKey = file.peer().presharedKey().orElseGet(() -> {
            SecretKey made = SecretKey.randomPresharedKey();
            report.standIn(made.reveal(), "(made for this tunnel, and told the peer)");
            return made;
        });
        PublicKey publicKey = file.peer().publicKey().orElseGet(() -> {
            PublicKey made = PublicKey.ofBytes(SecretKey.randomPresharedKey().bytes());
            report.standIn(made, "(the peer's, agreed on)");
            return made;
        });
        IpAddress inside = addressOfNobody();
        report.standIn(inside, "(the peer's address, agreed on)");
        return new RemoteEnd(
                List.of(inside),
                request.expectedInterface().orElse(local.iface()),
                publicKey,
                path.endpoint().port(),
                presharedKey,
                path.endpoint(),
                path.latency(),
                Set.of(),
                // An exit node for IPv6 alone is none without.
                file.iface().addresses().stream().allMatch(IpNetwork::isIpv6));
    }

    /** A random one of 100::/64, where nobody is (RFC 6666). */
    private static IpAddress addressOfNobody() {
        byte[] random = SecretKey.randomPresharedKey().bytes();
        byte[] address = new byte[16];
        address[0] = 1;
        System.arraycopy(random, 0, address, 8, 8);
        return IpAddress.ofBytes(address);
    }

    private void describe(LocalEnd local, RemoteEnd remote, Port port) {
        report.heading("The tunnel:");
        report.note(
                "interface '" + local.iface() + "', by the file " + local.file().path());
        report.note("endpoint of the peer " + remote.endpoint() + " ("
                + (remote.endpoint().address().isIpv6() ? "IPv6" : "IPv4") + "), as Tailscale sees it now");
        report.note("port " + port + ", which is tailscaled's now");
    }

    /** In the order of {@link Construction}. */
    private void foresee(LocalEnd local, RemoteEnd remote, TunnelPlan plan, TunnelHeader header, HandOver handOver) {
        Foresight foresight = new Foresight(
                new ChangeContext(machine.folders(), header.interfaceName(), header.publicKey(), OptionalInt.empty()));
        ExitNodeForesight exitNode = new ExitNodeForesight(machine.folders());
        report.heading("Once the peer has agreed, before it is told to begin:");
        add(foresight, plan.beforeGo());
        report.heading("The interface:");
        if (handOver.way() == Way.RESTART) {
            report.note("tailscaled is stopped");
        }
        add(foresight, plan.link());
        addSteps(exitNode.sync(foresight.state(header)));
        addHandOver(foresight, local, remote, handOver);
        report.heading("After the handshake with the peer:");
        add(foresight, plan.afterHandshake());
        add(
                foresight,
                List.of(AutoremoveUnitChange.watching(
                        foresight.state(header), remote.addresses().getFirst(), false)));
        addExitNode(local, handOver.way(), exitNode, foresight.state(header).withPhase(Phase.UP));
    }

    private void addHandOver(Foresight foresight, LocalEnd local, RemoteEnd remote, HandOver handOver) {
        report.heading("The port:");
        if (handOver.way() == Way.TAKEOVER) {
            report.note("tailscaled, which goes on running, is made to take another port than " + handOver.port());
        }
        add(foresight, handOver.changes());
        report.note("WireGuard listens on port " + handOver.port() + ", to peer " + remote.publicKey() + " at "
                + remote.endpoint() + " with allowed IPs "
                + Plans.allowedIps(local).stream().map(IpNetwork::toString).collect(Collectors.joining(", ")));
        report.note(Detail.secret("pre-shared key: ", remote.presharedKey().reveal()));
        if (handOver.way() == Way.RESTART) {
            report.note("tailscaled is started again, with another port");
        }
    }

    private void addExitNode(LocalEnd local, Way way, ExitNodeForesight exitNode, TunnelState standing) {
        if (!AllowedIps.wantsExitNode(local.file())) {
            addSteps(exitNode.sync(standing));
            return;
        }
        report.heading("The exit node, since the AllowedIPs of the file have a default network:");
        addSteps(exitNode.enableByFile(standing));
        if (way == Way.RESTART && local.file().needsDns()) {
            report.note(
                    "tailscaled, started again, may leave /etc/resolv.conf to the file's DNS, and keeps accept-dns then");
        }
        if (local.file().iface().hasIpv6()) {
            report.note(
                    "IPv6 goes through the tunnel too if the peer says that it forwards it; else it is unreachable");
        }
    }

    private void add(Foresight foresight, List<Change> changes) {
        for (Change change : changes) {
            foresight
                    .add(change)
                    .ifPresentOrElse(
                            next -> report.change(next.describe(), next.details(foresight.context())),
                            () -> report.nothingToDo(change));
        }
    }

    private void addSteps(List<ExitNodeForesight.Step> steps) {
        steps.forEach(step -> report.change(step.line(), step.details()));
    }
}
