package org.wirescale.os;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.wirescale.model.IpAddress;
import org.wirescale.model.Port;
import org.wirescale.model.WirescaleException;
import org.wirescale.os.Kernel.Call;

/** System calls on sockets that the JDK does not know; see {@link Syscalls} for what failures carry. */
public final class Sockets {
    private static final int AF_UNIX = 1;
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;
    private static final int SOCK_STREAM = 1;
    private static final int SOCK_DGRAM = 2;
    private static final int SOCK_NONBLOCK = 0x800;
    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int SOL_SOCKET = 1;
    private static final int SO_TYPE = 3;
    private static final int SO_RCVBUF = 8;
    private static final int SO_PEERCRED = 17;
    private static final int SO_DOMAIN = 39;
    private static final int IPPROTO_IPV6 = 41;
    private static final int IPV6_V6ONLY = 26;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int SUN_PATH_OFFSET = 2;
    private static final int SUN_PATH_SIZE = 108;
    static final ValueLayout.OfShort NETWORK_SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private Sockets() {}

    /** The two families of the internet protocol. */
    public enum Family {
        IPV4(AF_INET),
        IPV6(AF_INET6);

        final int number;

        Family(int number) {
            this.number = number;
        }

        public static Family of(IpAddress address) {
            return address.isIpv6() ? IPV6 : IPV4;
        }
    }

    /** What a UDP socket is bound to; {@code 0.0.0.0} or {@code ::} for every address. */
    public record UdpName(Family family, IpAddress address, Port port) {}

    /** Who made a UNIX socket's other end listen, or connected to it. */
    public record PeerCredentials(long pid, int uid, int gid) {}

    /**
     * Binds a UDP socket to a port of every address of one family, without allowing its reuse, so that nobody else can have the
     * port in that family. IPv6 leaves IPv4 alone ({@code IPV6_V6ONLY}).
     *
     * @return empty where the machine does not have the family
     * @throws WirescaleException with {@link Errno#EADDRINUSE} when somebody has the port
     */
    public static Optional<Descriptor> holdUdp(Family family, Port port) {
        long number = Kernel.result(Call.SOCKET, family.number, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (number == -Errno.EAFNOSUPPORT.number()) {
            return Optional.empty();
        }
        if (number < 0) {
            throw Kernel.failure(Call.SOCKET, (int) -number);
        }
        Descriptor socket = new Descriptor((int) number);
        try (Arena arena = Arena.ofConfined()) {
            if (family == Family.IPV6) {
                MemorySegment on = arena.allocateFrom(ValueLayout.JAVA_INT, 1);
                Kernel.expect(Call.SETSOCKOPT, socket.number(), IPPROTO_IPV6, IPV6_V6ONLY, on.address(), 4);
            }
            MemorySegment name = arena.allocate(28, 8);
            name.set(ValueLayout.JAVA_SHORT, 0, (short) family.number);
            name.set(NETWORK_SHORT, 2, (short) port.number());
            long result = Kernel.result(Call.BIND, socket.number(), name.address(), family == Family.IPV6 ? 28 : 16);
            if (result == -Errno.EADDRNOTAVAIL.number()) {
                socket.close();
                return Optional.empty();
            }
            if (result < 0) {
                throw Kernel.failure(Call.BIND, (int) -result);
            }
            return Optional.of(socket);
        } catch (WirescaleException e) {
            socket.close();
            throw e;
        }
    }

    /** What the socket is bound to; empty when it is no bound UDP socket of either family. */
    public static Optional<UdpName> udpName(Descriptor socket) {
        Optional<Family> family = family(socket);
        if (family.isEmpty() || option(socket, SOL_SOCKET, SO_TYPE).orElse(0) != SOCK_DGRAM) {
            return Optional.empty();
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocate(28, 8);
            MemorySegment length = arena.allocateFrom(ValueLayout.JAVA_INT, 28);
            Kernel.expect(Call.GETSOCKNAME, socket.number(), name.address(), length.address());
            int port = portIn(name);
            return port == 0
                    ? Optional.empty()
                    : Optional.of(new UdpName(family.get(), addressIn(name, family.get()), new Port(port)));
        }
    }

    /** Of a {@code sockaddr_in} or {@code sockaddr_in6}; 0 to 65535. */
    static int portIn(MemorySegment name) {
        return Short.toUnsignedInt(name.get(NETWORK_SHORT, 2));
    }

    static IpAddress addressIn(MemorySegment name, Family family) {
        boolean ipv6 = family == Family.IPV6;
        return IpAddress.ofBytes(name.asSlice(ipv6 ? 8 : 4, ipv6 ? 16 : 4).toArray(ValueLayout.JAVA_BYTE));
    }

    /** Whether an IPv6 socket leaves IPv4 alone. */
    public static boolean isIpv6Only(Descriptor socket) {
        return option(socket, IPPROTO_IPV6, IPV6_V6ONLY).orElse(0) == 1;
    }

    /** The size of a socket's receive buffer in bytes, as the kernel counts it. */
    public static int receiveBuffer(Descriptor socket) {
        return option(socket, SOL_SOCKET, SO_RCVBUF).orElse(0);
    }

    /**
     * Connects to a UNIX stream socket. The descriptor does not block: {@link #read} and {@link #write} wait.
     *
     * @throws WirescaleException with {@link Errno#ENOENT} or {@link Errno#ECONNREFUSED} when nobody listens
     */
    public static Descriptor connectUnix(Path path) {
        byte[] bytes = path.toString().getBytes(StandardCharsets.UTF_8);
        if (bytes.length >= SUN_PATH_SIZE) {
            throw Kernel.failure(Call.CONNECT, Errno.EINVAL.number());
        }
        Descriptor socket = new Descriptor(
                (int) Kernel.expect(Call.SOCKET, AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocate(SUN_PATH_OFFSET + SUN_PATH_SIZE, 8);
            name.set(ValueLayout.JAVA_SHORT, 0, (short) AF_UNIX);
            MemorySegment.copy(bytes, 0, name, ValueLayout.JAVA_BYTE, SUN_PATH_OFFSET, bytes.length);
            Kernel.expect(Call.CONNECT, socket.number(), name.address(), SUN_PATH_OFFSET + bytes.length + 1);
            return socket;
        } catch (WirescaleException e) {
            socket.close();
            throw e;
        }
    }

    /** The other end of a connected UNIX socket; {@code SO_PEERCRED} of {@code unix(7)}. The pid is 0 for another pid namespace. */
    public static PeerCredentials peerCredentials(Descriptor socket) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(12, 8);
            MemorySegment length = arena.allocateFrom(ValueLayout.JAVA_INT, 12);
            Kernel.expect(Call.GETSOCKOPT, socket.number(), SOL_SOCKET, SO_PEERCRED, value.address(), length.address());
            return new PeerCredentials(
                    value.get(ValueLayout.JAVA_INT, 0),
                    value.get(ValueLayout.JAVA_INT, 4),
                    value.get(ValueLayout.JAVA_INT, 8));
        }
    }

