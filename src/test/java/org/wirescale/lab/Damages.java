package org.wirescale.lab;

import java.util.List;
import java.util.stream.Stream;

/** The ways in which a machine is broken for {@link DoctorTest}; what cannot be there in a lab is played by a program or unit of that name. */
final class Damages {
    /**
     * One way in which a machine is broken.
     *
     * @param id of the line of {@code wirescale doctor} that has to tell
     * @param state that it has to have
     * @param word in what it says
     */
    record Damage(String id, String state, String word, String damage, String repair) {
        @Override
        public String toString() {
            return id + " " + state + " (" + word + ")";
        }
    }

    private static final String FAKE_SYSTEMCTL = """
            #!/bin/sh
            if [ "$1" = --version ]; then echo 'systemd 251 (251.4-1)'; else exec /root/real/systemctl "$@"; fi
            """;

    private static final String FAKE_IPTABLES = """
            #!/bin/sh
            if [ "$1" = -V ]; then echo 'iptables v1.8.9 (legacy)'; exit; fi
            echo "can't initialize iptables table: Table does not exist" >&2
            exit 3
            """;

    /** A kernel that has nf_tables and lacks its modules. */
    private static final String FAKE_NFT = """
            #!/bin/sh
            if [ "$1" != --check ]; then exec /root/real/nft "$@"; fi
            echo '/dev/stdin:5:1-2: Error: Could not process rule: No such file or directory' >&2
            exit 1
            """;

    /** As firewalld answers whose default zone has tailscale0; while there is a file 'deaf', as one that cannot be reached. */
    private static final String FAKE_FIREWALL_CMD = """
            #!/bin/sh
            if [ -e /root/deaf ]; then echo 'FirewallD is not running' >&2; exit 252; fi
            case $1 in
              --state) echo running ;;
              --get-zone-of-interface=*) echo 'no zone' >&2; exit 2 ;;
              --get-default-zone) echo public ;;
              *) exit 1 ;;
            esac
            """;

    private static final String DROP_IN = "/etc/systemd/system/wirescaled.service.d";
    private static final String FILE = "/etc/wirescale/bob.conf";
    private static final String RESTART = "systemctl restart wirescaled.socket wirescaled.service";

    private Damages() {}

    static void prepare(Host host) {
        host.write("/root/fake/systemctl", FAKE_SYSTEMCTL);
        host.write("/root/fake/iptables", FAKE_IPTABLES);
        host.write("/root/fake/nft", FAKE_NFT);
        host.write("/root/fake/firewall-cmd", FAKE_FIREWALL_CMD);
        host.sh("chmod 755 /root/fake/* && mkdir /root/real && cp /usr/bin/systemctl /usr/sbin/nft /root/real/"
                + " && cp " + FILE + " /root/bob.conf");
    }

    static List<Damage> all() {
        return Stream.of(machine(), tailscale(), daemon(), files(), neighbours())
                .flatMap(List::stream)
                .toList();
    }

    private static Damage broken(String id, String word, String damage, String repair) {
        return new Damage(id, "broken", word, damage, repair);
    }

    private static Damage warning(String id, String word, String damage, String repair) {
        return new Damage(id, "warning", word, damage, repair);
    }

    private static String away(String path) {
        return "mv " + path + " " + path + ".away";
    }

    private static String back(String path) {
        return "mv " + path + ".away " + path;
    }

    private static String over(String path, String other) {
        return "mount --bind " + other + " " + path;
    }

    /** A line more in the user's file. */
    private static String file(String line) {
        return "; sed -i '/Address/a " + line + "' " + FILE;
    }

    private static final String FILE_BACK = "; cp /root/bob.conf " + FILE;

