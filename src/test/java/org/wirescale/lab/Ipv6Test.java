package org.wirescale.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Routers with IPv6, and NAT for IPv4 through which no direct path comes about: the machines reach each other by IPv6 alone. */
@LabTest
final class Ipv6Test extends AliceAndBob {

    @Override
    Lab start() {
        return Lab.up("--hosts", "alice,bob", "--ipv6", "--nat", "hard");
    }

    @Test
    void a_tunnel_runs_over_ipv6() {
        Ends ends = Ends.of(lab);
        alice.upgrade("bob").expect(0);
        Tunnels.assertWhole(alice, bob);
        assertThat(alice.sh("wg show bob endpoints")).contains("[2001:db8:20::2]:" + bob.listenPort("alice"));
        assertThat(bob.sh("wg show alice endpoints")).contains("[2001:db8:10::2]:" + alice.listenPort("bob"));
        lab.direct(alice, bob);
        ends.takeDown();
    }

    @Test
    void the_port_of_ipv6_is_the_tunnels_when_tailscaled_has_two() {
        int ipv4 = PortThief.announced(alice);
        Run holder = PortThief.hold(alice, 6, ipv4);
        List<Integer> ports = alice.tailscaledPorts();
        holder.signal("KILL");
        assertThat(ports).as("tailscaled's ports").hasSizeGreaterThan(1).contains(ipv4);
        lab.direct(alice, bob);
        alice.upgrade("bob").expect(0);
        Tunnels.assertWhole(alice, bob);
        assertThat(alice.listenPort("bob")).isIn(ports).isNotEqualTo(ipv4);
        assertThat(bob.sh("wg show alice endpoints")).contains("[2001:db8:10::2]:" + alice.listenPort("bob"));
    }

    @Test
    void a_tunnel_runs_over_ipv6_after_a_restart_of_tailscaled() {
        alice.daemon(List.of("--restart-tailscale"));
        lab.direct(alice, bob);
        alice.upgrade("bob").expect(0);
        Tunnels.assertWhole(alice, bob);
        assertThat(alice.sh("wg show bob endpoints")).contains("[2001:db8:20::2]");
    }

    @Test
    void the_peer_may_be_named_by_its_tailscale_ipv6_address() {
        String address = bob.sh("tailscale ip -6");
        alice.upgrade(address).expect(0);
        Tunnels.assertWhole(alice, bob);
    }
}
