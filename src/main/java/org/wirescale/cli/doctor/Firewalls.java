package org.wirescale.cli.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.wirescale.os.Commands;
import org.wirescale.os.Programs;
import org.wirescale.protocol.PeerLimits;
import org.wirescale.tunnel.Firewalld;

/** What else filters packets: the port of the daemon by tailscale0, and what comes through tunnels, have to get in. */
final class Firewalls {
    private static final String TAILSCALE = "tailscale0";
    /** What came with wirescale to let peers in. */
    private static final String POLICY = "wirescale";

    private static final Path POLICY_FILE = Path.of("/usr/lib/firewalld/policies", POLICY + ".xml");
    private static final Path UFW = Path.of("/etc/ufw/ufw.conf");
    private static final String PORT = PeerLimits.PORT + "/tcp";

    private final Patient patient;

    Firewalls(Patient patient) {
        this.patient = patient;
    }

    Verdict firewalld() {
        if (!Patient.runs("firewalld.service")) {
            return Verdict.good("does not run");
        }
        if (!Programs.isInstalled("firewall-cmd")) {
            return Verdict.broken(
                    "runs, and there is no firewall-cmd to speak with it: what iptables-accept lets in it drops",
                    "install firewalld completely");
        }
        if (!patient.root()) {
            return Verdict.forRoot("runs; root sees what it lets in");
        }
        Commands.Result state = Commands.run("firewall-cmd", "--state");
        if (!state.ok()) {
            return Verdict.broken(
                    "runs, and 'firewall-cmd --state' failed: " + state.stderr().strip(),
                    "'systemctl restart firewalld', and see 'journalctl -u firewalld'");
        }
        Firewalld firewalld = Firewalld.ofThisMachine();
        String zone = firewalld.zoneOf(TAILSCALE);
        if (firewalld.hasActivePolicy(POLICY)) {
            return Verdict.good("runs, and lets peers in by the policy '" + POLICY + "'");
        }
        if (zone.equals(Firewalld.TRUSTED) || firewalld.has(zone, "port=" + PORT)) {
            return Verdict.good("runs, and lets peers in by " + TAILSCALE + " (zone " + zone + ")");
        }
        return Verdict.warning(
                "runs, and drops what peers ask by " + TAILSCALE + " (zone " + zone + ")",
                Files.exists(POLICY_FILE)
                        ? "'firewall-cmd --reload', which reads the policy '" + POLICY + "' that came with wirescale"
                        : "'firewall-cmd --permanent --zone=" + zone + " --add-port=" + PORT
                                + "' and 'firewall-cmd --reload'");
    }

    /** Its rules come after Tailscale's own, which let in all that comes by tailscale0, where Tailscale makes some. */
    Verdict ufw() {
        if (!isEnabled()) {
            return Verdict.good("not active");
        }
        if (!patient.root()) {
            return Verdict.forRoot("active; root sees what it lets in");
        }
        boolean tailscales = Programs.isInstalled("iptables")
                && Commands.run("iptables", "-w", "5", "-S", "INPUT")
                        .stdout()
                        .lines()
                        .anyMatch(line -> line.equals("-A INPUT -j ts-input"));
        List<String> closed = patient.filesWith(
                        file -> !file.wirescale().options().accept().orElse(false))
                .orElse(List.of());
        String port = "ufw allow in on " + TAILSCALE + " to any port " + PeerLimits.PORT + " proto tcp";
        if (!tailscales && !allows(port)) {
            return Verdict.warning("active, and may drop what peers ask by " + TAILSCALE, "'" + port + "'");
        }
        return closed.isEmpty()
                ? Verdict.good("active, and lets peers in")
                : Verdict.warning(
                        "active: it drops what comes through the tunnels of " + String.join(", ", closed),
                        "'iptables-accept = true' in [Wirescale] of the file, or 'ufw allow in on INTERFACE' for the tunnel's interface");
    }

    private static boolean isEnabled() {
        try (Stream<String> lines = Files.lines(UFW)) {
            return lines.anyMatch(line -> line.strip().equalsIgnoreCase("ENABLED=yes"));
        } catch (IOException e) {
            return false;
        }
    }

    /** Whether its user asked for that rule; 'ufw show added' prints each as it was typed. */
    private static boolean allows(String rule) {
        return Programs.isInstalled("ufw")
                && Commands.run("ufw", "show", "added").stdout().lines().anyMatch(rule::equals);
    }
}
