package org.wirescale.cli.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.wirescale.daemon.Rights;
import org.wirescale.model.IpAddress;
import org.wirescale.model.WirescaleException;
import org.wirescale.os.Commands;
import org.wirescale.protocol.PeerLimits;
import org.wirescale.tailscale.TailscaleStatus;

/** The daemon and its units. */
final class Units {
    private static final Path ADMINISTRATORS = Path.of("/etc/systemd/system");
    private static final Path NOWHERE = Path.of("/dev/null");
    /** Before the command's own folder on most paths; where 1.0.3 lies. */
    private static final Path OLDER_COMMAND = Path.of("/usr/local/bin/wirescale");

    private static final String NO_SYSTEMD = "this machine is not managed by systemd";
    private static final String JOURNAL = "'journalctl -u wirescaled' says why";

    private final Patient patient;
    private final Runnable askDaemon;

    Units(Patient patient, Runnable askDaemon) {
        this.patient = patient;
        this.askDaemon = askDaemon;
    }

    Verdict socket() {
        return unit(Patient.SOCKET, patient.socket(), "no command reaches the daemon");
    }

    Verdict service() {
        return unit(Patient.SERVICE, patient.service(), "no peer can ask this machine, and nobody puts tunnels right");
    }

    private static Verdict unit(String name, Map<String, String> unit, String consequence) {
        switch (unit.getOrDefault("LoadState", "")) {
            case "loaded" -> {}
            case "" -> {
                return Verdict.unknown(NO_SYSTEMD);
            }
            case "masked" -> {
                return Verdict.broken(
                        "masked: " + consequence,
                        "'systemctl unmask " + name + "' and 'systemctl enable --now " + name + "'");
            }
            case "not-found" -> {
                return Verdict.broken(
                        "there is no unit " + name, "install wirescale anew, or 'systemctl daemon-reload'");
            }
            default -> {
                return Verdict.broken("systemd cannot read " + name, "'systemctl status " + name + "' says why");
            }
        }
        if (!Patient.isActive(unit)) {
            return Verdict.broken(
                    unit.getOrDefault("ActiveState", "not active") + ": " + consequence,
                    "'systemctl enable --now " + name + "'; " + JOURNAL);
        }
        if (unit.getOrDefault("NeedDaemonReload", "no").equals("yes")) {
            return Verdict.warning(
                    "its file was changed, and systemd goes by the old one",
                    "'systemctl daemon-reload' and 'systemctl restart " + name + "'");
        }
        // An unpacked archive's units live until the next boot.
        boolean lasting = !unit.getOrDefault("FragmentPath", "").startsWith("/run/");
        return lasting && unit.getOrDefault("UnitFileState", "").equals("disabled")
                ? Verdict.warning("active, and not started at boot", "'systemctl enable " + name + "'")
                : Verdict.good("active");
    }

    /** Units and a command that would be started instead of the ones that came with this version. */
    Verdict olderVersion() {
        List<String> hiding = new ArrayList<>();
        for (String name : List.of(Patient.SOCKET, Patient.SERVICE)) {
            Path unit = ADMINISTRATORS.resolve(name);
            if (Files.exists(unit, LinkOption.NOFOLLOW_LINKS) && !isMask(unit)) {
                hiding.add(unit.toString());
            }
        }
        if (Files.exists(OLDER_COMMAND, LinkOption.NOFOLLOW_LINKS) && !isThisProgram(OLDER_COMMAND)) {
            hiding.add(OLDER_COMMAND.toString());
        }
        return hiding.isEmpty()
                ? Verdict.good("none hides this one")
                : Verdict.broken(
                        String.join(", ", hiding)
                                + ": of wirescale 1.0.3, or made by hand; started in place of this version's",
                        "'rm " + String.join(" ", hiding) + "', 'systemctl daemon-reload', 'systemctl restart "
                                + Patient.SOCKET + " " + Patient.SERVICE
                                + "'; 1.0.3 itself goes with 'pipx uninstall wirescale'");
    }

