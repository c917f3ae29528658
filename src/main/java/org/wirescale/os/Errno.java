package org.wirescale.os;

import java.util.Optional;
import org.wirescale.model.WirescaleException;

/**
 * The kernel's error numbers that somebody here asks about ({@code asm-generic/errno.h}; the same on x86-64 and AArch64), with
 * the words of {@code errno(3)}.
 */
public enum Errno {
    EPERM(1, "operation not permitted"),
    ENOENT(2, "no such file or directory"),
    ESRCH(3, "no such process"),
    EINTR(4, "interrupted"),
    ENXIO(6, "no such device or address"),
    EBADF(9, "bad file descriptor"),
    EAGAIN(11, "would block"),
    EACCES(13, "permission denied"),
    EEXIST(17, "file exists"),
    ENOTDIR(20, "not a directory"),
    EINVAL(22, "invalid argument"),
    EMFILE(24, "too many open files"),
    EROFS(30, "read-only file system"),
    EPIPE(32, "broken pipe"),
    ENOSYS(38, "not implemented by this kernel"),
    ELOOP(40, "too many symbolic links"),
    ENOTSOCK(88, "not a socket"),
    EMSGSIZE(90, "message too long"),
    ENOPROTOOPT(92, "protocol option not available"),
    EAFNOSUPPORT(97, "address family not supported"),
    EADDRINUSE(98, "address already in use"),
    EADDRNOTAVAIL(99, "address not available"),
    ECONNRESET(104, "connection reset"),
    ENOBUFS(105, "no buffer space available"),
    ECONNREFUSED(111, "connection refused"),
    ECANCELED(125, "operation cancelled");

    private final int number;
    private final String words;

    Errno(int number, String words) {
        this.number = number;
        this.words = words;
    }

    public int number() {
        return number;
    }

    /** The number's constant; empty for one that is not listed here. */
    public static Optional<Errno> of(int number) {
        for (Errno errno : values()) {
            if (errno.number == number) {
                return Optional.of(errno);
            }
        }
        return Optional.empty();
    }

    /** What the kernel said in a failure with {@link OsReason#SYSTEM_CALL}; empty for every other one. */
    public static Optional<Errno> of(WirescaleException failure) {
        String number = failure.reason() == OsReason.SYSTEM_CALL ? failure.detail("errno") : "";
        return number.isEmpty() ? Optional.empty() : of(Integer.parseInt(number));
    }

    /** A text for any number, such as {@code EPERM (operation not permitted)}. */
    static String describe(int number) {
        return of(number).map(errno -> errno + " (" + errno.words + ")").orElse("errno " + number);
    }
}
