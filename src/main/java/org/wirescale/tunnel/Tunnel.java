package org.wirescale.tunnel;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.WirescaleException;
import org.wirescale.os.Folders;
import org.wirescale.os.Trace;

/**
 * A tunnel as the list of what was done to the machine for it, each written to the state file before it is done. Whatever ends
 * the program, the list tells what to undo.
 *
 * <p>The caller holds the interface's lock; one thread at a time.
 */
public final class Tunnel {
    private static final Logger LOG = LoggerFactory.getLogger(Tunnel.class);

    private final Folders folders;
    private final StateFile file;
    private TunnelState state;

    private Tunnel(Folders folders, StateFile file, TunnelState state) {
        this.folders = folders;
        this.file = file;
        this.state = state;
    }

    /**
     * A new tunnel in {@link Phase#BUILDING}, written down before anything is done for it.
     *
     * @throws WirescaleException with {@link TunnelReason#STATE_UNWRITABLE}
     */
    public static Tunnel begin(Folders folders, TunnelHeader header) {
        return begin(folders, header, ChangeKinds.standard());
    }

    static Tunnel begin(Folders folders, TunnelHeader header, ChangeKinds kinds) {
        StateFile file = new StateFile(folders, header.interfaceName(), kinds);
        TunnelState state = TunnelState.begin(BootId.current(), header);
        file.write(state);
        return new Tunnel(folders, file, state);
    }

    /** The tunnel of that interface in this boot; a file that is damaged or of another boot is removed and logged. */
    public static Optional<Tunnel> load(Folders folders, InterfaceName name) {
        return load(folders, name, ChangeKinds.standard());
    }

    static Optional<Tunnel> load(Folders folders, InterfaceName name, ChangeKinds kinds) {
        StateFile file = new StateFile(folders, name, kinds);
        return file.read(name, BootId.current()).map(state -> new Tunnel(folders, file, state));
    }

    /** Every tunnel of this boot, by name. */
    public static List<Tunnel> all(Folders folders) {
        List<Tunnel> tunnels = new ArrayList<>();
        for (InterfaceName name : StateFolder.names(folders)) {
            load(folders, name).ifPresent(tunnels::add);
        }
        return List.copyOf(tunnels);
    }

    public TunnelState state() {
        return state;
    }

    public InterfaceName interfaceName() {
        return state.header().interfaceName();
    }

    public ChangeContext context() {
        return new ChangeContext(folders, interfaceName(), state.header().publicKey(), state.ifindex());
    }

    /**
     * Writes the change down, does it, writes down that it is done. What was there before is not written and not done.
     *
     * @return whether anything was done
     * @throws WirescaleException when it cannot be done; the caller then undoes the tunnel
     */
    public boolean apply(Change change) {
        Optional<Change> prepared = change.prepare(context());
        if (prepared.isEmpty()) {
            LOG.debug("{}: was there: {}", interfaceName(), change.describe());
            return false;
        }
        write(state.intending(prepared.get()));
        Trace.step(change.kind() + ".intended");
        Change applied;
        try {
            applied = prepared.get().apply(context());
        } catch (WirescaleException e) {
            Optional<Change> other = prepared.get().instead(e);
            if (other.isEmpty()) {
                throw e;
            }
            LOG.info(
                    "{}: {}; instead: {}",
                    interfaceName(),
                    e.getMessage(),
                    other.get().describe());
            retire(prepared.get());
            return apply(other.get());
        }
        TunnelState done = state.done(applied);
        if (applied instanceof MadeLink link && link.ifindex().isPresent()) {
            done = done.withIfindex(link.ifindex().getAsInt());
        }
        write(done);
        LOG.info("{}: {}", interfaceName(), applied.describe());
        Trace.step(change.kind() + ".done");
        return true;
    }

    public void applyAll(List<Change> changes) {
        changes.forEach(this::apply);
    }

    /** Writes down what was learnt: {@code tunnel.update(s -> s.withWay(Way.TAKEOVER))}. */
    public void update(UnaryOperator<TunnelState> change) {
        write(change.apply(state));
    }

    /** It stands: a crash leaves it alone from now on. Ends a recovery too. */
    public void finish() {
        PastRecoveries past = state.recoveries();
        write(state.withPhase(Phase.UP)
                .withBefore(Optional.empty())
                .withRecoveries(state.phase() == Phase.RECOVERING ? past.andOneThatWorked(now()) : past));
        Trace.step("tunnel.up");
    }

    /**
     * Port and endpoint are about to change; what they are now, and which changes there are, is what {@link #putBack} goes back to.
     *
     * @throws IllegalStateException when no port was ever written down
     */
    public void startRecovery() {
        LinkSettings now = state.link().orElseThrow(() -> new IllegalStateException("a tunnel that is up has a port"));
        write(state.withPhase(Phase.RECOVERING)
                .withBefore(
                        Optional.of(new TunnelState.Before(now, state.entries().size()))));
        Trace.step("tunnel.recovering");
    }

    /**
     * A recovery failed, or died with its process: WireGuard and the generated file get the port and endpoint of
     * {@link #startRecovery} again, the changes made since are undone, and the tunnel is up. The session is kept, unless the
     * recovery replaced the peer. Where somebody else has the port by now, the new one is kept. Goes on to its end whatever
     * single step fails.
     *
     * @return what could not be put back
     */
    public List<WirescaleException> putBack() {
        TunnelState.Before before =
                state.before().orElseThrow(() -> new IllegalStateException("only a recovery is put back"));
        List<WirescaleException> failures = new ArrayList<>();
        LinkSettings link = portAndEndpointOf(before.link(), failures);
        attempt("generated file", () -> GeneratedFileChange.move(folders, interfaceName(), link))
                .ifPresent(failures::add);
        List<TunnelState.Entry> entries = new ArrayList<>(state.entries());
        while (entries.size() > before.entries()) {
            undoOne(entries.removeLast()).ifPresent(failures::add);
        }
        write(state.withEntries(entries)
                .withLink(link)
                .withPhase(Phase.UP)
                .withBefore(Optional.empty())
                .withRecoveries(state.recoveries().andOnePutBack(now())));
        Trace.step("tunnel.put-back");
        return List.copyOf(failures);
    }

