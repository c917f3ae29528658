package org.wirescale.tunnel;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.wirescale.testing.NetworkNamespace;
import org.wirescale.tunnel.OwnTableChange.Tool;

@Tag("netns")
final class OwnTableChangeTest {
    private final ChangeContext context = Contexts.of("bob");
    private NetworkNamespace host;
    private NetworkNamespace far;

    @BeforeEach
    void connect() {
        host = NetworkNamespace.create();
        far = NetworkNamespace.create();
        host.connect(far, "bob");
        int end = 1;
        for (NetworkNamespace side : new NetworkNamespace[] {host, far}) {
            side.ip("addr add 10.99.0." + end + "/24 dev bob");
            side.ip("addr add fd99::" + end + "/64 dev bob nodad");
            side.ip("link set bob up");
            end++;
        }
    }

    @AfterEach
    void remove() {
        host.close();
        far.close();
    }

    /** Sends one datagram that the mark is set on and one that it is not, and returns what arrives. */
    private String arriving(String address, String mark) throws Exception {
        try (DatagramSocket receiver = far.call(() -> new DatagramSocket(new InetSocketAddress(address, 7000)))) {
            host.exec("nft add table inet t");
            host.exec("nft add chain inet t c { type filter hook output priority -400 ; }");
            host.exec("nft add rule inet t c udp sport 7001 meta mark set " + mark);
            send(address, 7001, "marked");
            send(address, 7002, "plain");
            host.exec("nft delete table inet t");
            String first = receive(receiver);
            return first.equals("plain") ? first : first + " " + receive(receiver);
        }
    }

    private void send(String address, int from, String text) throws Exception {
        try (DatagramSocket sender = host.call(() -> new DatagramSocket(from))) {
            byte[] bytes = text.getBytes(UTF_8);
            try {
                sender.send(new DatagramPacket(bytes, bytes.length, new InetSocketAddress(address, 7000)));
            } catch (IOException e) {
                // What is dropped on its way out is told to the sender: EPERM.
                assertThat(e).hasMessageContaining("not permitted");
            }
        }
    }

    private static String receive(DatagramSocket socket) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[100], 100);
        socket.setSoTimeout(5000);
        try {
            socket.receive(packet);
        } catch (SocketTimeoutException e) {
            return "nothing";
        }
        return new String(packet.getData(), 0, packet.getLength(), UTF_8);
    }

    @ParameterizedTest
    @EnumSource(Tool.class)
    void tailscaleds_packets_do_not_enter_the_tunnel_and_others_do(Tool tool) throws Exception {
        OwnTableChange change = new OwnTableChange(tool);
        for (String address : new String[] {"10.99.0.2", "fd99::2"}) {
            assertThat(arriving(address, "0x80000")).isEqualTo("marked plain");
            host.run(() -> change.apply(context));
            assertThat(host.call(() -> change.isInPlace(context))).isTrue();
            assertThat(arriving(address, "0x80000")).isEqualTo("plain");
            assertThat(arriving(address, "0x12085678")).isEqualTo("plain");
            assertThat(arriving(address, "0x40000")).isEqualTo("marked plain");
            host.run(() -> change.undo(context, Progress.DONE));
            assertThat(host.call(() -> change.isInPlace(context))).isFalse();
            assertThat(arriving(address, "0x80000")).isEqualTo("marked plain");
        }
    }

    @Test
    void stands_before_the_interface_is_there_and_outlives_iptables_F() throws Exception {
        host.ip("link del bob");
        host.run(() -> new OwnTableChange().prepare(context).orElseThrow().apply(context));
        host.exec("iptables -F");
        host.exec("iptables -t raw -F");
        assertThat(host.call(() -> new OwnTableChange().isInPlace(context))).isTrue();
    }

    @ParameterizedTest
    @EnumSource(Tool.class)
    void undoing_twice_is_no_failure_and_leaves_nothing(Tool tool) throws Exception {
        OwnTableChange change = new OwnTableChange(tool);
        host.run(() -> {
            change.undo(context, Progress.INTENDED);
            change.apply(context);
            change.apply(context);
            change.undo(context, Progress.DONE);
            change.undo(context, Progress.DONE);
        });
        assertThat(host.exec("nft list ruleset")).doesNotContain("wirescale", "rule", "drop");
        assertThat(host.exec("iptables-save -t raw")).doesNotContain("-A");
    }

    @Test
    void the_state_file_gives_back_the_same() {
        assertThat(StateCopy.of(new OwnTableChange(Tool.IPTABLES), OwnTableChange::read))
                .isEqualTo(new OwnTableChange(Tool.IPTABLES));
    }
}