    private static List<Damage> machine() {
        return List.of(
                warning(
                        "kernel",
                        "5.4.0-42-generic: older than 5.6",
                        "echo 5.4.0-42-generic >/root/release; " + over("/proc/sys/kernel/osrelease", "/root/release"),
                        "umount /proc/sys/kernel/osrelease"),
                broken(
                        "systemd",
                        "older than 252",
                        over("/usr/bin/systemctl", "/root/fake/systemctl"),
                        "umount /usr/bin/systemctl"),
                broken("systemd-run", "not installed", away("/usr/bin/systemd-run"), back("/usr/bin/systemd-run")),
                broken(
                        "wireguard",
                        "wireguard-go is not installed",
                        away("/usr/bin/wireguard-go"),
                        back("/usr/bin/wireguard-go")),
                broken("tun", "there is no /dev/net/tun", away("/dev/net/tun"), back("/dev/net/tun")),
                broken("ip", "not installed", away("/usr/bin/ip"), back("/usr/bin/ip")),
                broken("wg", "not installed", away("/usr/bin/wg"), back("/usr/bin/wg")),
                broken(
                        "ping",
                        "not the one of iputils",
                        over("/usr/bin/ping", "/usr/bin/true"),
                        "umount /usr/bin/ping"),
                warning("bash", "no file has hooks", away("/usr/bin/bash"), back("/usr/bin/bash")),
                broken(
                        "bash",
                        "hooks of bob.conf",
                        away("/usr/bin/bash") + file("PostUp = true"),
                        back("/usr/bin/bash") + FILE_BACK),
                broken(
                        "iptables",
                        "can't initialize",
                        "ln -sfn /root/fake/iptables /etc/alternatives/iptables",
                        "ln -sfn /usr/sbin/iptables-nft /etc/alternatives/iptables"),
                warning("ip6tables", "not installed", away("/usr/sbin/ip6tables"), back("/usr/sbin/ip6tables")),
                broken(
                        "ip6tables",
                        "not installed",
                        away("/usr/sbin/ip6tables") + file("Address = fd77::1/64"),
                        back("/usr/sbin/ip6tables") + FILE_BACK),
                warning("nft", "not installed", away("/usr/sbin/nft"), back("/usr/sbin/nft")),
                broken("nft-tables", "an exit node", over("/usr/sbin/nft", "/root/fake/nft"), "umount /usr/sbin/nft"),
                broken(
                        "dns",
                        "bob.conf has DNS",
                        away("/usr/sbin/resolvconf") + file("DNS = 192.0.2.53"),
                        back("/usr/sbin/resolvconf") + FILE_BACK),
                broken(
                        "ipv6",
                        "bob.conf has an IPv6 address",
                        "sysctl -qw net.ipv6.conf.default.disable_ipv6=1" + file("Address = fd77::1/64"),
                        "sysctl -qw net.ipv6.conf.default.disable_ipv6=0" + FILE_BACK),
                warning(
                        "forwarding",
                        "net.ipv4.ip_forward=1",
                        "wirescale upgrade --iptables-forward bob; sysctl -qw net.ipv4.ip_forward=0",
                        "wirescale down bob"),
                warning(
                        "rp-filter",
                        "strict on",
                        "sysctl -qw net.ipv4.conf.all.rp_filter=1",
                        "sysctl -qw net.ipv4.conf.all.rp_filter=0"));
    }

    private static String prefs(String json) {
        return "curl -sf -o /dev/null --unix-socket /run/tailscale/tailscaled.sock -X PATCH -d '" + json
                + "' http://local-tailscaled.sock/localapi/v0/prefs";
    }

