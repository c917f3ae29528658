package org.wirescale.os;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.wirescale.model.WirescaleException;
import org.wirescale.os.Kernel.Call;

/**
 * The system calls that the JDK does not offer, on files and processes; {@link Sockets} has those on sockets. Every descriptor
 * that comes from here is close-on-exec. Failures carry {@link OsReason#SYSTEM_CALL}, and {@link Errno#of(WirescaleException)}
 * tells them apart.
 */
public final class Syscalls {
    private static final int AT_FDCWD = -100;
    private static final int AT_EMPTY_PATH = 0x1000;
    private static final int STATX_BASIC_STATS = 0x7ff;
    private static final int STATX_SIZE = 256;
    private static final int O_CLOEXEC = 0x80000;
    private static final int LOCK_EX = 2;
    private static final int LOCK_NB = 4;
    static final short POLLIN = 1;
    static final short POLLOUT = 4;

    private Syscalls() {}

    /** How a file is opened, beside for reading; {@code open(2)}. */
    public enum OpenFlag {
        /** For writing too. */
        WRITE(2, 2),
        /** For writing alone. */
        WRITE_ONLY(1, 1),
        /** Does not wait: {@link Errno#ENXIO} for a pipe that nobody reads. */
        NON_BLOCKING(0x800, 0x800),
        CREATE(0x40, 0x40),
        /** With {@link #CREATE}: it must not be there. */
        EXCLUSIVE(0x80, 0x80),
        TRUNCATE(0x200, 0x200),
        DIRECTORY(0x10000, 0x4000),
        /** Fails with {@link Errno#ELOOP} where the last part of the path is a symbolic link. */
        NO_FOLLOW(0x20000, 0x8000);

        private final int x86;
        private final int arm;

        OpenFlag(int x86, int arm) {
            this.x86 = x86;
            this.arm = arm;
        }

        int bits() {
            return Kernel.isAarch64() ? arm : x86;
        }
    }

    /**
     * What {@code statx(2)} says of an open file.
     *
     * @param mode type and permissions, as {@code st_mode}
     */
    public record FileStat(long inode, int mode, int uid, int gid, long size, int links) {
        /** The permission bits, 0 to 07777. */
        public int permissions() {
            return mode & 07777;
        }

        public boolean isRegularFile() {
            return (mode & 0170000) == 0100000;
        }

        public boolean isDirectory() {
            return (mode & 0170000) == 0040000;
        }

        public boolean isPipe() {
            return (mode & 0170000) == 0010000;
        }

        public boolean isSocket() {
            return (mode & 0170000) == 0140000;
        }
    }

    /**
     * Opens a file.
     *
     * @param mode the permissions of a file that is created, less the umask
     */
    public static Descriptor open(Path path, int mode, OpenFlag... flags) {
        int bits = O_CLOEXEC;
        for (OpenFlag flag : flags) {
            bits |= flag.bits();
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment text = arena.allocateFrom(path.toString(), StandardCharsets.UTF_8);
            return new Descriptor((int) Kernel.expect(Call.OPENAT, AT_FDCWD, text.address(), bits, mode));
        }
    }

