package org.wirescale.exitnode;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.IpAddress;
import org.wirescale.testing.NetworkNamespace;
import org.wirescale.tunnel.Change;
import org.wirescale.tunnel.ChangeContext;
import org.wirescale.tunnel.FirewallMark;
import org.wirescale.tunnel.Progress;

/** The exit node's tables of a firewall, made with nft and, where there is none, with iptables. */
@Tag("netns")
final class TablesTest {
    private static final InterfaceName BOB = InterfaceName.parse("bob");

    private final ChangeContext context = Contexts.of(BOB);
    private NetworkNamespace host;
    private NetworkNamespace far;

    @BeforeEach
    void connect() {
        host = NetworkNamespace.create();
        far = NetworkNamespace.create();
        int net = 1;
        for (String link : List.of("eth0", "bob")) {
            host.connect(far, link);
            host.ip("addr add 192.168." + net + ".1/24 dev " + link);
            far.ip("addr add 192.168." + net + ".2/24 dev " + link);
            far.ip("addr add 198.51.100." + net + "/32 dev " + link);
            host.ip("link set " + link + " up");
            far.ip("link set " + link + " up");
            net++;
        }
        host.ip("route add 198.51.100.1 via 192.168.1.2");
        host.ip("route add 198.51.100.2 via 192.168.2.2");
    }

    @AfterEach
    void remove() {
        host.close();
        far.close();
    }

    private boolean passes(String options) {
        try {
            host.exec("ping -n -c 1 -W 1 " + options);
            return true;
        } catch (RuntimeException e) {
            return false;
        }
    }

    private Change apply(Change change) throws Exception {
        Change applied = host.call(() -> change.apply(context));
        assertThat(host.call(() -> applied.isInPlace(context))).isTrue();
        return applied;
    }

    private void undo(Change change) throws Exception {
        boolean _ = host.call(() -> {
            change.undo(context, Progress.DONE);
            return true;
        });
        assertThat(host.call(() -> change.isInPlace(context))).isFalse();
        assertThat(host.exec("bash -c iptables-save;ip6tables-save;nft${IFS}list${IFS}ruleset"))
                .doesNotContain("wirescale");
    }

    @ParameterizedTest
    @EnumSource
    void the_barrier_lets_nothing_out_but_what_may(Tool tool) throws Exception {
        BarrierChange barrier = new BarrierChange(
                tool,
                List.of(BOB),
                List.of(ExitNumbers.EXIT, ExitNumbers.OTHERS),
                List.of(OwnPrefix.parse("eth0 192.168.1.0/24"), OwnPrefix.parse("eth0 fe80::/64")));
        assertThat(passes("198.51.100.1")).isTrue();
        Change applied = apply(barrier);
        assertThat(passes("198.51.100.1")).as("the world, in the clear").isFalse();
        assertThat(passes("198.51.100.2")).as("the world, by the tunnel").isTrue();
        assertThat(passes("192.168.1.2")).as("a neighbour").isTrue();
        assertThat(passes("-m " + 0xA08D037BL + " 198.51.100.1"))
                .as("the tunnel's own packets")
                .isTrue();
        assertThat(passes("-m " + 0x80000 + " 198.51.100.1"))
                .as("Tailscale's own packets")
                .isTrue();
        // Made once more, for other tunnels: it stands all the time, and once.
        Change again = apply(barrier);
        assertThat(passes("198.51.100.1")).isFalse();
        assertThat(again).isEqualTo(applied);
        undo(barrier);
        assertThat(passes("198.51.100.1")).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void marks_are_kept_and_what_comes_for_the_tunnels_address_by_another_link_is_dropped(Tool tool) throws Exception {
        KeepMarksChange keep = new KeepMarksChange(
                tool,
                List.of(ExitNumbers.EXIT, ExitNumbers.OTHERS, new FirewallMark(0x77)),
                List.of(IpAddress.parse("192.168.2.1")),
                List.of(BOB),
                List.of());
        far.ip("route add 192.168.2.1/32 via 192.168.1.1 dev eth0");
        String ping = "ping -n -c 1 -W 1 -I 192.168.1.2 192.168.2.1";
        assertThat(far.exec(ping)).contains(" 0% packet loss");
        Change _ = apply(keep);
        assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> far.exec(ping)))
                .as("spoofed")
                .isNotNull();
        assertThat(passes("198.51.100.1")).isTrue();
        undo(keep);
        assertThat(far.exec(ping)).contains(" 0% packet loss");
    }
}
