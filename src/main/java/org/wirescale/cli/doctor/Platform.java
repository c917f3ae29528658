package org.wirescale.cli.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.wirescale.model.WirescaleException;
import org.wirescale.os.Commands;
import org.wirescale.os.Programs;
import org.wirescale.os.Systemd;
import org.wirescale.tunnel.UserspaceLinkChange;

/** The kernel and systemd. */
final class Platform {
    private static final Path RELEASE = Path.of("/proc/sys/kernel/osrelease");
    private static final Path TUN = Path.of("/dev/net/tun");
    private static final Pattern NUMBERS = Pattern.compile("([0-9]{1,6})\\.([0-9]{1,6})\\b");
    private static final Pattern SYSTEMD = Pattern.compile("^systemd ([0-9]{1,6})\\b");
    /** The oldest that the units are tried with. */
    private static final int OLDEST_SYSTEMD = 252;

    private final Patient patient;

    Platform(Patient patient) {
        this.patient = patient;
    }

    /** pidfd_getfd(2), and with it the takeover, is there since 5.6, as WireGuard is. */
    Verdict kernel() {
        String release;
        try {
            release = Files.readString(RELEASE).strip();
        } catch (IOException e) {
            return Verdict.unknown("there is no " + RELEASE);
        }
        return isOlder(release, 5, 6)
                ? Verdict.warning(
                        release + ": older than 5.6, so that tailscaled is restarted for each tunnel",
                        "boot Linux 5.6 or newer")
                : Verdict.good(release);
    }

    /** Whether the first numbers of a version are below these; a version without numbers is not. */
    static boolean isOlder(String version, int major, int minor) {
        Matcher numbers = NUMBERS.matcher(version);
        if (!numbers.find()) {
            return false;
        }
        int first = Integer.parseInt(numbers.group(1));
        return first < major || (first == major && Integer.parseInt(numbers.group(2)) < minor);
    }

    Verdict systemd() {
        if (!Systemd.isBooted()) {
            return Verdict.broken(
                    "this machine is not managed by systemd, which starts the daemon and watches the tunnels",
                    "boot it with systemd; in a container, let systemd be its first process");
        }
        String line =
                Commands.output("systemctl", "--version").lines().findFirst().orElse("");
        Matcher version = SYSTEMD.matcher(line);
        return version.find() && Integer.parseInt(version.group(1)) < OLDEST_SYSTEMD
                ? Verdict.broken(
                        line + ": older than " + OLDEST_SYSTEMD,
                        "use a release of the distribution with systemd " + OLDEST_SYSTEMD + " or newer")
                : Verdict.good(line);
    }

    Verdict systemdRun() {
        return Programs.isInstalled("systemd-run")
                ? Verdict.good("installed")
                : Verdict.broken(
                        "not installed: hooks, watchers and wireguard-go run in units that it makes",
                        "install systemd completely");
    }

    Verdict wireGuard() {
        Optional<Boolean> there = patient.kernelWireGuard();
        if (there.equals(Optional.of(true))) {
            return Verdict.good("in the kernel");
        }
        String kernel =
                there.isPresent() ? "the kernel has no WireGuard" : "whether the kernel has WireGuard is not known";
        String better =
                "'modprobe wireguard' after the package with all modules of this kernel, or a kernel that has it";
        try {
            return Verdict.warning(
                    kernel + ": " + UserspaceLinkChange.program()
                            + " makes the tunnels, and takes more of the processor",
                    better);
        } catch (WirescaleException e) {
            return Verdict.broken(
                    kernel + ", and " + e.detail("program") + " is not installed",
                    better + "; else install " + e.detail("program"));
        }
    }

    Verdict tun() {
        if (Files.exists(TUN)) {
            return Verdict.good(TUN.toString());
        }
        String fix = "'modprobe tun'; a container has to be given " + TUN;
        return patient.kernelWireGuard().equals(Optional.of(true))
                ? Verdict.warning("there is no " + TUN + ": tailscaled cannot start anew", fix)
                : Verdict.broken("there is no " + TUN + ": wireguard-go and tailscaled need it", fix);
    }
}