    public static FileStat stat(Descriptor descriptor) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment empty = arena.allocateFrom("");
            MemorySegment buffer = arena.allocate(STATX_SIZE, 8);
            Kernel.expect(
                    Call.STATX,
                    descriptor.number(),
                    empty.address(),
                    AT_EMPTY_PATH,
                    STATX_BASIC_STATS,
                    buffer.address());
            return new FileStat(
                    buffer.get(ValueLayout.JAVA_LONG, 32),
                    Short.toUnsignedInt(buffer.get(ValueLayout.JAVA_SHORT, 28)),
                    buffer.get(ValueLayout.JAVA_INT, 20),
                    buffer.get(ValueLayout.JAVA_INT, 24),
                    buffer.get(ValueLayout.JAVA_LONG, 40),
                    buffer.get(ValueLayout.JAVA_INT, 16));
        }
    }

    /**
     * Takes the exclusive {@code flock(2)} of an open file, without waiting. It ends when the descriptor is closed.
     *
     * @return whether it was free
     */
    public static boolean tryLock(Descriptor descriptor) {
        long result = Kernel.result(Call.FLOCK, descriptor.number(), LOCK_EX | LOCK_NB);
        if (result == -Errno.EAGAIN.number()) {
            return false;
        }
        if (result < 0) {
            throw Kernel.failure(Call.FLOCK, (int) -result);
        }
        return true;
    }

    /**
     * A descriptor that stands for a process, whatever happens to its number; {@code pidfd_open(2)}, Linux 5.3.
     *
     * @return empty where there is no such process
     */
    public static Optional<Descriptor> pidfdOpen(long pid) {
        long result = Kernel.result(Call.PIDFD_OPEN, pid, 0);
        if (result == -Errno.ESRCH.number()) {
            return Optional.empty();
        }
        if (result < 0) {
            throw Kernel.failure(Call.PIDFD_OPEN, (int) -result);
        }
        return Optional.of(new Descriptor((int) result));
    }

    /** Whether the process has ended, reaped or not. */
    public static boolean hasEnded(Descriptor pidfd) {
        return endsWithin(pidfd, Duration.ZERO);
    }

    /** Waits for the end of the process, a short time at most; see {@link #hasEnded}. */
    public static boolean endsWithin(Descriptor pidfd, Duration time) {
        return waitFor(pidfd, POLLIN, time);
    }

    /**
     * A duplicate of another process's descriptor: both share one open file; {@code pidfd_getfd(2)}, Linux 5.6. Wants the right
     * to trace the process ({@code CAP_SYS_PTRACE}, Yama's {@code ptrace_scope} below 3).
     */
    public static Descriptor pidfdGetfd(Descriptor pidfd, int number) {
        return new Descriptor((int) Kernel.expect(Call.PIDFD_GETFD, pidfd.number(), number, 0));
    }

    /**
     * Writes what fits at once; {@code write(2)}.
     *
     * @return the number of bytes
     */
    public static int write(Descriptor descriptor, byte[] bytes) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes);
            return (int) Kernel.expect(Call.WRITE, descriptor.number(), buffer.address(), bytes.length);
        }
    }

    /**
     * Waits until the descriptor is ready. The wait occupies the carrier of a virtual thread: for short ones only.
     *
     * @return false when the time went by first
     */
    static boolean waitFor(Descriptor descriptor, short events, Duration time) {
        return !waitForAny(List.of(descriptor), events, Optional.of(time)).isEmpty();
    }

    /**
     * Waits until one of the descriptors is ready, like {@link #waitFor}.
     *
     * @param time empty: as long as it takes
     * @return those that are ready, none when the time went by first
     */
    static List<Descriptor> waitForAny(List<Descriptor> descriptors, short events, Optional<Duration> time) {
        long deadline = System.nanoTime() + time.orElse(Duration.ZERO).toNanos();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment entries = arena.allocate(8L * descriptors.size(), 8);
            MemorySegment timespec = arena.allocate(16, 8);
            while (true) {
                for (int i = 0; i < descriptors.size(); i++) {
                    entries.set(ValueLayout.JAVA_INT, 8L * i, descriptors.get(i).number());
                    entries.set(ValueLayout.JAVA_SHORT, 8L * i + 4, events);
                    entries.set(ValueLayout.JAVA_SHORT, 8L * i + 6, (short) 0);
                }
                long left = Math.max(0, deadline - System.nanoTime());
                timespec.set(ValueLayout.JAVA_LONG, 0, left / 1_000_000_000L);
                timespec.set(ValueLayout.JAVA_LONG, 8, left % 1_000_000_000L);
                long result = Kernel.result(
                        Call.PPOLL,
                        entries.address(),
                        descriptors.size(),
                        time.isPresent() ? timespec.address() : 0,
                        0,
                        8);
                if (result >= 0) {
                    return IntStream.range(0, descriptors.size())
                            .filter(i -> entries.get(ValueLayout.JAVA_SHORT, 8L * i + 6) != 0)
                            .mapToObj(descriptors::get)
                            .toList();
                }
                if (result != -Errno.EINTR.number()) {
                    throw Kernel.failure(Call.PPOLL, (int) -result);
                }
            }
        }
    }
}
