package org.wirescale.tunnel;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wirescale.model.Port;
import org.wirescale.model.WirescaleException;
import org.wirescale.os.Commands;

/**
 * Sends on what still comes to a port that tailscaled left when a tunnel ended, for as long as other machines may trust that port:
 * without it they would lose what they send for up to 6.5 s. The kernel ends it by itself, as it does {@link OldPortForwardChange};
 * a timer of systemd takes the empty table away.
 */
public final class MovedPort {
    private static final Logger LOG = LoggerFactory.getLogger(MovedPort.class);
    private static final Duration LIFETIME = OldPortForwardChange.LIFETIME;
    /** No name of an interface has a slash, and so no tunnel has this table. */
    private static final String TABLE = "wirescale/home";

    private static final String TIMER = "wirescale-home-port";

    private MovedPort() {}

    /**
     * Never fails: without it, other machines merely wait.
     *
     * @param ipv4 the port that was left, where tailscaled had another one than {@code home}
     * @param ipv6 the same for IPv6
     * @param home where tailscaled is now
     */
    public static void sendOn(Optional<Port> ipv4, Optional<Port> ipv6, Port home) {
        if ((ipv4.isEmpty() && ipv6.isEmpty()) || !Nft.works()) {
            return;
        }
        try {
            forgetLater();
            Nft.replace(TABLE, content(ipv4, ipv6, home));
        } catch (WirescaleException e) {
            LOG.debug("what comes to tailscaled's old port is not sent on: {}", e.getMessage());
        }
    }

    static String content(Optional<Port> ipv4, Optional<Port> ipv6, Port home) {
        // Before the tables of takeovers: a packet may have to be sent on once more.
        return """
                    %s%schain prerouting {
                        type filter hook prerouting priority -301; policy accept;
                %s%s    }
                """.formatted(
                        set("old4", ipv4),
                        set("old6", ipv6),
                        rules("ipv4", "old4", ipv4, home),
                        rules("ipv6", "old6", ipv6, home));
    }

    private static String set(String name, Optional<Port> port) {
        return port.map(number -> "set %s { type inet_service; flags timeout; elements = { %s timeout %ds } }\n    "
                        .formatted(name, number, LIFETIME.toSeconds()))
                .orElse("");
    }

    private static String rules(String protocol, String set, Optional<Port> port, Port home) {
        String match = "        meta nfproto %s fib daddr type local udp dport @%s ".formatted(protocol, set);
        return port.map(_ -> match + OldPortForwardChange.DISCO + " drop\n" + match + "udp dport set " + home + "\n")
                .orElse("");
    }

    private static void forgetLater() {
        Commands.run("systemctl", "stop", TIMER + ".timer");
        Commands.Command.of(List.of(
                        "systemd-run",
                        "--quiet",
                        "--collect",
                        "--unit=" + TIMER,
                        "--on-active=" + (LIFETIME.toSeconds() + 1),
                        "--timer-property=AccuracySec=1s",
                        "--",
                        "nft",
                        "delete",
                        "table",
                        "inet",
                        TABLE))
                .run()
                .expectOk();
    }
}
