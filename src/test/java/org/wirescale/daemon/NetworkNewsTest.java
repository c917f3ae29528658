package org.wirescale.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.wirescale.model.IpAddress;
import org.wirescale.os.NetworkEvent;
import org.wirescale.os.NetworkEvent.AddressChanged;
import org.wirescale.os.NetworkEvent.ClockSet;
import org.wirescale.os.NetworkEvent.FirewallChanged;
import org.wirescale.os.NetworkEvent.LinkGone;
import org.wirescale.os.NetworkEvent.Overflow;
import org.wirescale.os.NetworkEvent.Route;
import org.wirescale.os.NetworkEvent.RouteChanged;
import org.wirescale.os.NetworkEvent.RuleChanged;

final class NetworkNewsTest {
    private static final int UPLINK = 2;
    private static final int TUNNEL = 7;
    private final NetworkNews news = new NetworkNews();

    private void add(NetworkEvent... events) {
        news.add(List.of(events));
    }

    private static AddressChanged address(String address, boolean there) {
        return new AddressChanged(UPLINK, IpAddress.parse(address), !address.startsWith("fe80"), there);
    }

    private static RouteChanged route(int prefixLength, long table, int ifindex, boolean there) {
        return new RouteChanged(new Route(false, prefixLength, table, ifindex, Optional.empty(), 100), there);
    }

    @Test
    void what_was_taken_of_a_link_is_to_be_looked_at_and_what_came_is_not() {
        add(route(24, 254, TUNNEL, true), address("fe80::1", true), new RuleChanged(5270, 52, false));
        assertThat(news.isToBeLookedAt()).isFalse();
        add(route(24, 254, TUNNEL, false));
        assertThat(news.isToBeLookedAt()).isTrue();
        assertThat(news.take().links()).containsExactly(TUNNEL);
        assertThat(news.isToBeLookedAt()).isFalse();
        add(new LinkGone(TUNNEL, "bob"), new FirewallChanged("filter"));
        assertThat(news.take()).isEqualTo(new NetworkNews.News(java.util.Set.of(TUNNEL), true, false, false));
        assertThat(news.hasMoved()).isFalse();
    }

    @Test
    void a_rule_of_the_exit_node_is_to_be_looked_at() {
        add(new RuleChanged(5999, 254, false));
        assertThat(news.take().routing()).isTrue();
        assertThat(news.take().routing()).isFalse();
    }

    @Test
    void an_address_that_came_or_went_is_a_move_and_one_that_was_renewed_is_none() {
        add(address("192.168.1.2", true));
        assertThat(news.takeMove().links()).containsExactly(UPLINK);
        add(address("192.168.1.2", true), address("fe80::1", true), address("fe80::1", false));
        assertThat(news.hasMoved()).isFalse();
        add(address("192.168.1.2", false));
        assertThat(news.takeMove().links()).containsExactly(UPLINK);
        add(address("192.168.1.2", true));
        assertThat(news.hasMoved()).isTrue();
    }

    @Test
    void a_default_route_is_a_move_where_it_is_new_and_not_tailscales() {
        add(route(0, 254, UPLINK, true));
        assertThat(news.takeMove().links()).containsExactly(UPLINK);
        add(route(0, 254, UPLINK, true), route(0, 52, 9, true), route(0, 0xA08D037AL, 0, true), route(8, 254, 3, true));
        assertThat(news.hasMoved()).isFalse();
        add(route(0, 254, UPLINK, false));
        assertThat(news.hasMoved()).isTrue();
    }

    @Test
    void a_clock_that_was_set_can_be_a_wake_and_an_overflow_anything() {
        add(new ClockSet());
        assertThat(news.isToBeLookedAt()).isFalse();
        assertThat(news.takeMove().woke()).isTrue();
        add(new Overflow());
        assertThat(news.take().everything()).isTrue();
        assertThat(news.takeMove().woke()).isTrue();
        assertThat(news.hasMoved()).isFalse();
    }
}
