package org.wirescale.lab;

import java.time.Duration;

/** A program that takes tailscaled's port as soon as it is free. */
final class PortThief {
    /** Binds a port as soon as it can, and keeps it; begins when it is told to. */
    static final String SCRIPT = """
            import os, socket, sys, time
            print('ready', flush=True)
            while not os.path.exists('/tmp/hook-begin'):
                time.sleep(0.001)
            family = socket.AF_INET6 if sys.argv[1] == '6' else socket.AF_INET
            until = time.monotonic() + 30
            while time.monotonic() < until:
                s = socket.socket(family, socket.SOCK_DGRAM)
                if family == socket.AF_INET6:
                    s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                try:
                    s.bind(('', int(sys.argv[2])))
                    print('bound', flush=True)
                    time.sleep(60)
                except OSError:
                    s.close()
            """;

    private PortThief() {}

    /** Has the port, in that family alone, once this returns; tailscaled has another one there, and still this one in the other. */
    static Run hold(Host host, int family, int port) {
        host.write("/tmp/hook-begin", "");
        Run thief = host.start("python3", "-c", SCRIPT, Integer.toString(family), Integer.toString(port));
        Await.until(Duration.ofSeconds(20), "a gap in which the port is free", () -> {
            host.sh("tailscale debug rebind");
            return thief.output().stream().anyMatch(line -> line.text().equals("bound"));
        });
        // tailscaled may have lost it in the other family too, to a rebind of its own at the same moment; it tries it
        // first each time.
        int other = family == 6 ? 4 : 6;
        Await.until(Duration.ofSeconds(20), "tailscaled at its port in the other family", () -> {
            if (tailscaledHas(host, other, port)) {
                return true;
            }
            host.sh("tailscale debug rebind && tailscale debug restun");
            return false;
        });
        return thief;
    }

    private static boolean tailscaledHas(Host host, int family, int port) {
        return host.sh("ss -H -" + family + " -lunp sport = :" + port).contains("tailscaled");
    }

    /** The port that tailscaled tells to others for IPv4; behind an easy NAT it is the public one too. */
    static int announced(Host host) {
        String addresses = host.sh("tailscale status --json | jq -r '.Self.Addrs[]'");
        return Integer.parseInt(addresses
                .lines()
                .filter(address -> address.startsWith("192.168."))
                .findFirst()
                .orElseThrow()
                .split(":")[1]);
    }
}
