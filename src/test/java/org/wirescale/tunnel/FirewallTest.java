package org.wirescale.tunnel;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.wirescale.model.Port;
import org.wirescale.testing.NetworkNamespace;

/** far ==bob== host ==wan== outside, in IPv4 and IPv6; the host drops all that no rule accepts. */
@Tag("netns")
final class FirewallTest {
    private static final int PORT = 41641;
    private static final List<String> NETWORKS = List.of("10.94.%d.%d", "fd94:%d::%d");

    private final ChangeContext context = Contexts.of("bob");
    private NetworkNamespace far;
    private NetworkNamespace host;
    private NetworkNamespace outside;

    @BeforeEach
    void connect() {
        far = NetworkNamespace.create();
        host = NetworkNamespace.create();
        outside = NetworkNamespace.create();
        host.connect(far, "bob");
        host.connect(outside, "wan");
        address(host, "bob", 1, 1);
        address(far, "bob", 1, 2);
        address(host, "wan", 2, 1);
        address(outside, "wan", 2, 2);
        far.ip("route add default via 10.94.1.1");
        far.ip("route add default via fd94:1::1");
        host.exec("sysctl -qw net.ipv4.ip_forward=1");
        host.exec("sysctl -qw net.ipv6.conf.all.forwarding=1");
    }

    private static void address(NetworkNamespace side, String link, int network, int end) {
        side.ip("addr add 10.94." + network + "." + end + "/24 dev " + link);
        side.ip("addr add fd94:" + network + "::" + end + "/64 dev " + link + " nodad");
        side.ip("link set " + link + " up");
    }

    @AfterEach
    void remove() {
        far.close();
        host.close();
        outside.close();
    }

    private void dropAll(FirewallTool tool) {
        if (tool == FirewallTool.NFT) {
            host.exec("nft add table inet filter");
            for (String hook : List.of("input", "forward")) {
                host.exec("nft add chain inet filter " + hook + " { type filter hook " + hook
                        + " priority 0 ; policy drop ; }");
                host.exec("nft add rule inet filter " + hook + " meta l4proto ipv6-icmp accept");
                // An accept that came after this one would be of no use.
                host.exec("nft add rule inet filter " + hook + " drop");
            }
            return;
        }
        for (String program : List.of("iptables", "ip6tables")) {
            host.exec(program + " -P INPUT DROP");
            host.exec(program + " -P FORWARD DROP");
        }
        host.exec("ip6tables -A INPUT -p ipv6-icmp -j ACCEPT");
    }

    private List<Change> apply(FirewallTool tool, boolean accept, boolean forward, boolean masquerade)
            throws Exception {
        TunnelOptions options = new TunnelOptions(accept, forward, masquerade, false, 0, 3, 0);
        List<Change> applied = new ArrayList<>();
        host.run(() -> {
            for (IptablesRule rule :
                    FirewallPlan.rules(options, context.interfaceName(), new Port(PORT), true, true, List.of())) {
                rule.prepare(context, tool).ifPresent(change -> applied.add(change.apply(context)));
            }
            assertThat(applied).isNotEmpty().allMatch(change -> change.isInPlace(context));
        });
        return applied;
    }

    /** Who one datagram from there is from, for him whom it reaches; his answer has to come back. */
    private static String sender(NetworkNamespace from, NetworkNamespace to, String address, int port)
            throws Exception {
        try (DatagramSocket receiver = to.call(() -> new DatagramSocket(new InetSocketAddress(address, port)));
                DatagramSocket sender = from.call(() -> new DatagramSocket())) {
            byte[] bytes = "hello".getBytes(UTF_8);
            sender.send(new DatagramPacket(bytes, bytes.length, new InetSocketAddress(address, port)));
            DatagramPacket packet = new DatagramPacket(new byte[10], 10);
            if (!receives(receiver, packet, 700)) {
                return "nobody";
            }
            SocketAddress source = packet.getSocketAddress();
            receiver.send(new DatagramPacket(bytes, bytes.length, source));
            boolean answered = receives(sender, packet, 5000);
            return ((InetSocketAddress) source).getAddress().getHostAddress().replaceFirst("(:0)+:", "::")
                    + (answered ? "" : " without answer");
        }
    }

    private static boolean receives(DatagramSocket socket, DatagramPacket packet, int milliseconds) throws IOException {
        socket.setSoTimeout(milliseconds);
        try {
            socket.receive(packet);
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        }
    }

    private String rules() {
        // Counters and handles are none of ours; iptables-nft leaves empty chains behind.
        return host.exec("nft -s list ruleset").replaceAll("counter packets [0-9]+ bytes [0-9]+", "");
    }

    @ParameterizedTest
    @EnumSource(names = {"IPTABLES", "NFT"})
    void accept_lets_the_tunnel_and_its_packets_in(FirewallTool tool) throws Exception {
        dropAll(tool);
        String before = rules();
        for (String network : NETWORKS) {
            assertThat(sender(far, host, network.formatted(1, 1), 7000)).isEqualTo("nobody");
            assertThat(sender(outside, host, network.formatted(2, 1), PORT)).isEqualTo("nobody");
        }
        List<Change> applied = apply(tool, true, false, false);
        for (String network : NETWORKS) {
            assertThat(sender(far, host, network.formatted(1, 1), 7000)).isEqualTo(network.formatted(1, 2));
            assertThat(sender(outside, host, network.formatted(2, 1), PORT)).isEqualTo(network.formatted(2, 2));
            assertThat(sender(outside, host, network.formatted(2, 1), 7000)).isEqualTo("nobody");
        }
        host.run(() -> applied.reversed().forEach(change -> change.undo(context, Progress.DONE)));
        assertThat(rules()).isEqualTo(before);
    }

    @ParameterizedTest
    @EnumSource(names = {"IPTABLES", "NFT"})
    void forward_and_masquerade_let_the_peer_out_under_our_address(FirewallTool tool) throws Exception {
        dropAll(tool);
        for (String network : NETWORKS) {
            assertThat(sender(far, outside, network.formatted(2, 2), 7000)).isEqualTo("nobody");
        }
        List<Change> applied = apply(tool, false, true, true);
        for (String network : NETWORKS) {
            assertThat(sender(far, outside, network.formatted(2, 2), 7000)).isEqualTo(network.formatted(2, 1));
        }
        host.run(() -> applied.reversed().forEach(change -> change.undo(context, Progress.DONE)));
        assertThat(rules()).doesNotContain("bob");
        for (String network : NETWORKS) {
            assertThat(sender(far, outside, network.formatted(2, 2), 7000)).isEqualTo("nobody");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"IPTABLES", "NFT"})
    void undoing_again_and_reading_back_work(FirewallTool tool) throws Exception {
        dropAll(tool);
        List<Change> applied = apply(tool, true, true, true);
        host.run(() -> {
            for (Change change : applied.reversed()) {
                Change copy = change instanceof NftRule
                        ? StateCopy.of(change, NftRule::read)
                        : StateCopy.of(change, IptablesRule::read);
                assertThat(copy).isEqualTo(change);
                copy.undo(context, Progress.DONE);
                assertThat(copy.isInPlace(context)).isFalse();
                copy.undo(context, Progress.INTENDED);
            }
        });
        assertThat(rules()).doesNotContain("bob");
    }
}
