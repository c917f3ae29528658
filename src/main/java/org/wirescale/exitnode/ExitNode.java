package org.wirescale.exitnode;

import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.WirescaleException;
import org.wirescale.os.Folders;
import org.wirescale.os.Trace;
import org.wirescale.tunnel.Area;
import org.wirescale.tunnel.BootId;
import org.wirescale.tunnel.Change;
import org.wirescale.tunnel.ChangeContext;
import org.wirescale.tunnel.DnsChange;
import org.wirescale.tunnel.FirewallMark;
import org.wirescale.tunnel.Phase;
import org.wirescale.tunnel.Progress;
import org.wirescale.tunnel.Tunnel;
import org.wirescale.tunnel.TunnelHeader;
import org.wirescale.tunnel.TunnelState;

/**
 * The exit node as the list of what was done to the machine for it, each written down before it is done.
 *
 * <p>What there should be follows from its state and from the tunnels that there are ({@link ExitNodePlan}); {@link #converge} brings
 * the one to the other, new things before old ones go. So enabling, replacing, keeping in step with tunnels that come and go, and going
 * on after a crash are one and the same.
 *
 * <p>The caller holds the exit node's lock.
 */
public final class ExitNode {
    private static final Logger LOG = LoggerFactory.getLogger(ExitNode.class);

    private final Folders folders;
    private final ExitNodeFile file;
    private ExitNodeState state;

    private ExitNode(Folders folders, ExitNodeFile file, ExitNodeState state) {
        this.folders = folders;
        this.file = file;
        this.state = state;
    }

    /** The one that is on, or was about to be, or to go. */
    public static Optional<ExitNode> load(Folders folders) {
        ExitNodeFile file = new ExitNodeFile(folders);
        return file.read().map(state -> new ExitNode(folders, file, state));
    }

    /**
     * Sends everything through the tunnel; in place of another exit node, without a moment in the clear. What fails is undone.
     *
     * @param tunnel that is up, or is about to be
     * @throws WirescaleException with an {@link ExitNodeReason}, or when a change cannot be made
     */
    public static ExitNode enable(Folders folders, Tunnel tunnel, ExitNodeOptions options) {
        ExitNodeFile file = new ExitNodeFile(folders);
        Optional<ExitNodeState> before = file.read();
        ExitNodeState state = begin(before, tunnel.state(), options);
        file.write(state);
        Trace.step("exit-node.begun");
        ExitNode node = new ExitNode(folders, file, state);
        try {
            node.converge();
        } catch (WirescaleException e) {
            node.takeBack(before, e);
            throw e;
        }
        node.write(node.state.withPhase(Phase.UP));
        Trace.step("exit-node.up");
        Optional<String> _ = node.keepDns();
        return node;
    }

    /**
     * The state that enabling begins with.
     *
     * @param before of the exit node whose place it takes
     * @throws WirescaleException with an {@link ExitNodeReason} when that cannot be
     */
    static ExitNodeState begin(Optional<ExitNodeState> before, TunnelState tunnel, ExitNodeOptions options) {
        TunnelHeader header = tunnel.header();
        List<IpFamily> through = ExitNodePlan.families(tunnel);
        if (through.isEmpty()) {
            throw WirescaleException.of(ExitNodeReason.NO_FAMILY, "interface", header.interfaceName());
        }
        requireTool(options);
        OtherVpns.requireNone();
        FirewallMark own = tunnel.ownMark();
        return new ExitNodeState(
                before.map(ExitNodeState::phase).filter(Phase.UP::equals).orElse(Phase.BUILDING),
                BootId.current(),
                Instant.now().getEpochSecond(),
                header.interfaceName(),
                header.publicKey(),
                header.peerKey(),
                tunnel.ifindex(),
                own.isNone() ? ExitNumbers.EXIT : own,
                through,
                options,
                before.map(ExitNodeState::entries).orElse(List.of()));
    }

    private static void requireTool(ExitNodeOptions options) {
        boolean always = options.failClosed() == FailClosed.ALWAYS;
        if ((always || options.keepInbound()) && Tool.here() != Tool.NFT) {
            throw WirescaleException.of(
                    ExitNodeReason.NEEDS_NFT, "option", always ? "--fail-closed=always" : "--keep-inbound");
        }
    }

    /** To what there was before: another exit node, or none. */
    private void takeBack(Optional<ExitNodeState> before, WirescaleException why) {
        if (before.isEmpty()) {
            stop().forEach(why::addSuppressed);
            return;
        }
        write(before.get().withEntries(state.entries()));
        try {
            converge();
        } catch (WirescaleException e) {
            why.addSuppressed(e);
        }
    }

    public ExitNodeState state() {
        return state;
    }

    public InterfaceName name() {
        return state.name();
    }

    private ChangeContext context() {
        return new ChangeContext(folders, state.name(), state.publicKey(), state.ifindex());
    }

    /** The tunnel that it goes through, while that has its link. */
    public Optional<Tunnel> tunnel() {
        return Tunnel.load(folders, state.name())
                .filter(tunnel -> tunnel.state().phase() != Phase.REMOVING)
                .filter(Tunnel::hasItsLink);
    }

    /** Does what is missing in the list for the state and the tunnels as they are now; then undoes what is too much in it. */
    public void converge() {
        List<Change> wanted = ExitNodePlan.of(state, ExitNodePlan.living(folders));
        for (Change change : ExitNodePlan.due(state.entries(), wanted)) {
            ExitNodePlan.find(state.entries(), change)
                    .ifPresentOrElse(old -> replace(old, change), () -> apply(change));
        }
        ExitNodePlan.excess(state.entries(), wanted).forEach(this::retire);
    }

