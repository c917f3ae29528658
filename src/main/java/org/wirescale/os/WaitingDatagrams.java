package org.wirescale.os;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wirescale.model.IpAddress;
import org.wirescale.model.Port;
import org.wirescale.model.WirescaleException;
import org.wirescale.os.Kernel.Call;
import org.wirescale.os.Sockets.Family;

/**
 * What came to a UDP socket that nobody reads any more. It is sent on to another port of this machine through a raw socket, with
 * the sender's own address and port, as nft would have done on the way; udp(7), raw(7), ipv6(7).
 */
public final class WaitingDatagrams {
    private static final Logger LOG = LoggerFactory.getLogger(WaitingDatagrams.class);
    /** More than comes in the some 50 ms for which nobody reads; what is beyond stays where it is. */
    private static final int MOST = 8192;

    /** What is refused once is refused always; a person is told once. */
    private static final AtomicBoolean TOLD = new AtomicBoolean();

    private static final int SOCK_RAW = 3;
    private static final int SOCK_CLOEXEC = 0x80000;
    /** Of {@code socket(2)}: the sender makes the IP header. */
    private static final int IPPROTO_RAW = 255;

    private static final int MSG_DONTWAIT = 0x40;
    private static final int SOL_UDP = 17;
    private static final int UDP_GRO = 104;

    private static final int LARGEST = 65535;
    private static final int NAME_SIZE = 28;
    private static final int CONTROL_SIZE = 128;
    private static final int HEADER_SIZE = 56;

    private WaitingDatagrams() {}

    /** Several datagrams of one sender that the kernel put together, each but the last of the same size. */
    private record Received(InetSocketAddress sender, ByteBuffer data, int segment) {}

    /**
     * Sends on what waits now. Never fails: what cannot be sent on is lost, as it would be without.
     *
     * @param socket that only this process has
     * @param to a port of the same family that is open to every address
     * @param butNot what begins with this is dropped
     * @return how many were sent on
     */
    public static int sendOn(Descriptor socket, Port to, byte[] butNot) {
        Family family = Sockets.udpName(socket).orElseThrow().family();
        InetSocketAddress there = new InetSocketAddress(
                IpAddress.parse(family == Family.IPV6 ? "::1" : "127.0.0.1").toInetAddress(), to.number());
        try (Descriptor raw = rawSocket(family)) {
            int sent = 0;
            Optional<Received> received = receive(socket, family);
            while (received.isPresent() && sent < MOST) {
                sent += sendOn(raw, received.get(), there, butNot);
                received = receive(socket, family);
            }
            return sent;
        } catch (WirescaleException e) {
            if (TOLD.compareAndSet(false, true)) {
                String why = Errno.of(e).filter(Errno.EPERM::equals).isPresent()
                        ? "a raw socket is not permitted: it wants CAP_NET_RAW"
                        : e.getMessage();
                LOG.warn("Some packets for tailscaled are lost, and sent again by those who sent them: {}", why);
            }
            return 0;
        }
    }

    private static Descriptor rawSocket(Family family) {
        return new Descriptor((int) Kernel.expect(Call.SOCKET, family.number, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW));
    }

    private static Optional<Received> receive(Descriptor socket, Family family) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocate(NAME_SIZE, 8);
            MemorySegment data = arena.allocate(LARGEST);
            MemorySegment control = arena.allocate(CONTROL_SIZE, 8);
            MemorySegment vector = arena.allocate(16, 8);
            vector.set(ValueLayout.JAVA_LONG, 0, data.address());
            vector.set(ValueLayout.JAVA_LONG, 8, LARGEST);
            MemorySegment header = arena.allocate(HEADER_SIZE, 8);
            header.set(ValueLayout.JAVA_LONG, 0, name.address());
            header.set(ValueLayout.JAVA_INT, 8, NAME_SIZE);
            header.set(ValueLayout.JAVA_LONG, 16, vector.address());
            header.set(ValueLayout.JAVA_LONG, 24, 1);
            header.set(ValueLayout.JAVA_LONG, 32, control.address());
            header.set(ValueLayout.JAVA_LONG, 40, CONTROL_SIZE);
            long size = Kernel.result(Call.RECVMSG, socket.number(), header.address(), MSG_DONTWAIT);
            if (size == -Errno.EAGAIN.number()) {
                return Optional.empty();
            }
            if (size < 0) {
                throw Kernel.failure(Call.RECVMSG, (int) -size);
            }
            int segment = segmentSize(control, header.get(ValueLayout.JAVA_LONG, 40));
            byte[] bytes = data.asSlice(0, size).toArray(ValueLayout.JAVA_BYTE);
            return Optional.of(
                    new Received(sender(name, family), ByteBuffer.wrap(bytes), segment > 0 ? segment : (int) size));
        }
    }

    private static InetSocketAddress sender(MemorySegment name, Family family) {
        return new InetSocketAddress(Sockets.addressIn(name, family).toInetAddress(), Sockets.portIn(name));
    }

    /** 0 for a datagram that came alone; {@code UDP_GRO} of udp(7), in the layout of cmsg(3). */
    private static int segmentSize(MemorySegment control, long length) {
        long at = 0;
        while (at + 16 < length) {
            long size = control.get(ValueLayout.JAVA_LONG, at);
            if (control.get(ValueLayout.JAVA_INT, at + 8) == SOL_UDP
                    && control.get(ValueLayout.JAVA_INT, at + 12) == UDP_GRO) {
                return control.get(ValueLayout.JAVA_INT, at + 16);
            }
            at += Math.max(16, (size + 7) & -8);
        }
        return 0;
    }

    private static int sendOn(Descriptor raw, Received received, InetSocketAddress to, byte[] butNot) {
        int sent = 0;
        ByteBuffer data = received.data();
        while (data.hasRemaining()) {
            byte[] one = new byte[Math.min(data.remaining(), received.segment())];
            data.get(one);
            boolean wanted = !Arrays.equals(one, 0, Math.min(one.length, butNot.length), butNot, 0, butNot.length);
            if (wanted && send(raw, to, UdpPacket.of(received.sender(), to, one))) {
                sent++;
            }
        }
        return sent;
    }

    private static boolean send(Descriptor raw, InetSocketAddress to, byte[] packet) {
        try (Arena arena = Arena.ofConfined()) {
            byte[] address = to.getAddress().getAddress();
            boolean ipv6 = address.length == 16;
            MemorySegment buffer = arena.allocateFrom(ValueLayout.JAVA_BYTE, packet);
            MemorySegment name = arena.allocate(NAME_SIZE, 8);
            name.set(ValueLayout.JAVA_SHORT, 0, (short) (ipv6 ? Family.IPV6 : Family.IPV4).number);
            MemorySegment.copy(address, 0, name, ValueLayout.JAVA_BYTE, ipv6 ? 8 : 4, address.length);
            long size = ipv6 ? NAME_SIZE : 16;
            return Kernel.result(
                            Call.SENDTO,
                            raw.number(),
                            buffer.address(),
                            packet.length,
                            MSG_DONTWAIT,
                            name.address(),
                            size)
                    >= 0;
        }
    }
}
