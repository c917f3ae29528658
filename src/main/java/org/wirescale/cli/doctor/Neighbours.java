package org.wirescale.cli.doctor;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.wirescale.exitnode.OtherVpns;
import org.wirescale.os.Commands;

/** Other programs that have a say in links, rules and routes. */
final class Neighbours {
    private static final List<String> NETWORKD_SETTINGS =
            List.of("ManageForeignRoutes", "ManageForeignRoutingPolicyRules");
    private static final Path NETWORKD_DROP_IN = Path.of("/etc/systemd/networkd.conf.d/wirescale.conf");

    private static final String UDEV_RULE = "84-wirescale.rules";
    private static final List<Path> UDEV_FOLDERS =
            List.of(Path.of("/usr/lib/udev/rules.d"), Path.of("/etc/udev/rules.d"), Path.of("/run/udev/rules.d"));

    private static final Path APPARMOR = Path.of("/sys/kernel/security/apparmor/profiles");
    /** A profile is named after a program, or its path. */
    private static final Pattern CONFINED = Pattern.compile("(?:.*/)?(wg|wg-quick|wirescale[a-z-]*) \\(enforce\\)");

    private final Patient patient;

    Neighbours(Patient patient) {
        this.patient = patient;
    }

    Verdict networkd() {
        if (!Patient.runs("systemd-networkd.service")) {
            return Verdict.good("does not run");
        }
        String settings = Commands.output("systemd-analyze", "cat-config", "systemd/networkd.conf");
        List<String> on = NETWORKD_SETTINGS.stream()
                .filter(setting -> !isOff(settings, setting))
                .toList();
        return on.isEmpty()
                ? Verdict.good("leaves the rules and routes of others alone")
                : Verdict.warning(
                        "takes away rules and routes of Tailscale and of wirescale when it starts anew ("
                                + String.join(", ", on) + "); the daemon puts back its own",
                        "write '[Network]' and below it, each on a line, "
                                + String.join(
                                        " and ",
                                        on.stream()
                                                .map(setting -> "'" + setting + "=no'")
                                                .toList()) + " into "
                                + NETWORKD_DROP_IN + ", then 'systemctl restart systemd-networkd'");
    }

    /** The last word on it counts. */
    static boolean isOff(String settings, String name) {
        return settings.lines()
                .map(String::strip)
                .filter(line -> line.startsWith(name + "="))
                .map(line -> line.substring(name.length() + 1).strip())
                .reduce((_, last) -> last)
                .filter(List.of("no", "false", "off", "0")::contains)
                .isPresent();
    }

    Verdict networkManager() {
        if (!Patient.runs("NetworkManager.service")) {
            return Verdict.good("does not run");
        }
        return UDEV_FOLDERS.stream().anyMatch(folder -> Files.exists(folder.resolve(UDEV_RULE)))
                ? Verdict.good("leaves wirescale's interfaces alone")
                : Verdict.warning(
                        "runs, and the rule " + UDEV_RULE + " that keeps it off wirescale's interfaces is missing",
                        "install wirescale anew, then 'udevadm control --reload'");
    }

    Verdict appArmor() {
        List<String> confined = new ArrayList<>();
        try {
            for (String line : Files.readAllLines(APPARMOR)) {
                Matcher profile = CONFINED.matcher(line.strip());
                if (profile.matches()) {
                    confined.add(profile.group(1));
                }
            }
        } catch (NoSuchFileException e) {
            return Verdict.good("not in use");
        } catch (AccessDeniedException e) {
            return Verdict.forRoot("root sees which profiles are in force");
        } catch (IOException e) {
            return Verdict.unknown(APPARMOR + " cannot be read");
        }
        return confined.isEmpty() ? Verdict.good("confines nothing that wirescale runs") : confined(confined);
    }

    /** wg gets all that it needs by standard input, and speaks with the kernel: its profile's limits are other ones. */
    private Verdict confined(List<String> names) {
        String list = String.join(", ", names);
        boolean harmless = names.stream().noneMatch(name -> name.startsWith("wirescale"))
                && patient.filesWith(file -> !file.iface().hooks().isEmpty())
                        .filter(List::isEmpty)
                        .isPresent()
                && patient.kernelWireGuard().equals(Optional.of(true));
        return harmless
                ? Verdict.good("confines " + list + ", which wirescale does not mind")
                : Verdict.warning(
                        "confines " + list + ": hooks that call them, and wireguard-go's sockets, may be refused",
                        "'journalctl -k | grep DENIED' shows what was refused: allow it in /etc/apparmor.d/local, or 'aa-complain "
                                + String.join(" ", names) + "'");
    }

    Verdict otherVpn() {
        Optional<String> inTheWay = OtherVpns.inTheWay();
        return inTheWay.isEmpty()
                ? Verdict.good("none takes all traffic")
                : Verdict.warning(
                        "takes all traffic before an exit node of wirescale's could: " + inTheWay.get(),
                        "'tailscale set --exit-node=' where that is Tailscale's, else take that VPN down");
    }
}