    /**
     * Ends what a command or a daemon that died had begun: what was being made is undone, or, where traffic must not get out, made
     * to its end; what was being taken back goes.
     *
     * @return whether it is on
     */
    public boolean finish() {
        boolean stands = state.phase() == Phase.UP || (state.phase() == Phase.BUILDING && state.isClosed());
        if (!stands) {
            stop();
        } else if (state.phase() == Phase.BUILDING) {
            converge();
            write(state.withPhase(Phase.UP));
        }
        return stands;
    }

    private void apply(Change change) {
        Optional<Change> prepared = change.prepare(context());
        if (prepared.isEmpty()) {
            return;
        }
        List<TunnelState.Entry> entries = new ArrayList<>(state.entries());
        entries.removeIf(entry -> ExitNodePlan.isSame(entry.change(), change));
        int at = entries.size();
        entries.add(new TunnelState.Entry(Progress.INTENDED, prepared.get()));
        run(entries, at, prepared.get());
    }

    private void replace(Change old, Change by) {
        List<TunnelState.Entry> entries = new ArrayList<>(state.entries());
        int at = entries.indexOf(new TunnelState.Entry(Progress.DONE, old));
        entries.set(at, new TunnelState.Entry(Progress.INTENDED, by));
        run(entries, at, by);
    }

    private void run(List<TunnelState.Entry> entries, int at, Change change) {
        write(state.withEntries(entries));
        Trace.step(change.kind() + ".intended");
        Change applied = change.apply(context());
        entries.set(at, new TunnelState.Entry(Progress.DONE, applied));
        write(state.withEntries(entries));
        LOG.info("exit node {}: {}", state.name(), applied.describe());
        Trace.step(change.kind() + ".done");
    }

    private void retire(TunnelState.Entry entry) {
        Optional<WirescaleException> _ = undo(entry);
        List<TunnelState.Entry> entries = new ArrayList<>(state.entries());
        entries.remove(entry);
        write(state.withEntries(entries));
    }

    private Optional<WirescaleException> undo(TunnelState.Entry entry) {
        try {
            entry.change().undo(context(), entry.progress());
            LOG.info("exit node {}: undone: {}", state.name(), entry.change().describe());
            Trace.step(entry.change().kind() + ".undone");
            return Optional.empty();
        } catch (WirescaleException e) {
            LOG.warn(
                    "exit node {}: could not undo '{}': {}",
                    state.name(),
                    entry.change().describe(),
                    e.getMessage());
            return Optional.of(e);
        }
    }

    /** What others took away, oldest first, of what is looked for in those areas. */
    public List<Change> missing(Set<Area> areas) {
        ChangeContext context = context();
        return state.entries().stream()
                .filter(entry -> entry.progress() == Progress.DONE)
                .map(TunnelState.Entry::change)
                .filter(change -> change.area().filter(areas::contains).isPresent())
                .filter(change -> !change.isInPlace(context))
                .toList();
    }

    /**
     * Does it again.
     *
     * @return what was gone, for the log
     */
    public String putBack(Change change) {
        return change.putBack(context());
    }

    /**
     * Takes everything back, newest first, whatever single step fails.
     *
     * @return what could not be taken back
     */
    public List<WirescaleException> stop() {
        write(state.withPhase(Phase.REMOVING));
        Trace.step("exit-node.removing");
        List<WirescaleException> failures = new ArrayList<>();
        state.entries().reversed().forEach(entry -> undo(entry).ifPresent(failures::add));
        file.delete();
        Trace.step("exit-node.removed");
        return List.copyOf(failures);
    }

    /** Whether there is none, and yet something of one: a boot ends it, but not what tailscaled was told for it. */
    public static boolean wasEndedByBoot(Folders folders) {
        return TailscaleDnsChange.isNoted(folders) && load(folders).isEmpty();
    }

    /** Ends that, too, once tailscaled runs. */
    public static void finishEndByBoot(Folders folders) {
        TailscaleDnsChange.giveBack(folders);
    }

    /**
     * Takes away what is found of an exit node whose state is lost, or that a boot left.
     *
     * @return whether anything was there
     */
    public static boolean removeLeftovers(Folders folders) {
        boolean closed = BarrierAtBootChange.isThere(folders);
        boolean rules = IpFamily.present().stream()
                .anyMatch(family -> !PolicyRule.ours(PolicyRule.all(family)).isEmpty());
        ExitNodeLeftovers.remove(folders);
        finishEndByBoot(folders);
        return closed || rules;
    }

    /**
     * Lets names be asked first where the tunnel's file says, should another program have written its own servers since.
     *
     * @return what was put back, for the log
     */
    public Optional<String> keepDns() {
        Optional<Tunnel> tunnel = tunnel();
        Optional<DnsChange> lost =
                tunnel.map(Tunnel::state).flatMap(TunnelState::dns).filter(dns -> !dns.isInForce());
        lost.ifPresent(dns -> dns.renew(tunnel.orElseThrow().context()));
        return lost.map(DnsChange::describe);
    }

    private void write(ExitNodeState next) {
        file.write(next);
        state = next;
    }

    /** Marks, routes and rules for a tunnel that came or went; nothing where no exit node is on. */
    public static void sync(Folders folders) {
        load(folders).filter(node -> node.state.phase() == Phase.UP).ifPresent(node -> {
            node.converge();
            node.missing(EnumSet.of(Area.ROUTING)).forEach(node::putBack);
        });
    }

    /** Whether a tunnel that an exit node's file asks for may become it: no person has chosen another. */
    public static boolean mayBeReplacedBy(Folders folders, InterfaceName name, boolean byPerson) {
        return byPerson
                || load(folders)
                        .filter(node ->
                                node.state.options().chosen() && !node.name().equals(name))
                        .isEmpty();
    }
}
