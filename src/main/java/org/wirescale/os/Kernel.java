package org.wirescale.os;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.Locale;
import org.wirescale.model.WirescaleException;

/**
 * System calls by number through {@code syscall(2)} of the C library. One function for all of them: binding a function takes the
 * JVM tens of milliseconds, a call through one that is bound less than a microsecond. Nothing is bound before the first call.
 */
final class Kernel {
    private static final boolean AARCH64 =
            System.getProperty("os.arch", "").toLowerCase(Locale.ROOT).equals("aarch64");

    private Kernel() {}

    /** The calls in use, with their numbers from the kernel's {@code syscall_64.tbl} and {@code asm-generic/unistd.h}. */
    enum Call {
        READ(0, 63),
        WRITE(1, 64),
        CLOSE(3, 57),
        SOCKET(41, 198),
        CONNECT(42, 203),
        SENDTO(44, 206),
        RECVMSG(47, 212),
        BIND(49, 200),
        GETSOCKNAME(51, 204),
        SETSOCKOPT(54, 208),
        GETSOCKOPT(55, 209),
        MADVISE(28, 233),
        FLOCK(73, 32),
        OPENAT(257, 56),
        PPOLL(271, 73),
        TIMERFD_CREATE(283, 85),
        TIMERFD_SETTIME(286, 86),
        EVENTFD2(290, 19),
        STATX(332, 291),
        PIDFD_OPEN(434, 434),
        PIDFD_GETFD(438, 438);

        private final int x86;
        private final int arm;

        Call(int x86, int arm) {
            this.x86 = x86;
            this.arm = arm;
        }

        private long number() {
            return AARCH64 ? arm : x86;
        }

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static boolean isAarch64() {
        return AARCH64;
    }

    /**
     * Makes the call, again when a signal interrupted it.
     *
     * @return its result, or the error number made negative, as the kernel itself gives it
     */
    static long result(Call call, long... arguments) {
        long result = Bound.once(call, arguments);
        while (result == -Errno.EINTR.number() && call != Call.CLOSE && call != Call.PPOLL) {
            result = Bound.once(call, arguments);
        }
        return result;
    }

    /**
     * Makes a call that has to succeed.
     *
     * @throws WirescaleException with {@link OsReason#SYSTEM_CALL}
     */
    static long expect(Call call, long... arguments) {
        long result = result(call, arguments);
        if (result < 0) {
            throw failure(call, (int) -result);
        }
        return result;
    }

    static WirescaleException failure(Call call, int errno) {
        return WirescaleException.of(
                OsReason.SYSTEM_CALL, "call", call.word(), "error", Errno.describe(errno), "errno", errno);
    }

    /** Loaded with the first call. */
    private static final class Bound {
        private static final StructLayout STATE = Linker.Option.captureStateLayout();
        private static final VarHandle ERRNO = STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
        private static final MethodHandle SYSCALL = bind();

        @SuppressWarnings("restricted")
        private static MethodHandle bind() {
            Linker linker = Linker.nativeLinker();
            ValueLayout.OfLong word = ValueLayout.JAVA_LONG;
            return linker.downcallHandle(
                    linker.defaultLookup().findOrThrow("syscall"),
                    FunctionDescriptor.of(word, word, word, word, word, word, word, word),
                    Linker.Option.firstVariadicArg(1),
                    Linker.Option.captureCallState("errno"));
        }

        static long once(Call call, long... given) {
            long[] a = Arrays.copyOf(given, 6);
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment state = arena.allocate(STATE);
                long result = (long) SYSCALL.invokeExact(state, call.number(), a[0], a[1], a[2], a[3], a[4], a[5]);
                return result == -1 ? -(int) ERRNO.get(state, 0L) : result;
            } catch (Error | RuntimeException e) {
                throw e;
            } catch (Throwable e) {
                throw new LinkageError("syscall(2) cannot be called", e);
            }
        }
    }
}
