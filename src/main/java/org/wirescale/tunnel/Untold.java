package org.wirescale.tunnel;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.wirescale.os.Commands;
import org.wirescale.os.Programs;
import org.wirescale.tunnel.IptablesRule.Family;

/**
 * What others can take away without the kernel telling anybody: rules of iptables-legacy, and the marks of links. A few programs look
 * at all tunnels together, whatever their number.
 */
public final class Untold {
    private static final Pattern COMMENT = Pattern.compile("--comment \"?wirescale-([^\" ]+)\"? ");

    private Untold() {}

    /** Whether any of the tunnels has something of that kind on this machine. */
    public static boolean concerns(List<Tunnel> tunnels) {
        return tunnels.stream().anyMatch(Untold::hasMark)
                || (tunnels.stream().anyMatch(tunnel -> rules(tunnel, Family.values()) > 0) && isLegacy());
    }

    /** Those that may miss something; {@link Tunnel#missing} tells what. */
    public static List<Tunnel> suspects(List<Tunnel> tunnels) {
        boolean marked = tunnels.stream().anyMatch(Untold::hasMark);
        Map<String, FirewallMark> marks = marked ? MarksInUse.all() : Map.of();
        boolean legacy = tunnels.stream().anyMatch(tunnel -> rules(tunnel, Family.values()) > 0) && isLegacy();
        Map<String, Integer> ipv4 = legacy ? saved("iptables-save") : Map.of();
        Map<String, Integer> ipv6 = legacy ? saved("ip6tables-save") : Map.of();
        return tunnels.stream()
                .filter(tunnel -> lacksMark(tunnel, marks)
                        || (legacy && (lacksRules(tunnel, ipv4, Family.IPV4) || lacksRules(tunnel, ipv6, Family.IPV6))))
                .toList();
    }

    private static boolean lacksRules(Tunnel tunnel, Map<String, Integer> saved, Family family) {
        return saved.getOrDefault(tunnel.interfaceName().text(), 0) < rules(tunnel, family);
    }

    private static long rules(Tunnel tunnel, Family... families) {
        List<Family> wanted = List.of(families);
        return changes(tunnel)
                .mapToLong(change -> switch (change) {
                    case IptablesRule rule -> wanted.contains(rule.family()) ? 1 : 0;
                    case OwnTableChange table -> table.tool() == OwnTableChange.Tool.IPTABLES ? wanted.size() : 0;
                    default -> 0;
                })
                .sum();
    }

    private static boolean hasMark(Tunnel tunnel) {
        return mark(tunnel).isPresent();
    }

    private static boolean lacksMark(Tunnel tunnel, Map<String, FirewallMark> marks) {
        return mark(tunnel)
                .filter(mark -> !mark.equals(marks.get(tunnel.interfaceName().text())))
                .isPresent();
    }

    private static Optional<FirewallMark> mark(Tunnel tunnel) {
        return changes(tunnel)
                .filter(PrivateKeyChange.class::isInstance)
                .map(change -> ((PrivateKeyChange) change).fwMark())
                .filter(mark -> !mark.isNone())
                .findFirst();
    }

    private static Stream<Change> changes(Tunnel tunnel) {
        return tunnel.state().entries().stream().map(TunnelState.Entry::change);
    }

    /** Before 1.8 there was no other, and no word for it. */
    private static boolean isLegacy() {
        return Programs.isInstalled("iptables")
                && !Commands.run("iptables", "-V").stdout().contains("nf_tables");
    }

    private static Map<String, Integer> saved(String program) {
        return count(Commands.run(program).stdout());
    }

    /** Our rules by the interface in their comment. */
    static Map<String, Integer> count(String saved) {
        Map<String, Integer> rules = new HashMap<>();
        Matcher found = COMMENT.matcher(saved);
        while (found.find()) {
            rules.merge(found.group(1), 1, Integer::sum);
        }
        return rules;
    }
}
