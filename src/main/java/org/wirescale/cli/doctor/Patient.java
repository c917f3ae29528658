package org.wirescale.cli.doctor;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.wirescale.config.FileCheck;
import org.wirescale.config.PeerFile;
import org.wirescale.config.PeerFiles;
import org.wirescale.model.WirescaleException;
import org.wirescale.os.Folders;
import org.wirescale.os.Systemd;
import org.wirescale.tailscale.LocalApi;
import org.wirescale.tailscale.TailscaleStatus;
import org.wirescale.tunnel.KernelWireGuard;

/** The machine that is looked at, and what more than one look asks it for. */
final class Patient {
    static final String SERVICE = "wirescaled.service";
    static final String SOCKET = "wirescaled.socket";
    private static final List<String> PROPERTIES = List.of(
            "LoadState",
            "ActiveState",
            "UnitFileState",
            "FragmentPath",
            "NeedDaemonReload",
            "MainPID",
            "ExecStart",
            "User",
            "SystemCallFilter",
            "CapabilityBoundingSet",
            "RestrictAddressFamilies",
            "PrivateNetwork",
            "MemoryDenyWriteExecute",
            "RuntimeDirectoryPreserve");

    private final Folders folders;
    private final LocalApi tailscale;
    private final boolean root;
    private final Once<TailscaleStatus> status;
    private final Once<List<FileCheck>> files;
    private final Once<Optional<Boolean>> kernelWireGuard = new Once<>(KernelWireGuard::isThere);
    private final Once<Map<String, String>> service;
    private final Once<Map<String, String>> socket;

    Patient(Folders folders, LocalApi tailscale, boolean root) {
        this.folders = folders;
        this.tailscale = tailscale;
        this.root = root;
        status = new Once<>(tailscale::statusWithoutPeers);
        files = new Once<>(() -> new PeerFiles(folders.configuration()).checkAll());
        service = new Once<>(() -> unit(SERVICE));
        socket = new Once<>(() -> unit(SOCKET));
    }

    Folders folders() {
        return folders;
    }

    LocalApi tailscale() {
        return tailscale;
    }

    /** Whether root looks. */
    boolean root() {
        return root;
    }

    /**
     * @throws WirescaleException where tailscaled does not say
     */
    TailscaleStatus status() {
        return status.get();
    }

    /** The status of a Tailscale that runs; empty for any other, of which others than its own lines say nothing. */
    Optional<TailscaleStatus> running() {
        try {
            return Optional.of(status().requireRunning());
        } catch (WirescaleException e) {
            return Optional.empty();
        }
    }

    /**
     * All that is to be said of the peers' files, which are root's to read.
     *
     * @throws WirescaleException where the folder cannot be looked into
     */
    List<FileCheck> files() {
        return files.get();
    }

    /**
     * The names of the files without an error that have it; empty where nobody but root can tell.
     */
    Optional<List<String>> filesWith(Predicate<PeerFile> property) {
        if (!root) {
            return Optional.empty();
        }
        return Optional.of(files().stream()
                .flatMap(check -> check.file().stream())
                .filter(property)
                .map(file -> String.valueOf(file.path().getFileName()))
                .toList());
    }

    /** Whether the kernel has WireGuard; empty where nobody can tell. */
    Optional<Boolean> kernelWireGuard() {
        return kernelWireGuard.get();
    }

    private static Map<String, String> unit(String name) {
        return Systemd.isBooted() ? Systemd.properties(name, PROPERTIES) : Map.of();
    }

    /** How systemd knows the daemon's service; nothing where there is no systemd. */
    Map<String, String> service() {
        return service.get();
    }

    /** The same of the daemon's socket. */
    Map<String, String> socket() {
        return socket.get();
    }

    boolean daemonRuns() {
        return isActive(service());
    }

    /** Whether another program's unit does. */
    static boolean runs(String unit) {
        return Systemd.isBooted() && Systemd.unit(unit).isRunning();
    }

    static boolean isActive(Map<String, String> unit) {
        return unit.getOrDefault("ActiveState", "").equals("active");
    }
}
