package org.wirescale.lab;

import java.util.ArrayList;
import java.util.List;

/** Everything of a machine that has to be the same before and after a tunnel, or a refused one, as lines. */
record Snapshot(List<String> lines) {
    // Left out: counters, numbers of interfaces and tailscale0's link-local address (a restart changes them), the port
    // that tailscaled's own rule opens, which follows it around, and the empty tables of
    // iptables.
    private static final String SCRIPT = """
            exec 2>&1
            show() { "$@" | sed "s/^/$name: /"; }
            unnumbered() { "$@" | sed -E -e 's/^[0-9]+: //' -e '/fe80::.*tailscale0|tailscale0.*fe80::/d' | sort; }
            name=addr; show unnumbered ip -o addr
            name=link; show unnumbered ip -o link
            name=route4; show unnumbered ip -4 route show table all
            name=route6; show unnumbered ip -6 route show table all
            name=rule4; show ip rule
            name=rule6; show ip -6 rule
            plain() { "$@" | sed -E -e '/^[#*]|^COMMIT|^:[A-Z]+ ACCEPT/d' -e 's/\\[[0-9]+:[0-9]+\\]/[]/' -e '/ts-input -p udp|CONNMARK.*0xff0000/d'; }
            name=iptables; show plain iptables-save
            name=ip6tables; show plain ip6tables-save
            rules() { nft list tables | grep -vE ' (filter|nat|mangle|raw|security|wirescale_home)$' | while read -r table; do nft -s list ${table}; done; }
            name=nft; show rules
            name=wg; show wg show all
            name=wireguard-go; show pgrep -a wireguard-go
            files() { find /run/wirescale /etc/wirescale -not -name '*lock' -printf '%p %M %u\\n' | sort; }
            name=file; show files
            units() {
              systemctl list-units --all --plain --no-legend --no-pager 'wirescale*' 'autoremove-*' 'recreate-*' 'wireguard-go-*' \
                'tailscaled*' | grep -v wirescale-home-port | awk '{print $1, $2, $3, $4}'
            }
            name=unit; show units
            name=sysctl; show sysctl net.ipv4.ip_forward net.ipv6.conf.all.forwarding net.ipv4.conf.all.src_valid_mark
            name=resolv; show cat /etc/resolv.conf
            held() { for lock in /run/wirescale/control/*lock; do if [ -e "$lock" ]; then flock -n "$lock" true || echo "$lock"; fi; done; }
            name=held; show held
            """;

    Snapshot {
        lines = List.copyOf(lines);
    }

    static Snapshot of(Host host) {
        return new Snapshot(host.exec("bash", "-c", SCRIPT).lines());
    }

    /** Lines that came and lines that went, for a person. */
    String differenceFrom(Snapshot before) {
        List<String> text = new ArrayList<>();
        lines.stream().filter(line -> !before.lines.contains(line)).forEach(line -> text.add("+ " + line));
        before.lines.stream().filter(line -> !lines.contains(line)).forEach(line -> text.add("- " + line));
        if (text.isEmpty() && !equals(before)) {
            int at = 0;
            while (at < Math.min(lines.size(), before.lines.size())
                    && lines.get(at).equals(before.lines.get(at))) {
                at++;
            }
            text.add("the same lines in another order or number, from the line " + at + " on:");
            lines.subList(at, Math.min(at + 5, lines.size())).forEach(line -> text.add("+ " + line));
            before.lines.subList(at, Math.min(at + 5, before.lines.size())).forEach(line -> text.add("- " + line));
        }
        return "\n" + String.join("\n", text);
    }
}
