package org.wirescale.tunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.wirescale.model.Endpoint;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.IpAddress;
import org.wirescale.model.IpNetwork;
import org.wirescale.model.Port;
import org.wirescale.model.PublicKey;
import org.wirescale.model.SecretKey;
import org.wirescale.model.WirescaleException;

/** What changes, plans and the output of programs are as values; no program runs. */
final class ChangesTest {
    private static final InterfaceName BOB = InterfaceName.parse("bob");
    private static final String PRIVATE = "iJYxtIgOhGQdu2+CNLmWC0EVdUr3JeaESCRh44FQfEU=";
    private static final PublicKey OURS = PublicKey.parse("xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=");
    private static final PublicKey THEIRS = PublicKey.parse("TrMvSoP4jYQlY6RIzBgbssQqY3vxI2Pi+y71lOWWXX0=");

    private static List<IpNetwork> networks(String... texts) {
        return List.of(texts).stream().map(IpNetwork::parse).toList();
    }

    private static TunnelSpec spec(int mtu, String... addresses) {
        return new TunnelSpec(
                BOB,
                SecretKey.parse(PRIVATE),
                OURS,
                networks(addresses),
                mtu,
                RouteTable.AUTO,
                new FirewallMark(0xCAFE),
                networks("10.77.0.9/24", "0.0.0.0/0"),
                List.of(IpAddress.parse("10.77.0.53")),
                List.of("corp.example"),
                "PrivateKey = " + PRIVATE);
    }

    private static TunnelPlan plan() {
        return TunnelPlan.of(spec(1420, "10.77.0.1/24", "fd77::1/64"), List.of(), HookChange.Plan.NONE);
    }

    static List<Change> changes() {
        return List.of(
                new GeneratedFileChange(BOB, Optional.empty()),
                new LinkChange(BOB),
                new LinkChange(BOB, OptionalInt.of(7)),
                new UserspaceLinkChange(BOB, OptionalInt.of(7)),
                new PrivateKeyChange(BOB, OURS, Optional.empty(), new FirewallMark(0xFFFF_FFFFL)),
                new AddressesChange(BOB, networks("10.77.0.1/24", "fd77::1/128"), 1420),
                new RoutesChange(BOB, networks("10.77.0.0/24"), 4_000_000_000L),
                new DnsChange(BOB, List.of(IpAddress.parse("10.77.0.53")), List.of("corp.example")),
                new DnsChange(BOB, List.of(), List.of(), DnsChange.Resolver.RESOLVECTL));
    }

    @ParameterizedTest
    @MethodSource("changes")
    void a_change_is_read_back_as_it_was_written(Change change) {
        ObjectNode json = new JsonMapper().createObjectNode();
        ChangeKinds.standard().write(change, json);
        StrictJson read = StrictJson.object(json, "change");
        assertThat(ChangeKinds.standard().read(read)).isEqualTo(change);
        read.end();
    }

    @Test
    void a_plan_makes_the_link_in_the_order_of_wg_quick() {
        assertThat(plan().all())
                .extracting(Change::kind)
                .containsExactly("file", "link", "key", "addresses", "dns", "routes");
    }

    @Test
    void no_secret_is_shown_or_written() {
        for (Change change : plan().all()) {
            ObjectNode json = new JsonMapper().createObjectNode();
            ChangeKinds.standard().write(change, json);
            assertThat(change.describe() + change + json).doesNotContain(PRIVATE);
        }
        assertThat(spec(1420, "10.77.0.1").toString()).doesNotContain(PRIVATE);
    }

    @Test
    void ipv6_with_an_mtu_that_it_cannot_live_with_is_refused_before_any_change() {
        assertThatThrownBy(() -> TunnelPlan.of(spec(1279, "fd77::1/64"), List.of(), HookChange.Plan.NONE))
                .isInstanceOfSatisfying(
                        WirescaleException.class, e -> assertThat(e.reason()).isEqualTo(TunnelReason.MTU_TOO_SMALL));
        TunnelPlan.of(spec(1279, "10.77.0.1/24"), List.of(), HookChange.Plan.NONE);
        TunnelPlan.of(spec(1280, "fd77::1/64"), List.of(), HookChange.Plan.NONE);
    }

