package org.wirescale.tunnel;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.wirescale.model.IpAddress;
import org.wirescale.os.Commands;
import org.wirescale.os.Commands.Command;
import org.wirescale.os.Commands.Result;

/** The MTU of a tunnel: that of the way to its endpoint, less what WireGuard over IPv6 adds (wg-quick(8)). */
public final class Mtu {
    /** IPv6 40, UDP 8, WireGuard 32. */
    static final int OVERHEAD = 80;
    /** RFC 8200, section 5. */
    static final int LEAST_FOR_IPV6 = 1280;

    private static final int FALLBACK = 1500;
    private static final Pattern ROUTE_MTU = Pattern.compile("\\bmtu (?:lock )?([0-9]{1,9})\\b");
    private static final Pattern ROUTE_DEVICE = Pattern.compile("\\bdev ([^ \n]+)");

    private Mtu() {}

    /**
     * What the tunnel's MTU is to be, as the routes are now: to be asked before the tunnel has any itself.
     *
     * @param mark that the tunnel's own packets carry
     * @return bytes
     */
    public static int towards(IpAddress endpoint, FirewallMark mark) {
        List<String> arguments = new ArrayList<>(List.of("ip", "-o", "route", "get", endpoint.toString()));
        if (!mark.isNone()) {
            arguments.addAll(List.of("mark", mark.toString()));
        }
        return ofRoute(Command.of(arguments).run())
                        .or(() -> ofRoute(Commands.run("ip", "-o", "route", "show", "default")))
                        .orElse(FALLBACK)
                - OVERHEAD;
    }

    private static Optional<Integer> ofRoute(Result result) {
        String route = result.ok() ? result.stdout().lines().findFirst().orElse("") : "";
        OptionalInt own = mtuOf(route);
        return own.isPresent()
                ? Optional.of(own.getAsInt())
                : deviceOf(route).flatMap(Link::find).map(Link::mtu);
    }

    /** The MTU that a route itself sets. */
    static OptionalInt mtuOf(String route) {
        Matcher found = ROUTE_MTU.matcher(route);
        return found.find() ? OptionalInt.of(Integer.parseInt(found.group(1))) : OptionalInt.empty();
    }

    static Optional<String> deviceOf(String route) {
        Matcher found = ROUTE_DEVICE.matcher(route);
        return found.find() ? Optional.of(found.group(1)) : Optional.empty();
    }

    /** Changes that of a link, after its endpoint changed. */
    public static void set(org.wirescale.model.InterfaceName name, int mtu) {
        Commands.output("ip", "link", "set", "dev", name.text(), "mtu", Integer.toString(mtu));
    }
}