    /** It may be a link to where an archive was unpacked. */
    private static boolean isThisProgram(Path command) {
        try {
            Path own = Path.of(System.getProperty("java.home"))
                    .resolveSibling("bin")
                    .resolve("wirescale");
            return Files.isSameFile(command, own);
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean isMask(Path unit) {
        try {
            return Files.readSymbolicLink(unit).equals(NOWHERE);
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    Verdict rights() {
        if (!patient.service().getOrDefault("LoadState", "").equals("loaded")) {
            return Verdict.unknown(Patient.SERVICE + " is not there to be looked at");
        }
        UnitRights rights = UnitRights.of(patient.service());
        String fix = "'systemctl cat " + Patient.SERVICE
                + "' shows the drop-in: take the line out of it, then 'systemctl daemon-reload'"
                + " and 'systemctl restart " + Patient.SERVICE + "'";
        if (!rights.fatal().isEmpty()) {
            return Verdict.broken(String.join("; ", rights.fatal()), fix);
        }
        return rights.lessening().isEmpty()
                ? Verdict.good("the daemon may do what it needs")
                : Verdict.warning(String.join("; ", rights.lessening()), fix);
    }

    Verdict group() {
        if (Rights.groupId().isEmpty()) {
            return Verdict.warning(
                    "there is no group " + Rights.GROUP + ": root alone may use --iptables-…",
                    "'systemd-sysusers wirescale.conf', or 'groupadd --system " + Rights.GROUP + "'");
        }
        if (patient.root()) {
            return Verdict.good("its members may use every option of an upgrade, as root may");
        }
        return Verdict.good(
                Rights.isInGroup(uid())
                        ? "you are a member, and may use every option of an upgrade"
                        : "you are no member: a plain upgrade is allowed, and 'usermod -aG " + Rights.GROUP
                                + " YOUR_NAME' allows the rest");
    }

    private static int uid() {
        try {
            return (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        } catch (IOException e) {
            // Nobody.
            return -1;
        }
    }

    /** Only one that runs is asked: the question would start it. */
    Verdict daemon() {
        if (!patient.daemonRuns()) {
            return Verdict.broken("does not run", "see " + Patient.SERVICE + " above");
        }
        if (!patient.root() && !Files.isWritable(patient.folders().socket())) {
            return Verdict.forRoot("runs, and its socket is not for you");
        }
        try {
            askDaemon.run();
            return Verdict.good("answers");
        } catch (WirescaleException e) {
            return Verdict.broken(
                    e.getMessage(), "'systemctl restart " + Patient.SOCKET + " " + Patient.SERVICE + "'; " + JOURNAL);
        }
    }

    Verdict peerPort() {
        Optional<TailscaleStatus> status = patient.running();
        if (status.isEmpty()) {
            return Verdict.unknown("Tailscale does not run");
        }
        String port = "TCP " + PeerLimits.PORT;
        if (!patient.daemonRuns()) {
            return Verdict.broken("the daemon does not run, to listen on " + port, "see " + Patient.SERVICE + " above");
        }
        Set<String> listening = listening();
        List<IpAddress> deaf = status.get().ownAddresses().stream()
                .filter(address -> !listening.contains(address.toString()))
                .toList();
        return deaf.isEmpty()
                ? Verdict.good("the daemon listens on " + port)
                : Verdict.broken(
                        "the daemon does not listen on " + port + " of " + deaf.getFirst()
                                + ": no peer can ask this machine",
                        "'ss -ltnp sport = :" + PeerLimits.PORT + "' says who else has it; " + JOURNAL);
    }

    /** The addresses on which the daemon does, or anybody, where nobody but root sees who. */
    private Set<String> listening() {
        String daemon = "pid=" + patient.service().getOrDefault("MainPID", "") + ",";
        return Commands.output("ss", "-Hltnp", "sport", "=", ":" + PeerLimits.PORT)
                .lines()
                .filter(line -> !patient.root() || line.contains(daemon))
                .map(line -> line.strip().split("\\s+")[3])
                .map(Units::address)
                .collect(Collectors.toSet());
    }

    /** Of ss(8): {@code 100.64.0.1:41642}, {@code [fd7a::1]:41642}, and {@code [::ffff:100.64.0.1]:41642} of a socket for both. */
    static String address(String local) {
        String address = local.substring(0, Math.max(0, local.lastIndexOf(':')));
        String bare = address.startsWith("[") ? address.substring(1, address.length() - 1) : address;
        return bare.startsWith("::ffff:") ? bare.substring("::ffff:".length()) : bare;
    }
}