    @Test
    void routes_are_masked_without_doubles_and_longest_first() {
        assertThat(RoutesChange.of(
                        BOB,
                        networks("10.1.2.3/8", "10.9.9.9/24", "10.9.9.1/24", "fd00::1", "10.0.0.0/8"),
                        RouteTable.AUTO))
                .contains(new RoutesChange(BOB, networks("fd00::1/128", "10.9.9.0/24", "10.0.0.0/8"), 0));
    }

    @Test
    void a_default_network_is_a_route_only_in_a_table_of_its_own() {
        List<IpNetwork> networks = networks("0.0.0.0/0", "10.0.0.0/8", "::/0");
        assertThat(RoutesChange.of(BOB, networks, RouteTable.AUTO).orElseThrow().networks())
                .isEqualTo(networks("10.0.0.0/8"));
        assertThat(RoutesChange.of(BOB, networks, new RouteTable.Numbered(7))
                        .orElseThrow()
                        .networks())
                .isEqualTo(networks("10.0.0.0/8", "0.0.0.0/0", "::/0"));
        assertThat(RoutesChange.of(BOB, networks, RouteTable.OFF)).isEmpty();
        assertThat(RoutesChange.of(BOB, networks("::/0"), RouteTable.AUTO)).isEmpty();
    }

    @Test
    void the_networks_of_route_lines_are_read_whatever_their_type() {
        List<String> lines = List.of(
                "default via 10.0.0.1 ",
                "10.60.0.0/24 proto kernel scope link src 10.60.0.1 ",
                "10.1.1.1 scope link",
                "unreachable 10.9.0.0/16",
                "");
        assertThat(RoutesChange.parse(String.join("\n", lines), false))
                .isEqualTo(networks("0.0.0.0/0", "10.60.0.0/24", "10.1.1.1/32"));
    }

    @Test
    void port_and_endpoint_of_the_generated_file_follow_and_nothing_else_does() {
        String text = """
                [Interface]
                ListenPort = 41641
                PostUp = echo "ListenPort = 1"; echo Endpoint = x
                [Peer]
                Endpoint = 203.0.113.9:41641
                """;
        LinkSettings moved = new LinkSettings(
                new Port(50_000), Optional.of(Endpoint.parse("[2001:db8::7]:41642")), Optional.empty());
        assertThat(GeneratedFileChange.moved(text, moved)).isEqualTo("""
                [Interface]
                ListenPort = 50000
                PostUp = echo "ListenPort = 1"; echo Endpoint = x
                [Peer]
                Endpoint = [2001:db8::7]:41642
                """);
        assertThat(GeneratedFileChange.moved(
                        text, new LinkSettings(new Port(50_000), Optional.empty(), Optional.empty())))
                .contains("Endpoint = 203.0.113.9:41641");
    }

    @Test
    void a_link_line_is_read_with_and_without_a_parent() {
        assertThat(Link.parse("7: bob: <POINTOPOINT,NOARP,UP,LOWER_UP> mtu 1420 qdisc noqueue\\    link/none"))
                .contains(new Link("bob", 7, 1420, true));
        assertThat(Link.parse("12: eth0.7@eth0: <BROADCAST,MULTICAST,LOWER_UP> mtu 9000 qdisc"))
                .contains(new Link("eth0.7", 12, 9000, false));
        assertThat(Link.parse("")).isEmpty();
    }

