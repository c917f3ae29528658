package org.wirescale.exitnode;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.wirescale.model.WirescaleException;
import org.wirescale.os.Commands;

/** Other programs' rules that take all traffic before ours are asked. */
public final class OtherVpns {
    private static final String TAILSCALE_TABLE = "52";
    private static final Set<String> NOT_FULL = Set.of("local", "main", "default", TAILSCALE_TABLE);

    private OtherVpns() {}

    /**
     * @throws WirescaleException with {@link ExitNodeReason#TAILSCALE} or {@link ExitNodeReason#OTHER_VPN}
     */
    static void requireNone() {
        for (IpFamily family : IpFamily.present()) {
            tailscalesDefault(family).ifPresent(route -> {
                throw WirescaleException.of(ExitNodeReason.TAILSCALE, "route", route);
            });
            ruleBefore(family).ifPresent(rule -> {
                throw WirescaleException.of(ExitNodeReason.OTHER_VPN, "rule", rule);
            });
        }
    }

    /** What would take traffic away from an exit node that is on, for a person; empty when nothing does. */
    public static Optional<String> inTheWay() {
        return IpFamily.present().stream()
                .flatMap(family -> tailscalesDefault(family).or(() -> ruleBefore(family)).stream())
                .findFirst();
    }

    /** Whether an exit node of Tailscale's is on: what carries no mark of tailscaled's goes through it, a tunnel's own packets too. */
    public static boolean isTailscaleExitNodeOn() {
        return IpFamily.present().stream()
                .anyMatch(family -> tailscalesDefault(family).isPresent());
    }

    private static Optional<String> tailscalesDefault(IpFamily family) {
        return Commands.run("ip", family.option, "-o", "route", "show", "table", TAILSCALE_TABLE)
                .stdout()
                .lines()
                .filter(line -> line.startsWith("default "))
                .map(String::strip)
                .findFirst();
    }

    /** A rule for every packet, or for every one but those with a mark, whose table has a default route. */
    private static Optional<String> ruleBefore(IpFamily family) {
        return PolicyRule.all(family).stream()
                .filter(rule -> rule.path("priority").asInt() < ExitNumbers.FIRST_PRIORITY)
                .filter(rule ->
                        isForAll(rule) && !NOT_FULL.contains(rule.path("table").asText("local")))
                .filter(rule -> hasDefault(family, rule.path("table").asText()))
                .map(rule -> "rule %d of 'ip %s rule', table %s"
                        .formatted(
                                rule.path("priority").asInt(),
                                family.option,
                                rule.path("table").asText()))
                .findFirst();
    }

    private static boolean isForAll(JsonNode rule) {
        boolean everySource = rule.path("src").asText().equals("all") && !rule.has("srclen") && !rule.has("dst");
        boolean everyLink = !rule.has("iif") && !rule.has("oif") && !rule.has("uid_start") && !rule.has("ipproto");
        return everySource && everyLink && (!rule.has("fwmark") || rule.has("not"));
    }

    private static boolean hasDefault(IpFamily family, String table) {
        List<String> routes = Commands.run("ip", family.option, "-o", "route", "show", "table", table)
                .stdout()
                .lines()
                .toList();
        return routes.stream().anyMatch(line -> line.startsWith("default ") || line.startsWith("0.0.0.0/1 "));
    }
}
