package org.wirescale.daemon;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.wirescale.exitnode.ExitNumbers;
import org.wirescale.model.Endpoint;
import org.wirescale.os.Commands;

/** Where this machine's packets to an endpoint go, as tailscaled's do that found it: not through an exit node that is on. */
final class EndpointRoute {
    private static final Pattern DEVICE = Pattern.compile("\\bdev (\\S+)");
    private static final Path LINKS = Path.of("/sys/class/net");

    private EndpointRoute() {}

    /** The tunnel that an endpoint is reached through, if it is reached through one: a tunnel inside it would end with it. */
    static Optional<String> tunnelTowards(Endpoint endpoint) {
        Commands.Result route = Commands.run(
                "ip", "-o", "route", "get", endpoint.address().toString(), "mark", ExitNumbers.TAILSCALES.toString());
        Matcher device = DEVICE.matcher(route.stdout());
        return device.find() && isTunnel(device.group(1)) ? Optional.of(device.group(1)) : Optional.empty();
    }

    /** A WireGuard link, or a tun or tap device: another VPN's, or tailscaled's own. */
    private static boolean isTunnel(String device) {
        Path link = LINKS.resolve(device).normalize();
        if (!link.startsWith(LINKS)) {
            return false;
        }
        try {
            return Files.exists(link.resolve("tun_flags"))
                    || Files.readString(link.resolve("uevent")).contains("DEVTYPE=wireguard");
        } catch (IOException e) {
            // It went away between the two looks, and with it the route.
            return false;
        }
    }
}
