package org.wirescale.tunnel;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wirescale.model.Endpoint;
import org.wirescale.model.IpAddress;
import org.wirescale.model.Port;
import org.wirescale.testing.NetworkNamespace;

/** This machine is .1 and :1, with P 41641 and N 50004 (IPv4) or 50006 (IPv6); .2 is the tunnel's peer, .3 another machine. */
@Tag("netns")
final class OldPortForwardChangeTest {
    private static final int P = 41641;
    private static final int PEERS_PORT = 41643;
    private static final Duration DEADLINE = Duration.ofSeconds(10);
    private static final String DISCO = "TS\u00f0\u009f\u0092\u00ac" + "a disco packet of Tailscale's";

    private final ChangeContext context = Contexts.of("bob");
    private NetworkNamespace host;
    private NetworkNamespace outside;

    @BeforeEach
    void connect() {
        host = NetworkNamespace.create();
        outside = NetworkNamespace.create();
        host.connect(outside, "wan");
        address(host, 1);
        address(outside, 2);
        address(outside, 3);
        host.ip("link set wan up");
        outside.ip("link set wan up");
    }

    private static void address(NetworkNamespace side, int end) {
        side.ip("addr add 10.98.0." + end + "/24 dev wan");
        side.ip("addr add fd98::" + end + "/64 dev wan nodad");
    }

    @AfterEach
    void remove() {
        host.close();
        outside.close();
    }

    private static boolean isIpv6(String network) {
        return network.contains(":");
    }

    private static OldPortForwardChange change(String network) {
        Endpoint peer = new Endpoint(IpAddress.parse(network + "2"), new Port(PEERS_PORT));
        return new OldPortForwardChange(
                new Port(P), Optional.of(peer), Optional.of(new Port(50004)), Optional.of(new Port(50006)), 0);
    }

    private static int newPort(String network) {
        return isIpv6(network) ? 50006 : 50004;
    }

    private DatagramSocket bound(String network, int port) throws Exception {
        return host.call(() -> new DatagramSocket(new InetSocketAddress(network + "1", port)));
    }

    /** From one of the two machines outside to this one's old port. */
    private void send(String network, int machine, int fromPort, String text) throws Exception {
        InetSocketAddress from = new InetSocketAddress(network + machine, fromPort);
        try (DatagramSocket socket = outside.call(() -> new DatagramSocket(from))) {
            byte[] bytes = text.getBytes(ISO_8859_1);
            socket.send(new DatagramPacket(bytes, bytes.length, new InetSocketAddress(network + "1", P)));
        }
    }