    private static List<Damage> tailscale() {
        String flags = "/etc/default/tailscaled";
        return List.of(
                broken(
                        "tailscaled",
                        "Tailscale is not running",
                        "systemctl stop tailscaled.service",
                        "systemctl start tailscaled.service"),
                broken(
                        "tailnet",
                        "Tailscale is stopped",
                        prefs("{\"WantRunning\":false,\"WantRunningSet\":true}"),
                        prefs("{\"WantRunning\":true,\"WantRunningSet\":true}")),
                broken(
                        "tailscale-interface",
                        "userspace-networking",
                        "cp " + flags + " /root/flags; sed -i '/^FLAGS/s/\"$/ --tun=userspace-networking\"/' " + flags
                                + "; systemctl restart tailscaled.service",
                        "cp /root/flags " + flags + "; systemctl restart tailscaled.service"),
                // One that says so and has no record of any link.
                warning(
                        "tailscale-health",
                        "DNS",
                        "echo '# Generated by resolvconf' >/etc/resolv.conf; systemctl restart tailscaled.service",
                        "systemctl stop tailscaled.service; : >/etc/resolv.conf; systemctl start tailscaled.service"),
                warning(
                        "shields-up",
                        "no peer can ask",
                        "tailscale set --shields-up",
                        "tailscale set --shields-up=false"),
                warning("takeover", "pidfd_getfd", dropIn("SystemCallFilter=~pidfd_getfd"), NO_DROP_IN),
                warning(
                        "takeover",
                        "--restart-tailscale",
                        dropIn("ExecStart=\\nExecStart=/usr/bin/wirescale daemon --restart-tailscale start"),
                        NO_DROP_IN));
    }

    private static final String NO_DROP_IN = "rm -r " + DROP_IN + "; systemctl daemon-reload";

    private static String dropIn(String lines) {
        return "mkdir " + DROP_IN + "; printf '[Service]\\n" + lines + "\\n' >" + DROP_IN
                + "/doctor.conf; systemctl daemon-reload";
    }

    private static List<Damage> daemon() {
        return List.of(
                broken(
                        "socket-unit",
                        "masked",
                        "systemctl mask --now wirescaled.socket",
                        "systemctl unmask wirescaled.socket; " + RESTART),
                broken(
                        "service-unit",
                        "inactive",
                        "systemctl stop wirescaled.service",
                        "systemctl start wirescaled.service"),
                warning(
                        "service-unit",
                        "not started at boot",
                        "systemctl disable wirescaled.service",
                        "systemctl enable wirescaled.service"),
                broken(
                        "older-version",
                        "1.0.3",
                        "ln -s /opt/venv/wirescaled.service /etc/systemd/system/wirescaled.service",
                        "rm /etc/systemd/system/wirescaled.service"),
                broken("unit-rights", "cap_sys_ptrace", dropIn("CapabilityBoundingSet=~CAP_SYS_PTRACE"), NO_DROP_IN),
                broken("unit-rights", "AF_NETLINK", dropIn("RestrictAddressFamilies=~AF_NETLINK"), NO_DROP_IN),
                warning("unit-rights", "pidfd_getfd", dropIn("SystemCallFilter=~pidfd_getfd"), NO_DROP_IN),
                warning("group", "no group", "groupdel wirescale", "systemd-sysusers wirescale.conf"),
                broken(
                        "daemon",
                        "did not answer",
                        "systemctl kill --kill-whom=main --signal=STOP wirescaled.service",
                        RESTART),
                broken(
                        "peer-port",
                        "does not listen",
                        "systemctl stop wirescaled.service; systemd-run --quiet --unit=squatter python3 -m http.server"
                                + " --bind \"$(tailscale ip -4)\" 41642; systemctl start wirescaled.service",
                        "systemctl stop squatter.service"));
    }

