package org.wirescale.tunnel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.Port;
import org.wirescale.tunnel.IptablesRule.Family;
import org.wirescale.tunnel.SharedSettingChange.Purpose;

final class FirewallPlanTest {
    private static final InterfaceName BOB = InterfaceName.parse("bob");

    private static List<String> plan(String options, boolean tunnelIpv6, boolean endpointIpv6) {
        TunnelOptions chosen = new TunnelOptions(
                options.contains("accept"),
                options.contains("forward"),
                options.contains("masquerade"),
                false,
                0,
                3,
                0);
        return FirewallPlan.rules(chosen, BOB, new Port(41641), tunnelIpv6, endpointIpv6, List.of()).stream()
                .map(rule -> (rule.family() == Family.IPV6 ? "6 " : "4 ")
                        + String.join(" ", rule.specification(BOB)).replace(" -m comment --comment wirescale-bob", ""))
                .toList();
    }

    @Test
    void nothing_is_asked_for_by_default() {
        assertThat(plan("", true, true)).isEmpty();
    }

    @Test
    void accept_is_the_interface_and_the_port() {
        assertThat(plan("accept", false, false))
                .containsExactly("4 -i bob -j ACCEPT", "4 -p udp --dport 41641 -j ACCEPT");
    }

    @Test
    void forward_is_what_comes_out_of_the_tunnel_and_answers_to_it() {
        assertThat(plan("forward", false, false))
                .containsExactly("4 -i bob -j ACCEPT", "4 -o bob -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT");
    }

    @Test
    void forward_turns_forwarding_on_in_the_tunnels_families() {
        TunnelOptions forward = new TunnelOptions(false, true, false, false, 0, 3, 0);
        assertThat(FirewallPlan.changes(forward, BOB, new Port(41641), false, true, List.of()))
                .startsWith(new SharedSettingChange(Purpose.FORWARD_IPV4))
                .doesNotContain(new SharedSettingChange(Purpose.FORWARD_IPV6));
        assertThat(FirewallPlan.changes(forward, BOB, new Port(41641), true, true, List.of()))
                .startsWith(
                        new SharedSettingChange(Purpose.FORWARD_IPV4), new SharedSettingChange(Purpose.FORWARD_IPV6));
    }

    @Test
    void masquerade_marks_by_a_mask_that_leaves_tailscales_bits_alone() {
        assertThat(plan("masquerade", false, false))
                .containsExactly(
                        "4 -i bob -j MARK --set-mark 0x8000ee12/0xff00ffff",
                        "4 ! -o bob -m mark --mark 0x8000ee12/0xff00ffff -j MASQUERADE");
    }

    @Test
    void a_tunnel_with_ipv6_addresses_has_every_rule_twice() {
        assertThat(plan("accept forward masquerade", true, false)).hasSize(12);
        assertThat(plan("accept forward masquerade", true, false).stream()
                        .filter(rule -> rule.startsWith("6"))
                        .map(rule -> rule.replaceFirst("6", "4")))
                .isEqualTo(plan("accept forward masquerade", false, false));
    }

    @Test
    void the_port_is_accepted_in_the_endpoints_family() {
        assertThat(plan("accept", false, true))
                .containsExactly(
                        "4 -i bob -j ACCEPT", "4 -p udp --dport 41641 -j ACCEPT", "6 -p udp --dport 41641 -j ACCEPT");
    }
}
