package org.wirescale.os;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;
import org.wirescale.model.WirescaleException;
import org.wirescale.os.Kernel.Call;

/** Sends datagrams to a UNIX socket by its name, which the JDK cannot: what systemd and its journal listen to. */
public final class DatagramSender implements AutoCloseable {
    private static final int AF_UNIX = 1;
    private static final int SOCK_DGRAM_CLOEXEC = 2 | 0x80000;
    private static final int SOL_SOCKET = 1;
    private static final int SO_SNDTIMEO = 21;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int SUN_PATH_OFFSET = 2;
    private static final int SUN_PATH_SIZE = 108;
    /** A receiver that hangs must not make the daemon hang. */
    private static final long PATIENCE_MICROS = 200_000;

    private final byte[] name;
    private final Descriptor socket;

    private DatagramSender(byte[] name, Descriptor socket) {
        this.name = name;
        this.socket = socket;
    }

    /**
     * The receiver is looked up with each datagram, so that it may restart.
     *
     * @param address a path, or a name in the abstract namespace behind an {@code @}
     * @throws WirescaleException with {@link OsReason#SYSTEM_CALL}
     */
    public static DatagramSender to(String address) {
        byte[] name = address.getBytes(StandardCharsets.UTF_8);
        if (name.length == 0 || name.length >= SUN_PATH_SIZE) {
            throw Kernel.failure(Call.SENDTO, Errno.EINVAL.number());
        }
        if (name[0] == '@') {
            name[0] = 0;
        }
        Descriptor socket = new Descriptor((int) Kernel.expect(Call.SOCKET, AF_UNIX, SOCK_DGRAM_CLOEXEC, 0));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment time = arena.allocate(16, 8);
            time.set(ValueLayout.JAVA_LONG, 8, PATIENCE_MICROS);
            Kernel.expect(Call.SETSOCKOPT, socket.number(), SOL_SOCKET, SO_SNDTIMEO, time.address(), 16);
        }
        return new DatagramSender(name, socket);
    }

    /**
     * @return the error number where it was not sent, {@link Errno#EMSGSIZE} for example; empty when it was
     */
    public OptionalInt send(byte[] datagram) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(SUN_PATH_OFFSET + SUN_PATH_SIZE, 8);
            address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_UNIX);
            MemorySegment.copy(name, 0, address, ValueLayout.JAVA_BYTE, SUN_PATH_OFFSET, name.length);
            MemorySegment bytes = arena.allocate(Math.max(1, datagram.length));
            MemorySegment.copy(datagram, 0, bytes, ValueLayout.JAVA_BYTE, 0, datagram.length);
            long result = Kernel.result(
                    Call.SENDTO,
                    socket.number(),
                    bytes.address(),
                    datagram.length,
                    MSG_NOSIGNAL,
                    address.address(),
                    SUN_PATH_OFFSET + name.length + (name[0] == 0 ? 0 : 1));
            return result < 0 ? OptionalInt.of((int) -result) : OptionalInt.empty();
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
