package org.wirescale.os;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wirescale.model.IpAddress;
import org.wirescale.model.Port;
import org.wirescale.model.WirescaleException;
import org.wirescale.os.Sockets.Family;

final class SocketsTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    @TempDir
    Path folder;

    @Test
    void a_held_port_is_nobody_elses_in_that_family() {
        Port port = freePort();
        try (Descriptor held = Sockets.holdUdp(Family.IPV4, port).orElseThrow()) {
            assertThat(Sockets.udpName(held))
                    .contains(new Sockets.UdpName(Family.IPV4, IpAddress.parse("0.0.0.0"), port));
            WirescaleException failure =
                    catchThrowableOfType(WirescaleException.class, () -> Sockets.holdUdp(Family.IPV4, port));
            assertThat(Errno.of(failure)).contains(Errno.EADDRINUSE);
            // IPv6 stays free for the one who needs the same number there.
            Sockets.holdUdp(Family.IPV6, port).orElseThrow().close();
        }
        Sockets.holdUdp(Family.IPV4, port).orElseThrow().close();
    }

    @Test
    void a_port_held_in_ipv6_leaves_ipv4_alone() {
        Port port = freePort();
        try (Descriptor six = Sockets.holdUdp(Family.IPV6, port).orElseThrow();
                Descriptor four = Sockets.holdUdp(Family.IPV4, port).orElseThrow()) {
            assertThat(Sockets.isIpv6Only(six)).isTrue();
            assertThat(Sockets.udpName(six)).contains(new Sockets.UdpName(Family.IPV6, IpAddress.parse("::"), port));
            assertThat(four.isOpen()).isTrue();
        }
    }

    @Test
    void what_is_no_udp_socket_has_no_udp_name() {
        try (Descriptor file = Syscalls.open(folder, 0)) {
            assertThat(Sockets.udpName(file)).isEmpty();
        }
    }

    @Test
    void a_unix_socket_is_connected_asked_who_it_is_read_and_written() throws Exception {
        Path path = folder.resolve("s");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(path));
            try (Descriptor client = Sockets.connectUnix(path);
                    SocketChannel accepted = server.accept()) {
                assertThat(Sockets.peerCredentials(client).pid())
                        .isEqualTo(ProcessHandle.current().pid());
                assertThat(Sockets.write(client, "hello".getBytes(StandardCharsets.UTF_8), SECOND))
                        .isTrue();
                ByteBuffer got = ByteBuffer.allocate(10);
                accepted.read(got);
                assertThat(new String(got.array(), 0, got.position(), StandardCharsets.UTF_8))
                        .isEqualTo("hello");
                assertThat(Sockets.read(client, new byte[4], Duration.ofMillis(20)))
                        .as("nothing there")
                        .isEmpty();
                accepted.write(ByteBuffer.wrap(new byte[] {7, 8}));
                byte[] read = new byte[4];
                assertThat(Sockets.read(client, read, SECOND)).contains(2);
                assertThat(read).startsWith(7, 8);
                accepted.shutdownOutput();
                assertThat(Sockets.read(client, read, SECOND)).contains(0);
                accepted.shutdownInput();
                WirescaleException failure =
                        catchThrowableOfType(WirescaleException.class, () -> Sockets.write(client, read, SECOND));
                assertThat(Errno.of(failure)).contains(Errno.EPIPE);
            }
        }
        WirescaleException failure =
                catchThrowableOfType(WirescaleException.class, () -> Sockets.connectUnix(folder.resolve("none")));
        assertThat(Errno.of(failure)).contains(Errno.ENOENT);
    }

    @Test
    void a_write_that_nobody_reads_ends_with_its_time() throws Exception {
        Path path = folder.resolve("s");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(path));
            try (Descriptor client = Sockets.connectUnix(path);
                    SocketChannel accepted = server.accept()) {
                assertThat(accepted.isConnected()).isTrue();
                assertThat(Sockets.write(client, new byte[8 << 20], Duration.ofMillis(50)))
                        .isFalse();
            }
        }
    }

    /** A port that is free in both families now. */
    private static Port freePort() {
        try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress("::", 0))) {
            return new Port(socket.getLocalPort());
        } catch (java.net.SocketException e) {
            throw new AssertionError(e);
        }
    }
}
