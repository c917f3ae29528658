package org.wirescale.cli.doctor;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.wirescale.exitnode.ExitNodeNeeds;
import org.wirescale.os.Commands;
import org.wirescale.os.Programs;
import org.wirescale.tunnel.Nft;
import org.wirescale.tunnel.NftNeeds;

/** The programs that are run. */
final class Tools {
    private static final Path IPV6 = Path.of("/proc/net/if_inet6");
    /** The tables of iptables in which there are rules of ours. */
    private static final List<String> TABLES = List.of("filter", "mangle", "nat", "raw");

    private final Patient patient;
    private final Once<Boolean> nftWorks = new Once<>(Nft::works);

    Tools(Patient patient) {
        this.patient = patient;
    }

    Verdict ip() {
        return versionOf("ip", "-V", "iproute2");
    }

    Verdict ping() {
        return versionOf("ping", "-V", "iputils");
    }

    /**
     * @param word that the right one's version holds: busybox has programs of the same names
     */
    private static Verdict versionOf(String program, String option, String word) {
        if (!Programs.isInstalled(program)) {
            return missing(program);
        }
        Commands.Result result = Commands.run(program, option);
        String version = result.stdout().lines().findFirst().orElse("");
        return version.contains(word)
                ? Verdict.good(version)
                : Verdict.broken(
                        program + " is not the one of " + word + ", and lacks what is needed",
                        "install " + Programs.packageOf(program));
    }

    private static Verdict missing(String program) {
        return Verdict.broken(program + " is not installed", "install " + Programs.packageOf(program));
    }

    Verdict wg() {
        if (!Programs.isInstalled("wg")) {
            return missing("wg");
        }
        Commands.Result shown = Commands.run("wg", "show", "interfaces");
        if (!shown.ok()) {
            return Verdict.broken(
                    "'wg show interfaces' failed: " + shown.stderr().strip(),
                    "reinstall wireguard-tools; where AppArmor confines wg, see 'journalctl -k | grep DENIED'");
        }
        return Verdict.good(
                Commands.output("wg", "--version").lines().findFirst().orElse(""));
    }

    Verdict bash() {
        if (Programs.isInstalled("bash")) {
            return Verdict.good("installed");
        }
        Optional<List<String>> hooked =
                patient.filesWith(file -> !file.iface().hooks().isEmpty());
        if (hooked.isPresent() && hooked.get().isEmpty()) {
            return Verdict.warning("not installed: no file has hooks yet, which it runs", "install bash");
        }
        return Verdict.broken(
                "not installed: it runs the hooks"
                        + hooked.map(names -> " of " + String.join(", ", names)).orElse(""),
                "install bash");
    }

    Verdict iptables() {
        if (!Programs.isInstalled("iptables")) {
            return nftMayWork()
                    ? Verdict.good("not installed: rules are made with nft")
                    : Verdict.broken(
                            "neither iptables nor nft works: nothing keeps tailscaled out of a tunnel",
                            "install iptables or nftables");
        }
        return rules("iptables");
    }

    Verdict ip6tables() {
        if (!Files.exists(IPV6)) {
            return Verdict.good("not needed: this machine has no IPv6");
        }
        if (Programs.isInstalled("ip6tables")) {
            return rules("ip6tables");
        }
        if (!Programs.isInstalled("iptables")) {
            return Verdict.good("not installed, as iptables: rules are made with nft");
        }
        boolean needed = !nftMayWork()
                || patient.filesWith(file -> file.iface().hasIpv6())
                        .filter(List::isEmpty)
                        .isEmpty();
        String found = "not installed, and iptables is: tunnels with IPv6 and --iptables-… fail";
        String fix = "install iptables completely";
        return needed ? Verdict.broken(found, fix) : Verdict.warning(found, fix);
    }

    /** Whether it lists each table that it is used for. */
    private Verdict rules(String program) {
        String version = Commands.output(program, "-V").strip();
        if (!patient.root()) {
            return Verdict.forRoot(version + "; root sees whether it works");
        }
        for (String table : TABLES) {
            Commands.Result rules = Commands.run(program, "-w", "5", "-t", table, "-S");
            if (!rules.ok()) {
                return Verdict.broken(
                        "'" + program + " -t " + table + " -S' failed: "
                                + rules.stderr().strip(),
                        "choose the other kind with 'update-alternatives --config " + program
                                + "', or boot a kernel with its modules");
            }
        }
        return Verdict.good(version);
    }

    Verdict nft() {
        if (!Programs.isInstalled("nft")) {
            return Verdict.warning(
                    "not installed: other machines wait some seconds when a tunnel takes tailscaled's port, and"
                            + " --keep-inbound does not work",
                    "install nftables");
        }
        String version = Commands.output("nft", "--version").strip();
        if (!patient.root()) {
            return Verdict.forRoot(version + "; root sees whether it works");
        }
        return nftWorks.get()
                ? Verdict.good(version)
                : Verdict.warning(
                        "'nft list tables' failed: "
                                + Commands.run("nft", "list", "tables").stderr().strip(),
                        "boot a kernel with nf_tables, or 'modprobe nf_tables'; iptables is used meanwhile");
    }

    private boolean nftMayWork() {
        return patient.root() ? nftWorks.get() : Programs.isInstalled("nft");
    }

    Verdict nftTables() {
        if (!patient.root()) {
            return Verdict.forRoot("root sees whether the kernel takes the tables of tunnels and exit nodes");
        }
        if (!nftWorks.get()) {
            return Verdict.unknown("nft does not work");
        }
        Map<String, String> unmet = new LinkedHashMap<>(NftNeeds.unmet());
        unmet.putAll(ExitNodeNeeds.unmet());
        if (unmet.isEmpty()) {
            return Verdict.good("the kernel takes the tables of tunnels and exit nodes");
        }
        String first = unmet.keySet().iterator().next();
        return Verdict.broken(
                "the kernel refuses the tables for " + String.join(", ", unmet.keySet()) + " (" + unmet.get(first)
                        + ")",
                "boot a kernel with the modules of nf_tables: nft_ct, nft_fib_inet, nft_masq, nft_nat");
    }
}