    private LinkSettings portAndEndpointOf(LinkSettings before, List<WirescaleException> failures) {
        Optional<WirescaleException> failure =
                attempt("port and endpoint", () -> WireGuard.restore(state.header(), before));
        failure.ifPresent(failures::add);
        boolean taken =
                failure.filter(e -> e.reason() == TunnelReason.PORT_TAKEN).isPresent();
        LinkSettings now = state.link().orElse(before);
        if (!taken || now.listenPort().equals(before.listenPort())) {
            return before;
        }
        LinkSettings newPort = new LinkSettings(now.listenPort(), before.endpoint(), before.remotePort());
        attempt("port and endpoint", () -> WireGuard.restore(state.header(), newPort))
                .ifPresent(failures::add);
        return newPort;
    }

    /** Does a change in place of one that it overwrites, as far as that one was done at all. */
    public void replace(Change change, Change by) {
        List<TunnelState.Entry> entries = new ArrayList<>(state.entries());
        for (int i = entries.size() - 1; i >= 0; i--) {
            if (entries.get(i).change().equals(change)) {
                entries.set(i, new TunnelState.Entry(Progress.INTENDED, by));
                write(state.withEntries(entries));
                Trace.step(by.kind() + ".replacing");
                entries.set(i, new TunnelState.Entry(Progress.DONE, by.apply(context())));
                write(state.withEntries(entries));
                Trace.step(by.kind() + ".replaced");
                return;
            }
        }
    }

    /** Undoes this change alone and forgets it: the accept rule of an old port after a recovery. */
    public void retire(Change change) {
        List<TunnelState.Entry> entries = new ArrayList<>(state.entries());
        for (int i = entries.size() - 1; i >= 0; i--) {
            if (entries.get(i).change().equals(change)) {
                undoOne(entries.remove(i));
                TunnelState next = state.withEntries(entries);
                int at = i;
                write(next.withBefore(next.before()
                        .map(b -> new TunnelState.Before(b.link(), at < b.entries() ? b.entries() - 1 : b.entries()))));
                return;
            }
        }
    }

    /** Whether the link of that name is the one that was made for the tunnel. */
    public boolean hasItsLink() {
        return Link.isOurs(interfaceName(), state.ifindex(), state.header().publicKey());
    }

    /**
     * The changes that others took away, oldest first.
     *
     * @param areas where to look; {@link Area#OTHER} comes with each
     */
    public List<Change> missing(Set<Area> areas) {
        ChangeContext context = context();
        return state.entries().stream()
                .filter(entry -> entry.progress() == Progress.DONE)
                .map(TunnelState.Entry::change)
                .filter(change -> change.area()
                        .filter(area -> area == Area.OTHER || areas.contains(area))
                        .isPresent())
                .filter(change -> !change.isInPlace(context))
                .toList();
    }

    /** Whether a change of this tunnel still stands. */
    public boolean isInPlace(Change change) {
        return change.isInPlace(context());
    }

    /**
     * Does again what others took away of one of {@link #missing}; the state file says it all along.
     *
     * @return what was gone, for the log
     */
    public String putBack(Change change) {
        return change.putBack(context());
    }

    /**
     * Takes everything back, newest first, whatever single step fails, and removes the state file. Needs no disk space and is not
     * stopped by an interrupt.
     *
     * @return what could not be taken back; empty when nothing is left
     */
    public List<WirescaleException> undo() {
        boolean interrupted = Thread.interrupted();
        try {
            markRemoving();
            Trace.step("tunnel.removing");
            List<WirescaleException> failures = new ArrayList<>();
            for (TunnelState.Entry entry : state.entries().reversed()) {
                undoOne(entry).ifPresent(failures::add);
                interrupted |= Thread.interrupted();
            }
            file.delete();
            Trace.step("tunnel.removed");
            return List.copyOf(failures);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void markRemoving() {
        TunnelState removing = state.withPhase(Phase.REMOVING);
        if (!file.overwritePhase(Phase.REMOVING)) {
            LOG.warn("{}: taken down all the same", interfaceName());
        }
        state = removing;
    }

    private Optional<WirescaleException> undoOne(TunnelState.Entry entry) {
        Change change = entry.change();
        Optional<WirescaleException> failure =
                attempt(change.describe(), () -> change.undo(context(), entry.progress()));
        if (failure.isEmpty()) {
            LOG.info("{}: undone: {}", interfaceName(), change.describe());
            Trace.step(change.kind() + ".undone");
        }
        return failure;
    }

    private Optional<WirescaleException> attempt(String what, Runnable step) {
        try {
            step.run();
            return Optional.empty();
        } catch (WirescaleException e) {
            LOG.warn("{}: could not undo '{}': {}", interfaceName(), what, e.getMessage());
            return Optional.of(e);
        } catch (RuntimeException e) {
            // A fault of ours in one step must not keep the others from being undone.
            LOG.error("{}: could not undo '{}'", interfaceName(), what, e);
            return Optional.of(
                    WirescaleException.causedBy(e, TunnelReason.UNDO, "change", what, "error", e.toString()));
        }
    }

    private static long now() {
        return Instant.now().getEpochSecond();
    }

    private void write(TunnelState next) {
        file.write(next);
        state = next;
    }
}
