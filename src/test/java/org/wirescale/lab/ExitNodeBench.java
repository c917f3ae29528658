package org.wirescale.lab;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** The exit node beside that of wirescale 1.0.3: its commands' times, and what either lets out in the clear. {@code lab/bench} runs it. */
@Tag("bench")
@ExtendWith(LabExtension.class)
@Timeout(1800)
final class ExitNodeBench {
    private static final Duration FLOW = Duration.ofSeconds(2);
    private static final String FORWARDING = """
            [Wirescale]
            iptables-accept = true
            iptables-forward = true
            iptables-masquerade = true
            """;

    /** What happens to an exit node that is on, for either program. */
    private record Case(String name, String command) {}

    private static final List<Case> CASES = List.of(
            new Case("normal use", "true"),
            new Case("rule 6000 removed", "ip rule del pref 6000; ip -6 rule del pref 6000"),
            new Case(
                    "its first rule removed", "ip rule del pref $(ip rule | grep -oE '^5[5-9][0-9][0-9]' | head -n 1)"),
            new Case("iptables -F", "iptables -F; iptables -t mangle -F; iptables -t nat -F"),
            new Case("nft flush ruleset", "nft flush ruleset"),
            new Case(
                    "two /1 routes",
                    "router=$(ip route show default | awk '{print $3}');"
                            + " ip route add 0.0.0.0/1 via $router; ip route add 128.0.0.0/1 via $router"),
            new Case("its interface deleted", "ip link del $(wg show interfaces | head -n 1)"));

    private final Figures figures = new Figures();

    @Test
    void figures() {
        Lab lab = Lab.up(
                "--hosts",
                "alice,bob,dave,erin",
                "--host",
                "dave=1.0.3",
                "--host",
                "erin=1.0.3",
                "--dotless",
                "--ipv6",
                "--world",
                "--no-direct");
        // 1.0.3 knows no endpoint of IPv6: Tailscale is to find those of IPv4 alone, while the world has both.
        for (Host host : lab.hosts()) {
            String _ = lab.onRouter(
                    host.name(),
                    "nft insert rule inet lab forward meta l4proto udp ip6 daddr 2001:db8::/32 ip6 daddr != 2001:db8:face::/48 drop");
        }
        try {
            enabling(lab);
            for (Case each : CASES) {
                int closed = clear(lab.alice(), lab.bob(), each.command(), "--fail-closed");
                int open = clear(lab.alice(), lab.bob(), each.command());
                int old = clear(lab.host("dave"), lab.host("erin"), each.command());
                figures.limit("in the clear, closed: " + each.name(), closed, old, 0, "");
                figures.limit("in the clear, open: " + each.name(), open, old, Double.NaN, "");
            }
        } finally {
            figures.print();
        }
        figures.assertNoneMissed();
    }

    private void enabling(Lab lab) {
        double mine = withTunnel(lab.alice(), lab.bob(), () -> on(lab.alice(), lab.bob()));
        double theirs = withTunnel(lab.host("dave"), lab.host("erin"), () -> on(lab.host("dave"), lab.host("erin")));
        figures.limit("exit-node, command to prompt", mine, theirs, Double.NaN, " s");
    }

    private static double on(Host host, Host exit, String... options) {
        List<String> command = new ArrayList<>(List.of("wirescale", "exit-node", exit.name()));
        command.addAll(List.of(options));
        return host.exec(command.toArray(String[]::new)).expect(0).seconds();
    }

    private static int clear(Host host, Host exit, String what, String... options) {
        return withTunnel(host, exit, () -> {
                    on(host, exit, options);
                    try (Leaks leaks = Leaks.of(host)) {
                        leaks.watch();
                        host.exec("bash", "-c", what);
                        leaks.flow(FLOW);
                        return (double) Leaks.packets(leaks.seen(), _ -> true);
                    }
                })
                .intValue();
    }

    private interface Measure {
        double run();
    }

    private static Double withTunnel(Host host, Host exit, Measure measure) {
        host.lab().pair(host, exit, "10.77.1");
        exit.peerFile(host.name(), Lab.minimal("10.77.1.2", "10.77.1.0/24") + FORWARDING);
        host.upgrade(exit.name()).expect(0);
        host.awaitReaches(exit.name(), "10.77.1.2");
        double measured = measure.run();
        host.exec("wirescale", "exit-node", "--stop");
        for (String rest : List.of("0.0.0.0/1", "128.0.0.0/1")) {
            host.exec("ip", "route", "del", rest);
        }
        host.lab().reset();
        return measured;
    }
}
