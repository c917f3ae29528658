package org.wirescale.tailscale;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.wirescale.model.Endpoint;
import org.wirescale.model.IpAddress;
import org.wirescale.model.Port;
import org.wirescale.os.Sockets.Family;

final class UdpTableTest {
    @Test
    void lines_of_both_families_are_read() {
        assertThat(UdpTable.entry(
                        Family.IPV4,
                        " 2337: 0100007F:A2A9 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 12345 2"
                                + " 0000000000000000 0"))
                .contains(new UdpTable.Entry(Family.IPV4, IpAddress.parse("127.0.0.1"), new Port(41641), false, 12345));
        assertThat(UdpTable.entry(
                        Family.IPV6,
                        "  337: B80D0120000000000000000001000000:A2A9 B80D0120000000000000000002000000:0035 01"
                                + " 00000000:00000000 00:00000000 00000000  1000        0 99 2 0000000000000000 0"))
                .contains(new UdpTable.Entry(Family.IPV6, IpAddress.parse("2001:db8::1"), new Port(41641), true, 99));
        assertThat(
                        UdpTable.entry(
                                Family.IPV4,
                                "   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode"))
                .isEmpty();
    }

    @Test
    void the_port_is_one_that_is_told_beside_a_local_address_and_held() {
        List<Endpoint> told = List.of(
                Endpoint.parse("203.0.113.7:7000"),
                Endpoint.parse("192.168.1.2:41641"),
                Endpoint.parse("[fd00::2]:500"));
        Set<IpAddress> local = Set.of(IpAddress.parse("192.168.1.2"), IpAddress.parse("fd00::2"));
        List<Tailscaled.Owned> sockets = List.of(
                owned(5, Family.IPV4, "0.0.0.0", 7000, false),
                owned(6, Family.IPV4, "0.0.0.0", 41641, false),
                owned(7, Family.IPV6, "::", 501, false),
                owned(8, Family.IPV6, "::", 500, true));
        assertThat(TailscalePorts.choose(told, sockets, local))
                .isEqualTo(new TailscalePorts(Optional.of(new Port(41641)), Optional.empty()));
    }

    private static Tailscaled.Owned owned(int number, Family family, String address, int port, boolean connected) {
        return new Tailscaled.Owned(
                number, new UdpTable.Entry(family, IpAddress.parse(address), new Port(port), connected, number));
    }
}
