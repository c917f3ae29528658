package org.wirescale.tailscale;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wirescale.model.Port;
import org.wirescale.model.WirescaleException;
import org.wirescale.os.Descriptor;
import org.wirescale.os.Errno;
import org.wirescale.os.Folders;
import org.wirescale.os.Sockets;
import org.wirescale.os.Sockets.Family;
import org.wirescale.os.Syscalls;
import org.wirescale.os.Syscalls.OpenFlag;
import org.wirescale.os.Trace;

/**
 * Getting tailscaled's UDP port by stopping it for a moment, where it cannot be taken over. All that speaks over Tailscale is
 * silent meanwhile. Whatever becomes of this process, tailscaled runs again: systemd itself starts it after 15 s, as long as the
 * marker {@code tailscaled-stopped} is there. An administrator who stops tailscaled leaves no marker, and is obeyed.
 *
 * <pre>
 * try (TailscaleRestart restart = TailscaleRestart.prepare(api, folders, port)) {   // before anything is changed
 *     restart.stop();
 *     restart.release();
 *     …let WireGuard listen on the port…
 *     restart.start();
 * }
 * </pre>
 */
public final class TailscaleRestart implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TailscaleRestart.class);
    private static final String MARKER = "tailscaled-stopped";
    private static final Duration WITHOUT_US = Duration.ofSeconds(15);
    private static final Duration RUNS_WITHIN = Duration.ofSeconds(30);

    private final LocalApi api;
    private final TailscaledUnit unit;
    private final Path marker;
    private final Port port;
    private final List<Descriptor> held = new ArrayList<>();
    private boolean stopped;

    private TailscaleRestart(LocalApi api, TailscaledUnit unit, Path marker, Port port) {
        this.api = api;
        this.unit = unit;
        this.marker = marker;
        this.port = port;
    }

    /**
     * Looks whether tailscaled can be restarted. Nothing is changed yet.
     *
     * @throws WirescaleException with {@link TailscaleReason#RESTART_IMPOSSIBLE} when it is no unit of ours to stop, or with
     *     {@link TailscaleReason#USERSPACE}: its connections live in its own memory then
     */
    public static TailscaleRestart prepare(LocalApi api, Folders folders, Port port) {
        return prepare(api, TailscaledUnit.system(), folders, port);
    }

    static TailscaleRestart prepare(LocalApi api, TailscaledUnit unit, Folders folders, Port port) {
        if (!unit.isManaged()) {
            throw impossible("this machine is not managed by systemd");
        }
        OptionalLong main = unit.mainPid();
        if (main.isEmpty()) {
            throw impossible("the unit " + Tailscaled.UNIT + " does not run");
        }
        try (RebindConnection connection = api.connectForRebind()) {
            if (connection.peerPid() != main.getAsLong()) {
                throw impossible(
                        "it is not the unit " + Tailscaled.UNIT + ", but a container or another program's child");
            }
        }
        api.statusWithoutPeers().requireRunning().requireInterface();
        Path marker = folders.control().resolve(MARKER);
        if (!marker.toString().matches("[a-zA-Z0-9/._-]+")) {
            throw impossible("the path " + marker + " cannot be given to a shell");
        }
        return new TailscaleRestart(api, unit, marker, port);
    }

    /**
     * Stops tailscaled and holds its port in both families.
     *
     * @throws WirescaleException with {@link TailscaleReason#RESTART_FAILED}, or {@link TailscaleReason#PORT_TAKEN} when another
     *     program has the port in one family; tailscaled runs again then
     */
    public void stop() {
        mark();
        try {
            unit.startLater(marker, WITHOUT_US);
            stopped = true;
            Trace.step("tailscaled.stop");
            unit.stop();
            Trace.step("tailscaled.stopped");
            for (Family family : Family.values()) {
                hold(family);
            }
        } catch (WirescaleException e) {
            if (stopped) {
                close();
            } else {
                unmark();
            }
            throw e;
        }
    }

    private void hold(Family family) {
        try {
            Sockets.holdUdp(family, port).ifPresent(held::add);
        } catch (WirescaleException e) {
            if (Errno.of(e).filter(errno -> errno == Errno.EADDRINUSE).isEmpty()) {
                throw e;
            }
            throw WirescaleException.causedBy(
                    e, TailscaleReason.PORT_TAKEN, "port", port, "family", family == Family.IPV6 ? "IPv6" : "IPv4");
        }
    }

    /** Lets go of the port: WireGuard can have it, and has to before {@link #start}. */
    public void release() {
        held.forEach(Descriptor::close);
        held.clear();
    }

    /**
     * Starts tailscaled and waits until it runs.
     *
     * @throws WirescaleException with {@link TailscaleReason#RESTART_FAILED}; systemd goes on trying
     */
    public void start() throws InterruptedException {
        startUnit();
        if (!api.awaitRunning(RUNS_WITHIN)) {
            throw WirescaleException.of(
                    TailscaleReason.RESTART_FAILED,
                    "why",
                    "it is not ready after " + RUNS_WITHIN.toSeconds() + " s, see 'journalctl -u tailscaled'");
        }
    }

    private void startUnit() {
        release();
        try {
            unit.start();
        } catch (WirescaleException e) {
            throw WirescaleException.causedBy(e, TailscaleReason.RESTART_FAILED, "why", e.getMessage());
        }
        stopped = false;
        Trace.step("tailscaled.started");
        unmark();
    }

    private void mark() {
        try {
            Files.createDirectories(marker.getParent());
            Syscalls.open(marker, 0600, OpenFlag.CREATE, OpenFlag.WRITE, OpenFlag.NO_FOLLOW)
                    .close();
        } catch (IOException e) {
            throw WirescaleException.causedBy(
                    e, TailscaleReason.RESTART_IMPOSSIBLE, "why", marker + " cannot be written");
        }
    }

    private void unmark() {
        if (stopped) {
            return;
        }
        try {
            Files.deleteIfExists(marker);
            unit.cancelStartLater();
        } catch (IOException | WirescaleException e) {
            // What stays starts a tailscaled that runs already.
            LOG.warn("The marker or timer of a restart of tailscaled was left over", e);
        }
    }

    /** Lets go of the port, and starts tailscaled if it is still stopped. */
    @Override
    public void close() {
        release();
        if (stopped) {
            try {
                startUnit();
            } catch (WirescaleException e) {
                LOG.error("{}", e.getMessage());
            }
        }
    }

    private static WirescaleException impossible(String why) {
        return WirescaleException.of(TailscaleReason.RESTART_IMPOSSIBLE, "why", why);
    }
}
