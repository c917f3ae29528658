package org.wirescale.exitnode;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.IpAddress;
import org.wirescale.model.WirescaleException;
import org.wirescale.os.Commands;

/** Who resolves names on this machine, and which way the questions go. */
public final class Resolvers {
    private static final Path RESOLV_CONF = Path.of("/etc/resolv.conf");
    private static final Pattern SERVER = Pattern.compile("^\\s*nameserver\\s+([0-9A-Fa-f.:]+)(?:%\\S+)?\\s*$");
    private static final Pattern DEVICE = Pattern.compile("\\bdev (\\S+)");
    private static final List<IpAddress> TAILSCALE =
            List.of(IpAddress.parse("100.100.100.100"), IpAddress.parse("fd7a:115c:a1e0::53"));

    private Resolvers() {}

    /** What {@code /etc/resolv.conf} names, in its order; what is no address is left out. */
    public static List<IpAddress> inUse() {
        try {
            return parse(Files.readAllLines(RESOLV_CONF, StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            return List.of();
        }
    }

    static List<IpAddress> parse(List<String> lines) {
        return lines.stream()
                .map(SERVER::matcher)
                .filter(Matcher::matches)
                .flatMap(found -> address(found.group(1)).stream())
                .toList();
    }

    /** What is no address, the resolver library ignores too. */
    private static Optional<IpAddress> address(String text) {
        try {
            return Optional.of(IpAddress.parse(text));
        } catch (WirescaleException e) {
            return Optional.empty();
        }
    }

    /** One line for a person: {@code DNS: 10.77.0.2 (through 'bob')}. */
    public static String describe(InterfaceName exit) {
        List<IpAddress> servers = inUse();
        return "DNS: "
                + (servers.isEmpty()
                        ? "no resolver is configured"
                        : servers.stream()
                                .map(server -> server + " (" + way(server, exit) + ")")
                                .collect(Collectors.joining(", ")));
    }

    static String way(IpAddress server, InterfaceName exit) {
        if (TAILSCALE.contains(server)) {
            return "tailscaled, which asks its own servers beside '" + exit + "'";
        }
        Commands.Result route = Commands.run("ip", "-o", "route", "get", server.toString());
        Matcher device = DEVICE.matcher(route.stdout());
        if (!route.ok() || !device.find()) {
            return "unreachable";
        }
        return switch (device.group(1)) {
            case "lo" ->
                "on this machine; see what it asks itself, by 'resolvectl status' where it is systemd-resolved";
            case "tailscale0" -> "through Tailscale, beside '" + exit + "'";
            case String name when name.equals(exit.text()) -> "through '" + exit + "'";
            case String name -> "by " + name + ", beside '" + exit + "'";
        };
    }
}
