package org.wirescale.exitnode;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wirescale.model.InterfaceName;
import org.wirescale.testing.NetworkNamespace;
import org.wirescale.tunnel.Change;
import org.wirescale.tunnel.ChangeContext;
import org.wirescale.tunnel.FirewallMark;
import org.wirescale.tunnel.Progress;

/** Rules and routes in a namespace with an uplink, a link that stands for the tunnel, and where packets then go. */
@Tag("netns")
final class RoutingTest {
    private static final InterfaceName BOB = InterfaceName.parse("bob");
    private static final FirewallMark OWN = new FirewallMark(0x77);
    private static final PolicyRulesChange RULES = new PolicyRulesChange(ExitNumbers.EXIT, List.of(OWN));
    private static final ExitRoutesChange ROUTES = new ExitRoutesChange(BOB, List.of(IpFamily.values()));

    private final ChangeContext context = Contexts.of(BOB);
    private NetworkNamespace host;
    private NetworkNamespace far;

    @BeforeEach
    void links() {
        host = NetworkNamespace.create();
        far = NetworkNamespace.create();
        int net = 1;
        for (String link : List.of("eth0", "bob")) {
            host.connect(far, link);
            far.ip("link set " + link + " up");
            host.ip("addr add 192.168." + net + ".2/24 dev " + link);
            host.ip("addr add 2001:db8:" + net + "::2/64 dev " + link + " nodad");
            host.ip("link set " + link + " up");
            net++;
        }
        host.ip("route add default via 192.168.1.1");
        host.ip("route add default via 2001:db8:1::1");
    }

    @AfterEach
    void remove() {
        host.close();
        far.close();
    }

    private void apply(Change... changes) throws Exception {
        for (Change change : changes) {
            Change applied = host.call(() -> change.apply(context));
            assertThat(applied.isInPlace(context)).isFalse();
            assertThat(host.call(() -> applied.isInPlace(context))).isTrue();
        }
    }

    private void undo(Change change) throws Exception {
        boolean _ = host.call(() -> {
            change.undo(context, Progress.DONE);
            return true;
        });
    }

    /** The link by which a packet leaves; "unreachable" when by none. */
    private String way(String to) {
        try {
            String route = host.exec("ip route get " + to);
            return route.replaceFirst("(?s).*? dev (\\S+).*", "$1");
        } catch (RuntimeException e) {
            return "unreachable";
        }
    }

    @Test
    void all_goes_through_the_tunnel_but_neighbours_and_what_carries_a_mark() throws Exception {
        apply(ROUTES, RULES);
        assertThat(way("198.51.100.1")).isEqualTo("bob");
        assertThat(way("2001:db8:face::1")).isEqualTo("bob");
        assertThat(way("192.168.1.7")).isEqualTo("eth0");
        assertThat(way("2001:db8:1::7")).isEqualTo("eth0");
        for (String mark : List.of("0xa08d037b", "0xa08d037c", "0x77")) {
            assertThat(way("198.51.100.1 mark " + mark)).as(mark).isEqualTo("eth0");
        }
        host.ip("route add 0.0.0.0/1 via 192.168.1.1");
        host.ip("route add 2000::/3 via 2001:db8:1::1");
        assertThat(way("8.8.8.8"))
                .as("half the internet, as a DHCP server may hand it out")
                .isEqualTo("bob");
        assertThat(way("2606::1")).isEqualTo("bob");
        host.ip("link del bob");
        assertThat(way("198.51.100.1")).isEqualTo("unreachable");
        assertThat(way("2001:db8:face::1")).isEqualTo("unreachable");
    }

    @ParameterizedTest
    @ValueSource(ints = {5500, 5501, 5502, 5503, 5999, 6000})
    void without_any_one_rule_nothing_goes_out_in_the_clear(int priority) throws Exception {
        apply(ROUTES, RULES);
        for (String family : List.of("-4", "-6")) {
            host.exec("ip " + family + " rule del pref " + priority);
        }
        assertThat(way("198.51.100.1")).isIn("bob", "unreachable");
        assertThat(way("2001:db8:face::1")).isIn("bob", "unreachable");
        assertThat(host.call(() -> RULES.isInPlace(context))).isFalse();
        assertThat(host.call(() -> RULES.putBack(context))).isEqualTo("policy rules " + priority);
        assertThat(host.call(() -> RULES.isInPlace(context))).isTrue();
    }

    @Test
    void another_mark_takes_the_place_of_the_first_and_undo_leaves_nothing() throws Exception {
        String before = host.exec("ip rule") + host.exec("ip -6 rule");
        apply(ROUTES, RULES, new PolicyRulesChange(OWN, List.of()));
        assertThat(host.exec("ip rule").lines().filter(line -> line.matches("5[5-9]..:.*|6000:.*")))
                .hasSize(5)
                .noneMatch(line -> line.contains("5503"));
        assertThat(way("198.51.100.1 mark 0x77")).isEqualTo("eth0");
        assertThat(way("198.51.100.1 mark 0xa08d037b")).isEqualTo("bob");
        undo(RULES);
        undo(ROUTES);
        assertThat(host.exec("ip route show table all") + host.exec("ip -6 route show table all"))
                .doesNotContain(Long.toString(ExitNumbers.TABLE));
        assertThat(host.exec("ip rule") + host.exec("ip -6 rule")).isEqualTo(before);
    }

    @Test
    void a_family_that_does_not_pass_is_unreachable_also_after_one_that_did() throws Exception {
        apply(ROUTES, RULES, new ExitRoutesChange(BOB, List.of(IpFamily.IPV4)));
        assertThat(way("198.51.100.1")).isEqualTo("bob");
        assertThat(way("2001:db8:face::1")).isEqualTo("unreachable");
    }

    @Test
    void rules_of_others_in_the_same_range_stay() throws Exception {
        host.ip("rule add pref 5600 from 192.0.2.0/24 lookup main");
        apply(RULES);
        undo(RULES);
        assertThat(host.exec("ip rule")).contains("5600:");
    }

    @Test
    void the_neighbours_of_a_link_are_those_of_its_prefixes() throws Exception {
        host.ip("addr add 10.0.0.1/4 dev eth0");
        assertThat(host.call(() -> OwnPrefix.all(List.of(BOB))))
                .extracting(OwnPrefix::toString)
                .contains("eth0 192.168.1.0/24", "eth0 2001:db8:1::/64")
                .noneMatch(prefix -> prefix.startsWith("bob ") || prefix.contains("/4"));
    }
}