    @Test
    void the_mtu_of_a_route_is_read_locked_or_cached() {
        assertThat(Mtu.mtuOf("203.0.113.9 via 10.0.0.1 dev eth0 src 10.0.0.2 uid 0 \\    cache expires 5sec mtu 1300"))
                .hasValue(1300);
        assertThat(Mtu.mtuOf("10.0.0.0/8 dev eth0 mtu lock 1400")).hasValue(1400);
        assertThat(Mtu.mtuOf("203.0.113.9 dev mtu0 src 10.0.0.2")).isEmpty();
        assertThat(Mtu.deviceOf("203.0.113.9 via 10.0.0.1 dev eth0.7 src 10.0.0.2"))
                .contains("eth0.7");
    }

    @Test
    void debians_resolvconf_wants_a_prefix_and_openresolv_none() {
        assertThat(DnsChange.prefixIn(List.of("# comment", "lo.inet*", "lo", "eth*.dhcp", "tun*", "wg*")))
                .contains("tun");
        assertThat(DnsChange.prefixIn(List.of("lo.inet*", ""))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "two words", "line\nnameserver 6.6.6.6", "\u00e4"})
    void a_search_domain_that_would_be_more_than_one_word_is_refused(String domain) {
        assertThatThrownBy(() -> new DnsChange(BOB, List.of(), List.of(domain))).isInstanceOf(WirescaleException.class);
    }

    @Test
    void a_dump_of_wg_is_read() {
        WireGuard.Status status = WireGuardDump.parse(PRIVATE + "\t" + OURS + "\t41641\toff\n" + THEIRS
                + "\t(none)\t[2001:db8::7]:41642\t10.77.0.0/24,fd77::/64\t1800000000\t4096\t92\t10\n");
        assertThat(status.publicKey()).contains(OURS);
        assertThat(status.listenPort()).contains(new Port(41641));
        assertThat(status.peer(THEIRS))
                .contains(new WireGuard.PeerStatus(
                        THEIRS,
                        Optional.of(Endpoint.parse("[2001:db8::7]:41642")),
                        networks("10.77.0.0/24", "fd77::/64"),
                        1_800_000_000L,
                        4096,
                        92,
                        OptionalInt.of(10)));
        assertThat(status.toString()).doesNotContain(PRIVATE);
    }

    @Test
    void a_dump_of_all_links_is_read_of_those_that_are_asked_for() {
        String link = PRIVATE + "\t" + OURS + "\t41641\toff\n";
        String peer = THEIRS + "\t(none)\t(none)\t(none)\t0\t7\t9\toff\n";
        InterfaceName carol = InterfaceName.parse("carol");
        Map<InterfaceName, WireGuard.Status> links = WireGuardDump.parseAll(
                "wg0\tbroken\n\nbob\t" + link + "bob\t" + peer + "carol\t" + link,
                List.of(BOB, carol, InterfaceName.parse("dave")));
        assertThat(links.keySet()).containsExactly(BOB, carol);
        assertThat(links.values())
                .first()
                .satisfies(bob ->
                        assertThat(bob.peer(THEIRS).orElseThrow().received()).isEqualTo(7));
        assertThat(links.values())
                .last()
                .satisfies(bare -> assertThat(bare.peers()).isEmpty());
    }

    @Test
    void a_dump_of_a_bare_link_is_read() {
        WireGuard.Status status =
                WireGuardDump.parse("(none)\t(none)\t0\toff\n" + THEIRS + "\t(none)\t(none)\t(none)\t0\t0\t0\toff\n");
        assertThat(status.publicKey()).isEmpty();
        assertThat(status.listenPort()).isEmpty();
        assertThat(status.peers())
                .singleElement()
                .satisfies(peer -> assertThat(peer.endpoint().isEmpty()
                                && peer.allowedIps().isEmpty()
                                && peer.keepalive().isEmpty())
                        .isTrue());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a\tb\tc", "(none)\tkey\t0\toff", "(none)\t(none)\t70000\toff"})
    void a_dump_that_is_none_is_refused(String text) {
        assertThatThrownBy(() -> WireGuardDump.parse(text)).isInstanceOf(WirescaleException.class);
    }
}
