package org.wirescale.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wirescale.model.IpAddress;
import org.wirescale.model.IpNetwork;

final class AllowedIpsTest {
    @ParameterizedTest
    @CsvSource({
        "0.0.0.0/0,auto,true",
        "::/0,auto,true",
        "'10.0.0.0/8, 1.2.3.4/0',auto,true",
        "'0.0.0.0/1, 128.0.0.0/1',auto,false",
        "0.0.0.0/0,off,false",
        "0.0.0.0/0,254,false",
        "::/0,51820,false",
        "10.0.0.0/8,auto,false",
    })
    void a_default_network_asks_for_an_exit_node_while_the_table_is_auto(
            String networks, String table, boolean wanted) {
        assertThat(AllowedIps.wantsExitNode(file(networks, table))).isEqualTo(wanted);
    }

    @Test
    void default_networks_reach_device_and_routes_unless_the_exit_node_adds_them() {
        String networks = "0.0.0.0/0, 10.0.0.7/8, ::/0, fd00::/64, 10.9.9.0/24, 10.1.0.0/8";
        assertThat(AllowedIps.ofDevice(file(networks, "auto")))
                .extracting(IpNetwork::toString)
                .containsExactly("10.0.0.7/8", "fd00::/64", "10.9.9.0/24", "10.1.0.0/8");
        assertThat(AllowedIps.routes(file(networks, "auto")))
                .extracting(IpNetwork::toString)
                .containsExactly("fd00::/64", "10.9.9.0/24", "10.0.0.0/8");
        assertThat(AllowedIps.ofDevice(file(networks, "200"))).hasSize(6);
        assertThat(AllowedIps.routes(file(networks, "200")))
                .extracting(IpNetwork::toString)
                .containsExactly("fd00::/64", "10.9.9.0/24", "10.0.0.0/8", "0.0.0.0/0", "::/0");
        assertThat(AllowedIps.ofDevice(file(networks, "off"))).hasSize(6);
        assertThat(AllowedIps.routes(file(networks, "off"))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "203.0.113.0/24,auto,203.0.113.7,203.0.113.0/24",
        "'10.0.0.0/8, 0.0.0.0/1, 128.0.0.0/1',auto,203.0.113.7,128.0.0.0/1",
        "2001:db8::/32,auto,2001:db8::7,2001:db8::/32",
        "0.0.0.0/0,main,203.0.113.7,0.0.0.0/0",
        "203.0.113.0/24,255,203.0.113.7,203.0.113.0/24",
        "203.0.113.0/24,off,203.0.113.7,",
        "0.0.0.0/0,200,203.0.113.7,",
        "0.0.0.0/0,auto,203.0.113.7,",
        "10.0.0.0/8,auto,203.0.113.7,",
        "::/1,auto,203.0.113.7,",
    })
    void a_route_over_the_peers_endpoint_is_a_loop(String networks, String table, String endpoint, String loop) {
        PeerFile file = file(networks, table);
        IpAddress address = IpAddress.parse(endpoint);
        assertThat(AllowedIps.routingLoop(file, address))
                .isEqualTo(Optional.ofNullable(loop).map(IpNetwork::parse));
        if (loop == null) {
            AllowedIps.requireNoRoutingLoop(file, address);
        } else {
            assertThat(Refusals.assertRefused(
                            () -> AllowedIps.requireNoRoutingLoop(file, address), ConfigReason.ROUTING_LOOP))
                    .hasMessageContaining(loop)
                    .hasMessageContaining(endpoint);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "192.168.3.0/24,192.168.3.2,",
        "'192.168.3.0/24, fd00::/64',192.168.3.2 fd00::2,",
        "192.168.3.0/24,192.168.3.2 fd00::2,fd00::2",
        "192.168.3.1/32,192.168.3.2,192.168.3.2",
        "192.168.3.9/24,192.168.3.2,",
        "0.0.0.0/0,10.9.8.7,",
    })
    void all_of_the_peers_addresses_lie_in_the_allowed_ips(String networks, String addresses, String outside) {
        PeerFile file = file(networks, "off");
        List<IpAddress> peers =
                Arrays.stream(addresses.split(" ")).map(IpAddress::parse).toList();
        assertThat(AllowedIps.outside(file, peers))
                .isEqualTo(outside == null ? List.of() : List.of(IpAddress.parse(outside)));
    }

    private static PeerFile file(String networks, String table) {
        return Texts.parse(
                "[Interface]\nAddress = 192.168.3.1\nTable = " + table + "\n[Peer]\nAllowedIPs = " + networks);
    }
}