    /**
     * Reads what there is, waiting for the first byte.
     *
     * @return the number of bytes; 0 at the end of the stream; empty when the time went by first
     */
    public static Optional<Integer> read(Descriptor socket, byte[] into, Duration time) {
        if (!Syscalls.waitFor(socket, Syscalls.POLLIN, time)) {
            return Optional.empty();
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(Math.max(1, into.length));
            int count = (int) Kernel.expect(Call.READ, socket.number(), buffer.address(), into.length);
            MemorySegment.copy(buffer, ValueLayout.JAVA_BYTE, 0, into, 0, count);
            return Optional.of(count);
        }
    }

    /**
     * Writes all of it.
     *
     * @return false when the time went by first
     */
    public static boolean write(Descriptor socket, byte[] bytes, Duration time) {
        long deadline = System.nanoTime() + time.toNanos();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(Math.max(1, bytes.length));
            MemorySegment.copy(bytes, 0, buffer, ValueLayout.JAVA_BYTE, 0, bytes.length);
            int done = 0;
            while (done < bytes.length) {
                Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
                if (!Syscalls.waitFor(socket, Syscalls.POLLOUT, left)) {
                    return false;
                }
                long sent = Kernel.result(
                        Call.SENDTO, socket.number(), buffer.address() + done, bytes.length - done, MSG_NOSIGNAL, 0, 0);
                if (sent < 0 && sent != -Errno.EAGAIN.number()) {
                    throw Kernel.failure(Call.SENDTO, (int) -sent);
                }
                done += (int) Math.max(0, sent);
            }
            return true;
        }
    }

    private static Optional<Family> family(Descriptor socket) {
        int number = option(socket, SOL_SOCKET, SO_DOMAIN).orElse(0);
        return switch (number) {
            case AF_INET -> Optional.of(Family.IPV4);
            case AF_INET6 -> Optional.of(Family.IPV6);
            default -> Optional.empty();
        };
    }

    private static Optional<Integer> option(Descriptor socket, int level, int name) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(4, 8);
            MemorySegment length = arena.allocateFrom(ValueLayout.JAVA_INT, 4);
            long result =
                    Kernel.result(Call.GETSOCKOPT, socket.number(), level, name, value.address(), length.address());
            return result < 0 ? Optional.empty() : Optional.of(value.get(ValueLayout.JAVA_INT, 0));
        }
    }
}
