package org.wirescale.cli.status;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.wirescale.exitnode.ExitNodeStatus;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.WirescaleException;
import org.wirescale.os.Folders;
import org.wirescale.os.Systemd.ActiveState;
import org.wirescale.protocol.HostileText;
import org.wirescale.tunnel.Recreation;
import org.wirescale.tunnel.TunnelStates;
import org.wirescale.tunnel.TunnelSummary;
import org.wirescale.tunnel.WireGuard;

/** Gathers how the tunnels are, by their state files and the kernel: no daemon is asked, and nothing is changed. */
public final class Look {
    static final String FOR_ROOT =
            "peers, endpoints, handshakes and what else only root may see are missing: run it as root, with sudo for example";

    private final Folders folders;
    private final boolean root;
    private final Probe probe;

    /**
     * @param root whether root looks, who sees all of it
     */
    public Look(Folders folders, boolean root) {
        this(folders, root, new MachineProbe());
    }

    Look(Folders folders, boolean root, Probe probe) {
        this.folders = folders;
        this.root = root;
        this.probe = probe;
    }

    /**
     * @throws WirescaleException when WireGuard's links cannot be looked at
     */
    Snapshot now() {
        Optional<String> exitNode = ExitNodeStatus.name(folders);
        Snapshot snapshot = withAwaited(root ? asRoot(exitNode) : asAnybody(exitNode), exitNode);
        if (exitNode.isEmpty()
                || snapshot.tunnels().stream()
                        .anyMatch(tunnel -> tunnel.iface().text().equals(exitNode.get()))) {
            return snapshot;
        }
        List<String> warnings = new ArrayList<>(snapshot.warnings());
        warnings.add("the exit node '" + exitNode.get()
                + "' has no tunnel, and lets nothing out: 'wirescale exit-node --stop' ends it");
        return new Snapshot(snapshot.at(), snapshot.nanos(), snapshot.tunnels(), warnings);
    }

    private Snapshot withAwaited(Snapshot snapshot, Optional<String> exitNode) {
        List<InterfaceName> awaited = Recreation.awaited(folders);
        if (awaited.isEmpty()) {
            return snapshot;
        }
        List<TunnelStatus> tunnels = new ArrayList<>(snapshot.tunnels());
        awaited.forEach(name -> tunnels.add(TunnelStatus.awaited(name, isOn(exitNode, name))));
        return new Snapshot(snapshot.at(), snapshot.nanos(), tunnels, snapshot.warnings());
    }

    private Snapshot asRoot(Optional<String> exitNode) {
        TunnelStates states = TunnelStates.read(folders);
        List<InterfaceName> names =
                states.tunnels().stream().map(TunnelSummary::interfaceName).toList();
        Units units = new Units(names);
        Map<InterfaceName, WireGuard.Status> links = names.isEmpty() ? Map.of() : probe.links(names);
        units.await();
        List<TunnelStatus> tunnels = new ArrayList<>();
        for (TunnelSummary state : states.tunnels()) {
            InterfaceName name = state.interfaceName();
            tunnels.add(
                    TunnelStatus.of(state, Optional.ofNullable(links.get(name)), isOn(exitNode, name), units.of(name)));
        }
        List<String> warnings = new ArrayList<>();
        states.unusable().forEach(problem -> warnings.add(HostileText.clean(problem.getMessage())));
        units.problem().ifPresent(warnings::add);
        return snapshot(tunnels, warnings);
    }

    private Snapshot asAnybody(Optional<String> exitNode) {
        List<InterfaceName> names = TunnelStates.names(folders);
        Units units = new Units(names);
        units.await();
        List<TunnelStatus> tunnels = names.stream()
                .map(name -> TunnelStatus.hidden(name, probe.traffic(name), isOn(exitNode, name), units.of(name)))
                .toList();
        List<String> warnings = new ArrayList<>();
        units.problem().ifPresent(warnings::add);
        if (!names.isEmpty()) {
            warnings.add(FOR_ROOT);
        }
        return snapshot(tunnels, warnings);
    }

    private static Snapshot snapshot(List<TunnelStatus> tunnels, List<String> warnings) {
        return new Snapshot(Instant.now(), System.nanoTime(), tunnels, warnings);
    }

    private static boolean isOn(Optional<String> exitNode, InterfaceName name) {
        return exitNode.filter(name.text()::equals).isPresent();
    }

    /** The watchers, asked for while the links are: each is a program to wait for. */
    private final class Units {
        private final Thread asking;
        private Map<InterfaceName, ActiveState> found = Map.of();
        private Optional<String> problem = Optional.empty();

        Units(List<InterfaceName> names) {
            asking = Thread.ofVirtual().unstarted(() -> ask(names));
            if (!names.isEmpty()) {
                asking.start();
            }
        }

        private void ask(List<InterfaceName> names) {
            try {
                found = probe.watchers(names);
            } catch (WirescaleException e) {
                problem = Optional.of(HostileText.clean(e.getMessage()));
            }
        }

        void await() {
            try {
                if (asking.getState() != Thread.State.NEW) {
                    asking.join();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        Optional<ActiveState> of(InterfaceName name) {
            return Optional.ofNullable(found.get(name));
        }

        Optional<String> problem() {
            return problem;
        }
    }
}
