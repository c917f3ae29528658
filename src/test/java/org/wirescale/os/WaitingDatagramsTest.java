package org.wirescale.os;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wirescale.model.Port;
import org.wirescale.os.Kernel.Call;
import org.wirescale.os.Sockets.Family;

/** On the loopback interface. Raw sockets want root, as the daemon is. */
@Timeout(10)
final class WaitingDatagramsTest {
    private static final byte[] NOT = "TS".getBytes(StandardCharsets.UTF_8);
    private static final int SOL_UDP = 17;
    private static final int UDP_SEGMENT = 103;
    private static final int UDP_GRO = 104;

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void what_waits_reaches_the_other_port_from_the_same_sender(String loopback) throws Exception {
        InetAddress address = InetAddress.getByName(loopback);
        try (DatagramSocket to = new DatagramSocket(new InetSocketAddress(address, 0));
                DatagramSocket sender = new DatagramSocket(new InetSocketAddress(address, 0));
                Descriptor left = hold(family(loopback))) {
            for (String text : new String[] {"one", "TS drop this", "three", ""}) {
                send(sender, address, left, text);
            }
            assertThat(WaitingDatagrams.sendOn(left, new Port(to.getLocalPort()), NOT))
                    .isEqualTo(2);
            for (String text : new String[] {"one", "three"}) {
                DatagramPacket packet = receive(to);
                assertThat(text(packet)).isEqualTo(text);
                assertThat(packet.getSocketAddress()).isEqualTo(sender.getLocalSocketAddress());
            }
            assertThat(WaitingDatagrams.sendOn(left, new Port(to.getLocalPort()), NOT))
                    .as("nothing waits any more")
                    .isZero();
        }
    }

    /** As the kernel does it for a stream: tailscaled asks for that on its sockets. */
    @Test
    void what_the_kernel_put_together_arrives_one_by_one() throws Exception {
        InetAddress address = InetAddress.getByName("127.0.0.1");
        try (DatagramSocket to = new DatagramSocket(new InetSocketAddress(address, 0));
                Descriptor sender = hold(Family.IPV4);
                Descriptor left = hold(Family.IPV4)) {
            option(left, UDP_GRO, 1);
            option(sender, UDP_SEGMENT, 4);
            byte[] data = "aaaabbbbcc".getBytes(StandardCharsets.UTF_8);
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment name = arena.allocate(16, 8);
                name.set(ValueLayout.JAVA_SHORT, 0, (short) 2);
                name.set(Sockets.NETWORK_SHORT, 2, (short) port(left));
                MemorySegment.copy(new byte[] {127, 0, 0, 1}, 0, name, ValueLayout.JAVA_BYTE, 4, 4);
                MemorySegment buffer = arena.allocateFrom(ValueLayout.JAVA_BYTE, data);
                Kernel.expect(Call.SENDTO, sender.number(), buffer.address(), data.length, 0, name.address(), 16);
            }
            assertThat(WaitingDatagrams.sendOn(left, new Port(to.getLocalPort()), NOT))
                    .isEqualTo(3);
            assertThat(text(receive(to))).isEqualTo("aaaa");
            assertThat(text(receive(to))).isEqualTo("bbbb");
            assertThat(text(receive(to))).isEqualTo("cc");
        }
    }

    private static void option(Descriptor socket, int name, int value) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment number = arena.allocateFrom(ValueLayout.JAVA_INT, value);
            Kernel.expect(Call.SETSOCKOPT, socket.number(), SOL_UDP, name, number.address(), 4);
        }
    }

    private static Descriptor hold(Family family) throws Exception {
        int port;
        try (DatagramSocket free = new DatagramSocket()) {
            port = free.getLocalPort();
        }
        return Sockets.holdUdp(family, new Port(port)).orElseThrow();
    }

    private static Family family(String address) {
        return address.contains(":") ? Family.IPV6 : Family.IPV4;
    }

    private static int port(Descriptor socket) {
        return Sockets.udpName(socket).orElseThrow().port().number();
    }

    private static void send(DatagramSocket from, InetAddress address, Descriptor to, String text) throws Exception {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        from.send(new DatagramPacket(bytes, bytes.length, address, port(to)));
    }

    private static DatagramPacket receive(DatagramSocket socket) throws Exception {
        DatagramPacket packet = new DatagramPacket(new byte[100], 100);
        socket.receive(packet);
        return packet;
    }

    private static String text(DatagramPacket packet) {
        return new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8);
    }
}
