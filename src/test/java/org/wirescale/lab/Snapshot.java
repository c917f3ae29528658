package org.wirescale.lab;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Everything of a machine that has to be the same before and after a tunnel, or a refused one, as lines. */
record Snapshot(List<String> lines) {
    /** Sections behind "== name" lines; what may differ is taken out here, not by many small programs: a test takes hundreds. */
    private static final String SCRIPT = """
            exec 2>&1
            echo '== addr'; ip -o addr
            echo '== link'; ip -o link
            echo '== route4'; ip -4 route show table all
            echo '== route6'; ip -6 route show table all
            echo '== rule4'; ip rule
            echo '== rule6'; ip -6 rule
            echo '== iptables'; iptables-save
            echo '== ip6tables'; ip6tables-save
            echo '== nft'; nft -s list ruleset 2>/dev/null
            echo '== wg'; wg show all
            echo '== wireguard-go'; pgrep -a wireguard-go
            echo '== file'; find /run/wirescale /etc/wirescale -not -name '*lock' -printf '%p %M %u\\n'
            echo '== unit'
            systemctl list-units --all --plain --no-legend --no-pager 'wirescale*' 'autoremove-*' 'recreate-*' 'wireguard-go-*' 'tailscaled*'
            echo '== sysctl'; sysctl net.ipv4.ip_forward net.ipv6.conf.all.forwarding net.ipv4.conf.all.src_valid_mark
            echo '== resolv'; cat /etc/resolv.conf
            echo '== held'; for lock in /run/wirescale/control/*lock; do
              [ ! -e "$lock" ] || flock -n "$lock" true || echo "$lock"
            done
            """;

    private static final Set<String> UNORDERED = Set.of("addr", "link", "route4", "route6", "file");

    /** tailscale0's link-local address, which a restart changes, and all that is numbered anew. */
    private static final Pattern OF_TAILSCALE_ALONE = Pattern.compile("fe80::.*tailscale0|tailscale0.*fe80::");

    /** The tables of iptables, which its own section has, and the homecoming port's, which goes by itself. */
    private static final Pattern OTHER_TABLE =
            Pattern.compile("table \\w+ (filter|nat|mangle|raw|security|wirescale/home) \\{");

    /** Comments, empty tables, and the rules of tailscaled's that differ from start to start: the port that follows it around. */
    private static final Pattern NO_RULE =
            Pattern.compile("[#*].*|COMMIT|:[A-Z]+ ACCEPT.*|.*ts-input -p udp.*|.*CONNMARK.*0xff0000.*");

    Snapshot {
        lines = List.copyOf(lines);
    }

    static Snapshot of(Host host) {
        List<String> kept = new ArrayList<>();
        String section = "";
        boolean otherTable = false;
        for (String line : host.exec("bash", "-c", SCRIPT).lines()) {
            if (line.startsWith("== ")) {
                section = line.substring(3);
            } else if (section.equals("nft")) {
                otherTable |= OTHER_TABLE.matcher(line).matches();
                if (!otherTable) {
                    kept.add(section + ": " + line);
                }
                otherTable &= !line.equals("}");
            } else {
                String name = section;
                plain(section, line).ifPresent(text -> kept.add(name + ": " + text));
            }
        }
        return new Snapshot(sortedWhereOrderMeansNothing(kept));
    }

    private static Optional<String> plain(String section, String line) {
        String text = switch (section) {
            case "addr", "link", "route4", "route6" ->
                OF_TAILSCALE_ALONE.matcher(line).find() ? "" : line.replaceFirst("^[0-9]+: ", "");
            case "iptables", "ip6tables" ->
                NO_RULE.matcher(line).matches() ? "" : line.replaceFirst("\\[[0-9]+:[0-9]+\\]", "[]");
            case "unit" ->
                line.startsWith("wirescale-home-port")
                        ? ""
                        : line.strip().replaceAll(" +", " ").replaceFirst("^((?:\\S+ ){3}\\S+) .*", "$1");
            // What flows through a tunnel that stands, and where its peer was last seen.
            case "wg" -> line.matches("\\s+(transfer|latest handshake|endpoint): .*") ? "" : line;
            default -> line;
        };
        return text.isEmpty() ? Optional.empty() : Optional.of(text);
    }

    private static List<String> sortedWhereOrderMeansNothing(List<String> lines) {
        return lines.stream()
                .collect(Collectors.groupingBy(
                        line -> line.substring(0, line.indexOf(':')), LinkedHashMap::new, Collectors.toList()))
                .entrySet()
                .stream()
                .flatMap(section -> UNORDERED.contains(section.getKey())
                        ? section.getValue().stream().sorted()
                        : section.getValue().stream())
                .toList();
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