    private static String receive(DatagramSocket socket, Duration within) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[9000], 9000);
        socket.setSoTimeout((int) within.toMillis());
        try {
            socket.receive(packet);
        } catch (SocketTimeoutException e) {
            return "nothing";
        }
        return new String(packet.getData(), 0, packet.getLength(), ISO_8859_1);
    }

    private static String receive(DatagramSocket socket) throws IOException {
        return receive(socket, DEADLINE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.98.0.", "fd98::"})
    void others_reach_tailscaled_and_the_peer_reaches_the_tunnel(String network) throws Exception {
        try (DatagramSocket tunnel = bound(network, P);
                DatagramSocket tailscaled = bound(network, newPort(network))) {
            host.run(() -> change(network).apply(context));
            send(network, 3, PEERS_PORT, "another machine");
            assertThat(receive(tailscaled)).isEqualTo("another machine");
            send(network, 2, PEERS_PORT + 1, "another port of the peer's machine");
            assertThat(receive(tailscaled)).isEqualTo("another port of the peer's machine");
            send(network, 2, PEERS_PORT, "the peer");
            assertThat(receive(tunnel)).isEqualTo("the peer");
        }
    }

    /** The sender computes the checksum of a datagram in fragments itself, so the receiver verifies it. */
    @ParameterizedTest
    @ValueSource(strings = {"10.98.0.", "fd98::"})
    void the_checksum_follows_the_port(String network) throws Exception {
        String text = "0123456789".repeat(400);
        try (DatagramSocket tailscaled = bound(network, newPort(network))) {
            host.run(() -> change(network).apply(context));
            send(network, 3, 5000, text);
            assertThat(receive(tailscaled)).isEqualTo(text);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.98.0.", "fd98::"})
    void disco_packets_of_others_reach_nobody_and_the_peers_reach_the_tunnel(String network) throws Exception {
        try (DatagramSocket tunnel = bound(network, P);
                DatagramSocket tailscaled = bound(network, newPort(network))) {
            host.run(() -> change(network).apply(context));
            send(network, 3, 5000, DISCO + " of another machine");
            send(network, 3, 5000, "after");
            assertThat(receive(tailscaled)).isEqualTo("after");
            send(network, 2, PEERS_PORT, DISCO);
            assertThat(receive(tunnel)).isEqualTo(DISCO);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.98.0.", "fd98::"})
    void the_peers_packets_are_tailscaleds_until_it_has_left_too(String network) throws Exception {
        try (DatagramSocket tunnel = bound(network, P);
                DatagramSocket tailscaled = bound(network, newPort(network))) {
            OldPortForwardChange everything =
                    OldPortForwardChange.next(new Port(P), Optional.of(new Port(50004)), Optional.of(new Port(50006)));
            host.run(() -> everything.apply(context));
            send(network, 2, PEERS_PORT, "early");
            assertThat(receive(tailscaled)).isEqualTo("early");
            Endpoint peer = new Endpoint(IpAddress.parse(network + "2"), new Port(PEERS_PORT));
            host.run(() -> everything.exceptFrom(peer).apply(context));
            send(network, 2, PEERS_PORT, "late");
            assertThat(receive(tunnel)).isEqualTo("late");
        }
    }

    @Test
    void the_family_in_which_tailscaled_did_not_move_is_left_alone() throws Exception {
        OldPortForwardChange change =
                OldPortForwardChange.next(new Port(P), Optional.of(new Port(50004)), Optional.empty());
        try (DatagramSocket tunnel = bound("fd98::", P)) {
            host.run(() -> change.apply(context));
            send("fd98::", 3, 5000, "hello");
            assertThat(receive(tunnel)).isEqualTo("hello");
        }
    }

    @Test
    void what_this_machine_routes_for_others_is_left_alone() throws Exception {
        try (NetworkNamespace inside = NetworkNamespace.create()) {
            host.connect(inside, "lan");
            host.ip("addr add 10.97.0.1/24 dev lan");
            host.ip("link set lan up");
            inside.ip("addr add 10.97.0.2/24 dev lan");
            inside.ip("link set lan up");
            inside.ip("route add default via 10.97.0.1");
            outside.ip("route add 10.97.0.0/24 via 10.98.0.1");
            host.exec("sysctl -qw net.ipv4.ip_forward=1");
            host.run(() -> change("10.98.0.").apply(context));
            try (DatagramSocket receiver =
                            inside.call(() -> new DatagramSocket(new InetSocketAddress("10.97.0.2", P)));
                    DatagramSocket sender = outside.call(() -> new DatagramSocket(5000))) {
                byte[] bytes = {1, 2, 3};
                sender.send(new DatagramPacket(bytes, 3, new InetSocketAddress("10.97.0.2", P)));
                assertThat(receive(receiver)).hasSize(3);
            }
        }
    }

    @Test
    void the_kernel_ends_it_by_itself() throws Exception {
        try (DatagramSocket tunnel = bound("10.98.0.", P);
                DatagramSocket tailscaled = bound("10.98.0.", 50004)) {
            host.run(() -> change("10.98.0.").apply(context, Duration.ofMillis(1500)));
            send("10.98.0.", 3, 5000, "early");
            assertThat(receive(tailscaled)).isEqualTo("early");
            String received = "nothing";
            for (long end = System.nanoTime() + DEADLINE.toNanos();
                    received.equals("nothing") && System.nanoTime() < end; ) {
                send("10.98.0.", 3, 5000, "late");
                received = receive(tunnel, Duration.ofMillis(100));
            }
            assertThat(received).isEqualTo("late");
            assertThat(host.call(() -> Nft.has(OldPortForwardChange.table(context.interfaceName()))))
                    .isTrue();
        }
    }

    /** A second tunnel takes the port that tailscaled moved to: what comes to the first port goes all the way. */
    @Test
    void a_second_takeover_goes_on_from_the_first() throws Exception {
        OldPortForwardChange first =
                OldPortForwardChange.next(new Port(P), Optional.of(new Port(50004)), Optional.empty());
        OldPortForwardChange second =
                OldPortForwardChange.next(new Port(50004), Optional.of(new Port(50008)), Optional.empty());
        try (DatagramSocket secondTunnel = bound("10.98.0.", 50004);
                DatagramSocket tailscaled = bound("10.98.0.", 50008)) {
            host.run(() -> {
                first.apply(context);
                second.apply(Contexts.of("carol"));
            });
            send("10.98.0.", 3, 5000, "hello");
            assertThat(receive(tailscaled)).isEqualTo("hello");
            host.run(() -> first.undo(context, Progress.DONE));
            assertThat(host.exec("nft list tables"))
                    .contains("wirescale_carol/port")
                    .doesNotContain("bob");
            host.run(() -> second.undo(Contexts.of("carol"), Progress.DONE));
            assertThat(secondTunnel.isClosed()).isFalse();
            assertThat(host.exec("nft list ruleset")).isEmpty();
        }
    }

    @Test
    void the_state_file_gives_back_the_same() {
        assertThat(StateCopy.of(change("fd98::"), OldPortForwardChange::read)).isEqualTo(change("fd98::"));
    }

    @Test
    void lasts_20_seconds() throws Exception {
        host.run(() -> change("10.98.0.").apply(context));
        assertThat(host.exec("nft list ruleset")).contains("41641 timeout 20s");
    }
}
