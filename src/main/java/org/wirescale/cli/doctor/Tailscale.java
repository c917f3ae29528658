package org.wirescale.cli.doctor;

import java.nio.file.Files;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import org.wirescale.model.Port;
import org.wirescale.model.WirescaleException;
import org.wirescale.os.LockName;
import org.wirescale.os.Locks;
import org.wirescale.os.Programs;
import org.wirescale.tailscale.HomePort;
import org.wirescale.tailscale.PortTakeover;
import org.wirescale.tailscale.TailscalePorts;
import org.wirescale.tailscale.TailscaleRestart;
import org.wirescale.tailscale.TailscaleStatus;

/** tailscaled, and the way by which its port is had. */
final class Tailscale {
    private static final int MAJOR = 1;
    private static final int MINOR = 60;
    private static final String NOT_RUNNING = "Tailscale does not run";
    /** It may have moved a moment ago. */
    private static final Duration SETTLED = Duration.ofSeconds(3);

    private final Patient patient;

    Tailscale(Patient patient) {
        this.patient = patient;
    }

    Verdict tailscaled() {
        TailscaleStatus status;
        try {
            status = patient.status();
        } catch (WirescaleException e) {
            return Verdict.broken(
                    e.getMessage(),
                    Programs.isInstalled("tailscale")
                            ? "'systemctl enable --now tailscaled', and see 'journalctl -u tailscaled'"
                            : "install " + Programs.packageOf("tailscale"));
        }
        return Platform.isOlder(status.version(), MAJOR, MINOR)
                ? Verdict.broken(
                        status.version() + ": older than " + MAJOR + "." + MINOR,
                        "install " + Programs.packageOf("tailscale"))
                : Verdict.good(status.version() + ", " + port());
    }

    private String port() {
        return HomePort.of(patient.tailscale()).map(port -> "port " + port).orElse("any port");
    }

    Verdict tailnet() {
        TailscaleStatus status;
        try {
            status = patient.status().requireRunning();
        } catch (WirescaleException e) {
            return Verdict.broken(e.getMessage(), "'tailscale up', and see 'tailscale status'");
        }
        String name = status.self().map(self -> self.called(status.suffix())).orElse("this machine");
        return status.isOnline()
                ? Verdict.good("'" + name + "'"
                        + status.suffix().map(suffix -> " of " + suffix).orElse(""))
                : Verdict.warning(
                        "'" + name + "' is not in touch with the tailnet's control server",
                        "'tailscale netcheck' says whether this machine gets out at all");
    }

    Verdict hasInterface() {
        Optional<TailscaleStatus> status = patient.running();
        if (status.isEmpty()) {
            return Verdict.unknown(NOT_RUNNING);
        }
        return status.get().tun()
                ? Verdict.good("tailscaled has one")
                : Verdict.broken(
                        "tailscaled runs in userspace-networking mode, which has none: an upgrade is refused",
                        "run it without '--tun=userspace-networking', see FLAGS in /etc/default/tailscaled");
    }

    Verdict health() {
        Optional<TailscaleStatus> status = patient.running();
        if (status.isEmpty()) {
            return Verdict.unknown(NOT_RUNNING);
        }
        return status.get().health().isEmpty()
                ? Verdict.good("tailscaled complains about nothing")
                : Verdict.warning(
                        "tailscaled says: " + String.join("; ", status.get().health()),
                        "see 'tailscale status' and 'tailscale netcheck'");
    }

    Verdict shieldsUp() {
        if (patient.running().isEmpty()) {
            return Verdict.unknown(NOT_RUNNING);
        }
        return patient.tailscale().isShielded()
                ? Verdict.warning(
                        "on: no peer can ask this machine for a tunnel, nor recover one",
                        "'tailscale set --shields-up=false'")
                : Verdict.good("off");
    }

    /** Nobody else's while a session has the port: its WireGuard would find the port taken. */
    Verdict takeover() {
        if (!patient.root()) {
            return Verdict.forRoot("root sees whether tailscaled's port can be taken over while it runs");
        }
        if (patient.running().isEmpty()) {
            return Verdict.unknown(NOT_RUNNING);
        }
        if (!Files.isDirectory(patient.folders().control())) {
            // Without a daemon since the boot nobody has it, and a lock would be a file that stays.
            return tryTakeover();
        }
        try (Locks.Held _ = Locks.take(patient.folders(), LockName.PORT, SETTLED)) {
            return tryTakeover();
        } catch (WirescaleException e) {
            return Verdict.unknown(e.getMessage());
        }
    }

    /** As far as it can be without moving anything: by this process, whose rights the unit's may not be. */
    private Verdict tryTakeover() {
        try {
            Port port = port(TailscalePorts.find(patient.tailscale(), SETTLED));
            Optional<String> why = whyNot(port);
            if (why.isEmpty()) {
                return Verdict.good("works: tailscaled goes on while a tunnel takes its port " + port);
            }
            TailscaleRestart.prepare(patient.tailscale(), patient.folders(), port)
                    .close();
            return Verdict.warning(
                    "does not work, so that tailscaled is restarted for each tunnel: " + why.get(),
                    "see to what is named there; tunnels can be made meanwhile, and each cuts what goes over Tailscale for a moment");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Verdict.unknown("interrupted");
        } catch (WirescaleException e) {
            return Verdict.broken(
                    "no tunnel can get tailscaled's port: " + e.getMessage(),
                    "run tailscaled as the unit tailscaled.service of this machine, and see to what is named there");
        }
    }

    private static Port port(TailscalePorts ports) {
        return Stream.of(ports.ipv4(), ports.ipv6())
                .flatMap(Optional::stream)
                .findFirst()
                .orElseThrow();
    }

    private Optional<String> whyNot(Port port) throws InterruptedException {
        Optional<String> here = PortTakeover.whyUnavailable(patient.tailscale(), port);
        return here.isPresent() ? here : UnitRights.of(patient.service()).whyNoTakeover();
    }
}
