package org.wirescale.cli.doctor;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.wirescale.config.PeerFile;
import org.wirescale.os.Programs;
import org.wirescale.tunnel.DnsChange;
import org.wirescale.tunnel.Ipv6;
import org.wirescale.tunnel.SettingOwners;

/** DNS and the kernel's settings. */
final class Network {
    private static final Path IPV4 = Path.of("/proc/sys/net/ipv4");
    private static final Path RP_FILTERS = IPV4.resolve("conf");

    private final Patient patient;

    Network(Patient patient) {
        this.patient = patient;
    }

    Verdict dns() {
        Optional<String> program = DnsChange.program();
        if (program.isPresent()) {
            return Verdict.good(program.get());
        }
        Optional<List<String>> asking = patient.filesWith(PeerFile::needsDns);
        String nothing = "there is neither resolvconf nor a systemd-resolved that runs";
        if (asking.isEmpty()) {
            return Verdict.forRoot(nothing + "; root sees whether a file needs one");
        }
        return asking.get().isEmpty()
                ? Verdict.good(nothing + ", and no file has DNS")
                : Verdict.broken(
                        nothing + ", and " + String.join(", ", asking.get()) + " has DNS",
                        "install " + Programs.packageOf("resolvconf") + ", or take DNS out of the file");
    }

    Verdict ipv6() {
        if (Ipv6.isEnabled()) {
            return Verdict.good("enabled for new interfaces");
        }
        Optional<List<String>> asking = patient.filesWith(file -> file.iface().hasIpv6());
        String disabled = "disabled for new interfaces";
        if (asking.isEmpty()) {
            return Verdict.forRoot(disabled + "; root sees whether a file has an IPv6 address");
        }
        return asking.get().isEmpty()
                ? Verdict.good(disabled + ", and no file has an IPv6 address")
                : Verdict.broken(
                        disabled + ", and " + String.join(", ", asking.get()) + " has an IPv6 address",
                        "'sysctl -w net.ipv6.conf.default.disable_ipv6=0', and the same in /etc/sysctl.d");
    }

    Verdict forwarding() {
        String now =
                "net.ipv4.ip_forward is " + read(IPV4.resolve("ip_forward")).orElse("not there");
        if (!patient.root()) {
            return Verdict.forRoot(now + "; root sees whether a tunnel needs it");
        }
        List<String> lost = SettingOwners.lost(patient.folders());
        return lost.isEmpty()
                ? Verdict.good(now + "; a tunnel with iptables-forward turns it on")
                : Verdict.warning(
                        "a tunnel that stands needs " + String.join(", ", lost) + ", and somebody has changed it",
                        "'sysctl -w " + String.join(" ", lost) + "', or take the tunnel down and make it anew");
    }

    /** An interface's own value counts where it is the larger of the two (ip-sysctl, {@code rp_filter}); 1 is strict. */
    Verdict rpFilter() {
        String all = read(RP_FILTERS.resolve("all/rp_filter")).orElse("0");
        TreeSet<String> strict = new TreeSet<>();
        if (!all.equals("2")) {
            try (DirectoryStream<Path> links = Files.newDirectoryStream(RP_FILTERS)) {
                for (Path link : links) {
                    String own = read(link.resolve("rp_filter")).orElse("0");
                    String name = String.valueOf(link.getFileName());
                    boolean isLink = !name.equals("all") && !name.equals("lo");
                    if (isLink && (own.equals("1") || (all.equals("1") && own.equals("0")))) {
                        strict.add(name);
                    }
                }
            } catch (IOException e) {
                return Verdict.unknown(RP_FILTERS + " cannot be read");
            }
        }
        return strict.isEmpty()
                ? Verdict.good("not strict")
                : Verdict.warning(
                        "strict on " + String.join(", ", strict)
                                + ": what comes back by another way than it went, as with Table = off, is dropped",
                        "'sysctl -w net.ipv4.conf.all.rp_filter=2' (loose), and the same in /etc/sysctl.d");
    }

    private static Optional<String> read(Path setting) {
        try {
            return Optional.of(Files.readString(setting).strip());
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
