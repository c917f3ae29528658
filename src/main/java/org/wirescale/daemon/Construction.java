package org.wirescale.daemon;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wirescale.config.AllowedIps;
import org.wirescale.exitnode.ExitNode;
import org.wirescale.exitnode.ExitNodeOptions;
import org.wirescale.model.IpAddress;
import org.wirescale.model.WirescaleException;
import org.wirescale.os.LockName;
import org.wirescale.os.Locks;
import org.wirescale.os.Trace;
import org.wirescale.protocol.PeerMessage;
import org.wirescale.tunnel.AutoremoveUnitChange;
import org.wirescale.tunnel.Handshake;
import org.wirescale.tunnel.LinkSettings;
import org.wirescale.tunnel.Tunnel;
import org.wirescale.tunnel.TunnelHeader;
import org.wirescale.tunnel.TunnelPlan;
import org.wirescale.tunnel.TunnelReason;
import org.wirescale.tunnel.WireGuard;

/**
 * The making of a tunnel once both ends have agreed, the same at both. Closed before it stands, it takes everything back.
 */
final class Construction implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Construction.class);
    /** For the other end's word that its tunnel stands; it had the handshake when we had it, and has hooks to run. */
    private static final Duration PEER_STANDS = Duration.ofSeconds(90);

    /** Whoever has it does no more than run some programs. */
    private static final Duration EXIT_NODE_IS_FREE = Duration.ofSeconds(30);

    private final Machine machine;
    private final Session session;
    private final LocalEnd local;
    private final RemoteEnd remote;
    private final PortHold hold;
    private final Role role;
    private final TunnelPlan plan;
    private Optional<Tunnel> tunnel = Optional.empty();
    private boolean stands;

    Construction(Machine machine, Session session, LocalEnd local, RemoteEnd remote, PortHold hold, Role role) {
        this.machine = machine;
        this.session = session;
        this.local = local;
        this.remote = remote;
        this.hold = hold;
        this.role = role;
        this.plan = Plans.of(
                machine.tunnels(), local, remote, hold.port(), session.token().uid());
    }

    /**
     * What may still be refused, before the other end is told that we are ready: the user's PreUp among it. A tunnel that is about
     * to be replaced has to stay until then, and what would be done now is done after it went.
     */
    void prepare() {
        if (local.replaces().isEmpty()) {
            begin();
        }
    }

    private Tunnel begin() {
        Tunnel begun = Tunnel.begin(machine.folders(), header());
        tunnel = Optional.of(begun);
        begun.applyAll(plan.beforeGo());
        return begun;
    }

    /**
     * Makes the interface, moves the port to it and waits for the handshake.
     *
     * @param nat whether both ends are behind one
     */
    void build(Dialogue dialogue, boolean nat) throws InterruptedException {
        Trace.step("build.begin");
        Tunnel building = setUpLink();
        WireGuard.Peer peer = new WireGuard.Peer(
                remote.publicKey(), Optional.of(remote.presharedKey()), Plans.allowedIps(local), Optional.empty(), 0);
        boolean drives = role == Role.INITIATOR && dialogue.peerIsOurs();
        WireGuard.Peer first = drives ? peer.driven(remote.endpoint()) : peer.passive();
        Leaving leaving = new Leaving(dialogue, role, hold.way(), remote.roundTrip());
        hold.handOver(session, building, leaving::awaitBoth, () -> WireGuard.listen(local.iface(), hold.port(), first));
        LinkSettings settings =
                new LinkSettings(hold.port(), Optional.of(remote.endpoint()), Optional.of(remote.listenPort()));
        building.update(state -> state.withLink(settings));
        Trace.step("port.moved");
        leaving.listening();
        hold.afterLink(session);
        if (dialogue.peerIsOurs()) {
            dialogue.whilePeerIsThere(() -> awaitHandshake(building, peer, drives));
        } else {
            awaitHandshake(building, peer, drives);
        }
        building.applyAll(plan.afterHandshake());
        building.apply(AutoremoveUnitChange.watching(building.state(), addressToWatch(), nat));
        session.say("Launching autoremove subprocess. Running as unit: " + AutoremoveUnitChange.unit(local.iface()));
    }

    /** A link whose packets do not go through an exit node that is on; in place of the old one, where that one is the exit node. */
    private Tunnel setUpLink() {
        if (local.replaces().isEmpty()) {
            Tunnel building = applyLink();
            onExitNode(() -> ExitNode.sync(machine.folders()));
            return building;
        }
        // Nobody is to see the moment without a link, which would be the exit node's end.
        try (Locks.Held _ = lockExitNode()) {
            local.replaces().ifPresent(machine::takeDown);
            Tunnel building = applyLink();
            ExitNode.sync(machine.folders());
            return building;
        }
    }

    private Tunnel applyLink() {
        Tunnel building = tunnel.orElseGet(this::begin);
        hold.beforeLink(session);
        session.say("Setting up WireGuard interface '" + local.iface() + "'...");
        building.update(state -> state.withWay(hold.way()));
        building.applyAll(plan.link());
        return building;
    }

    private void onExitNode(Runnable action) {
        try (Locks.Held _ = lockExitNode()) {
            action.run();
        }
    }

    private Locks.Held lockExitNode() {
        return Locks.take(machine.folders(), LockName.EXIT_NODE, EXIT_NODE_IS_FREE);
    }

    /** The peer's first one of a family that this end has too, or its pings could not be answered. */
    private IpAddress addressToWatch() {
        Set<Boolean> families =
                local.addresses().stream().map(IpAddress::isIpv6).collect(Collectors.toSet());
        return remote.addresses().stream()
                .filter(address -> families.contains(address.isIpv6()))
                .findFirst()
                .orElseGet(() -> remote.addresses().getFirst());
    }

    private void awaitHandshake(Tunnel building, WireGuard.Peer peer, boolean drives) {
        Handshake handshake = new Handshake(local.iface(), peer, remote.endpoint(), remote.roundTrip());
        try {
            long at = drives ? handshake.drive() : handshake.respond();
            building.update(state -> state.withHandshake(at));
            machine.rates().handshake(session.peer().stableId());
            Trace.step("handshake.done");
        } catch (WirescaleException e) {
            if (e.reason() == TunnelReason.NO_HANDSHAKE) {
                machine.rates().noHandshake(session.peer().stableId());
            }
            throw e;
        }
    }

    /**
     * Leaves the tunnel standing, once the other end's stands too where it can tell.
     *
     * @throws WirescaleException when the other end took its tunnel down again; ours goes too
     */
    void stand(Dialogue dialogue) throws InterruptedException {
        Tunnel built = tunnel.orElseThrow();
        built.finish();
        onExitNode(() -> becomeExitNode(built));
        if (dialogue.peerIsOurs()) {
            dialogue.send(new PeerMessage.Success());
            dialogue.expect(PeerMessage.Success.class, PEER_STANDS);
        }
        stands = true;
        machine.standing().cameUp(session.peer().stableId(), local.iface());
        machine.forgetOldPortLater(built);
    }

    /** A tunnel whose file asks for it; a person's choice stays. */
    private void becomeExitNode(Tunnel built) {
        if (!AllowedIps.wantsExitNode(local.file())) {
            // It may be the one that fails closed, made anew.
            ExitNode.sync(machine.folders());
            return;
        }
        if (ExitNode.mayBeReplacedBy(machine.folders(), local.iface(), role == Role.INITIATOR)) {
            Optional<ExitNodeOptions> before =
                    ExitNode.load(machine.folders()).map(node -> node.state().options());
            ExitNode.enable(machine.folders(), built, ExitNodeOptions.byFile(before));
            session.say("Interface '" + local.iface() + "' has been enabled as an exit node ✅");
        } else {
            session.note("Interface '" + local.iface() + "' is not made the exit node: a person chose another one");
        }
    }

    private TunnelHeader header() {
        return Plans.header(
                local,
                remote,
                session.peer(),
                role == Role.INITIATOR,
                session.token().uid());
    }

    @Override
    public void close() {
        if (!stands && tunnel.isPresent()) {
            session.note("Taking back what was done for interface '" + local.iface() + "'");
            HomeComing tailscaled = HomeComing.before(machine.tailnet().api(), hold.port());
            List<WirescaleException> failures = tunnel.get().undo();
            failures.forEach(failure -> LOG.warn("{}", failure.getMessage()));
            hold.close();
            tailscaled.comeBack();
        }
    }
}