    private static List<Damage> files() {
        return List.of(
                broken("peer-files", "can be written by others", "chmod 666 " + FILE, "chmod 600 " + FILE),
                warning("peer-files", "can be read by others", "chmod 644 " + FILE, "chmod 600 " + FILE),
                broken("peer-files", "MTU", "true" + file("MTU = many"), "true" + FILE_BACK),
                broken(
                        "run-folder",
                        "is full",
                        "mount -o remount,size=$(df -k --output=used /run | tail -n 1 | tr -d ' ')k /run",
                        "mount -o remount,size=20% /run"),
                broken(
                        "run-folder",
                        "can be written by others",
                        "chmod 777 /run/wirescale/control",
                        "chmod 755 /run/wirescale/control"),
                warning(
                        "lasting-folder",
                        "cannot be written",
                        "mkdir -p /var/lib/wirescale; mount -t tmpfs -o ro none /var/lib/wirescale",
                        "umount /var/lib/wirescale"),
                warning(
                        "tunnels",
                        "nothing watches",
                        "wirescale upgrade bob; systemctl kill --kill-whom=all --signal=KILL autoremove-bob.service",
                        "wirescale down bob"),
                warning(
                        "tunnels",
                        "cannot be used",
                        "echo x >/run/wirescale/control/tunnel-ghost.json",
                        "rm /run/wirescale/control/tunnel-ghost.json"),
                warning(
                        "leftovers",
                        "ghost",
                        "nft add table inet wirescale_ghost; : >/run/wirescale/spook.conf",
                        "wirescale down ghost; wirescale down spook"),
                warning(
                        "exit-node",
                        "'bob' has no tunnel",
                        "wirescale upgrade bob; wirescale exit-node bob --fail-closed; wirescale down bob",
                        "wirescale exit-node --stop"),
                warning(
                        "exit-node",
                        "--fail-closed=always",
                        "mkdir -p /var/lib/wirescale; : >/var/lib/wirescale/closed.nft",
                        "rm /var/lib/wirescale/closed.nft"));
    }

    /** A unit of that name that does nothing. */
    private static String unit(String name) {
        return "printf '[Service]\\nExecStart=/bin/sleep infinity\\n' >/run/systemd/system/" + name
                + ".service; systemctl daemon-reload; systemctl start " + name + ".service";
    }

    private static String noUnit(String name) {
        return "systemctl stop " + name + ".service; rm /run/systemd/system/" + name
                + ".service; systemctl daemon-reload";
    }

    private static List<Damage> neighbours() {
        String rule = "/usr/lib/udev/rules.d/84-wirescale.rules";
        String firewalld = unit("firewalld") + "; cp /root/fake/firewall-cmd /usr/bin/";
        String noFirewalld = noUnit("firewalld") + "; rm -f /usr/bin/firewall-cmd /root/deaf";
        String networkd = "/etc/systemd/system/systemd-networkd";
        return List.of(
                warning("firewalld", "zone public", firewalld, noFirewalld),
                broken("firewalld", "FirewallD is not running", firewalld + "; : >/root/deaf", noFirewalld),
                warning("ufw", "bob.conf", "mkdir /etc/ufw; echo ENABLED=yes >/etc/ufw/ufw.conf", "rm -r /etc/ufw"),
                warning(
                        "ufw",
                        "tailscale0",
                        "mkdir /etc/ufw; echo ENABLED=yes >/etc/ufw/ufw.conf; iptables -D INPUT -j ts-input",
                        "rm -r /etc/ufw; iptables -I INPUT -j ts-input"),
                warning(
                        "networkmanager",
                        "is missing",
                        unit("NetworkManager") + "; " + away(rule),
                        noUnit("NetworkManager") + "; " + back(rule)),
                warning(
                        "apparmor",
                        "confines wg, wg-quick",
                        "mount -t tmpfs none /sys/kernel/security; mkdir /sys/kernel/security/apparmor;"
                                + " printf 'wg (enforce)\\nman_groff (enforce)\\nwg-quick (enforce)\\n'"
                                + " >/sys/kernel/security/apparmor/profiles",
                        "umount /sys/kernel/security"),
                warning(
                        "other-vpn",
                        "rule 100 ",
                        "ip route add table 777 $(ip -4 route show default | head -n 1); ip rule add pref 100 lookup 777",
                        "ip rule del pref 100; ip route flush table 777"),
                // It takes Tailscale's rules away when it starts.
                warning(
                        "networkd",
                        "ManageForeignRoutes, ManageForeignRoutingPolicyRules",
                        "rm " + networkd + ".service " + networkd
                                + ".socket; systemctl daemon-reload; systemctl start systemd-networkd.service",
                        "systemctl stop systemd-networkd.socket systemd-networkd.service; ln -s /dev/null " + networkd
                                + ".service; ln -s /dev/null " + networkd
                                + ".socket; systemctl daemon-reload; systemctl restart tailscaled.service"));
    }
}
