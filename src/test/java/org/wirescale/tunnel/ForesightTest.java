package org.wirescale.tunnel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wirescale.config.Hooks;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.IpNetwork;
import org.wirescale.model.PublicKey;
import org.wirescale.model.SecretKey;

/** What a change says before it is done, and to whom. */
final class ForesightTest {
    private static final InterfaceName BOB = InterfaceName.parse("bob");
    private static final String SECRET = "iJYxtIgOhGQdu2+CNLmWC0EVdUr3JeaESCRh44FQfEU=";
    private static final PublicKey KEY = PublicKey.parse("xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=");

    private static List<IpNetwork> networks(String texts) {
        return Stream.of(texts.split(" ")).map(IpNetwork::parse).toList();
    }

    private static List<String> shown(Change change, boolean root) {
        return change.details(Contexts.of("bob")).stream()
                .map(detail -> detail.shownTo(root))
                .toList();
    }

    @ParameterizedTest
    @CsvSource({
        "10.77.0.1/24, 10.77.0.0/24 10.77.0.128/25 10.88.0.0/16, 10.88.0.0/16",
        "10.77.0.1/32, 10.77.0.1/32 10.77.0.0/24, 10.77.0.1/32 10.77.0.0/24",
        "fd77::1/64, fd77::/64 fd78::/64, fd78::/64",
        "fd77::1/128, fd77::1/128 fd77::/64, fd77::/64",
        "10.77.0.1/24, 10.77.0.0/24, ''",
    })
    void networks_of_the_links_own_addresses_will_have_routes(String address, String allowed, String routes) {
        Foresight foresight = new Foresight(Contexts.of("bob"));
        assertThat(foresight.add(new AddressesChange(BOB, networks(address), 1420)))
                .isPresent();
        Change change = RoutesChange.of(BOB, networks(allowed), RouteTable.AUTO).orElseThrow();
        Optional<Change> expected =
                routes.isEmpty() ? Optional.empty() : Optional.of(new RoutesChange(BOB, networks(routes), 0));
        assertThat(foresight.add(change)).isEqualTo(expected);
    }

    @Test
    void a_table_of_the_users_gets_every_network() {
        Foresight foresight = new Foresight(Contexts.of("bob"));
        foresight.add(new AddressesChange(BOB, networks("10.77.0.1/24"), 1420));
        Change change = RoutesChange.of(BOB, networks("10.77.0.0/24"), new RouteTable.Numbered(7))
                .orElseThrow();
        assertThat(foresight.add(change)).contains(change);
    }

    @Test
    void the_tunnel_as_it_would_stand_has_what_was_foreseen() {
        Foresight foresight = new Foresight(Contexts.of("bob"));
        foresight.add(new AddressesChange(BOB, networks("10.77.0.1/24"), 1420));
        foresight.add(new PrivateKeyChange(BOB, KEY, Optional.empty(), new FirewallMark(0x4d2)));
        TunnelState state = foresight.state(TestEnd.header(KEY, KEY));
        assertThat(state.addresses()).isEqualTo(networks("10.77.0.1/24"));
        assertThat(state.ownMark()).isEqualTo(new FirewallMark(0x4d2));
        assertThat(state.entries()).extracting(TunnelState.Entry::progress).containsOnly(Progress.DONE);
    }

    @Test
    void keys_and_hooks_of_the_generated_file_are_for_root() {
        Change change = new GeneratedFileChange(BOB, """
                # Made by wirescale
                [Interface]
                Address = 10.77.0.1/24
                PrivateKey = %s
                PostUp = echo ListenPort = 7

                [Peer]
                PresharedKey = %s
                Endpoint = 203.0.113.20:41641
                """.formatted(SECRET, SECRET));
        assertThat(shown(change, false))
                .containsExactly(
                        "# Made by wirescale",
                        "[Interface]",
                        "Address = 10.77.0.1/24",
                        "PrivateKey = (shown to root only)",
                        "PostUp = (shown to root only)",
                        "",
                        "[Peer]",
                        "PresharedKey = (shown to root only)",
                        "Endpoint = 203.0.113.20:41641");
        assertThat(shown(change, true)).contains("PrivateKey = " + SECRET, "PostUp = echo ListenPort = 7");
    }

    @Test
    void the_private_key_is_for_root() {
        Change change = new PrivateKeyChange(BOB, KEY, Optional.of(SecretKey.parse(SECRET)), FirewallMark.NONE);
        assertThat(shown(change, false)).containsExactly("private key: (shown to root only)");
        assertThat(shown(change, true)).containsExactly("private key: " + SECRET);
    }

    @Test
    void hooks_are_for_root_each_where_it_runs() {
        Hooks hooks = new Hooks(List.of("a", "b"), List.of("c"), List.of("d"), List.of("e"));
        HookChange.Plan plan = HookChange.plan(hooks, "defe22");
        assertThat(shown(plan.beforeLink().getFirst(), true))
                .containsExactly("PreUp: a", "PreUp: b", "PostDown, when the tunnel goes: e");
        assertThat(shown(plan.withLink().getFirst(), true)).containsExactly("PreDown, when the tunnel goes: d");
        assertThat(shown(plan.afterHandshake().getFirst(), true)).containsExactly("PostUp: c");
        assertThat(shown(plan.afterHandshake().getFirst(), false)).containsExactly("PostUp: (shown to root only)");
    }

    @Test
    void a_rule_is_shown_as_the_command_that_adds_it() {
        Change rule = new IptablesRule(IptablesRule.Family.IPV4, IptablesRule.Purpose.ACCEPT_PORT, 41641);
        assertThat(shown(rule, false))
                .containsExactly("iptables -w 5 -t filter -I INPUT 1 -p udp --dport 41641 -m comment --comment"
                        + " wirescale-bob -j ACCEPT");
    }
}
