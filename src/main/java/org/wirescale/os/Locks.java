package org.wirescale.os;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.wirescale.model.WirescaleException;
import org.wirescale.os.Syscalls.OpenFlag;

/**
 * {@code flock(2)} on empty files of their own, so that the daemon, commands and shell scripts exclude each other; Java's file locks
 * are {@code fcntl(2)}'s and exclude neither scripts nor this process's other threads. The files are never removed: who waits for one
 * would hold a lock on a file that nobody else can find.
 */
public final class Locks {
    private static final Duration POLL = Duration.ofMillis(20);
    private static final ThreadLocal<List<LockName>> HELD = ThreadLocal.withInitial(CopyOnWriteArrayList::new);

    private Locks() {}

    /** A lock in hand. It ends with {@link #close()}, or with this process, whatever ends it. */
    public static final class Held implements AutoCloseable {
        private final LockName name;
        private final Descriptor descriptor;
        private final List<LockName> heldByTaker;

        private Held(LockName name, Descriptor descriptor, List<LockName> heldByTaker) {
            this.name = name;
            this.descriptor = descriptor;
            this.heldByTaker = heldByTaker;
            heldByTaker.add(name);
        }

        public LockName name() {
            return name;
        }

        @Override
        public void close() {
            if (descriptor.isOpen()) {
                descriptor.close();
                heldByTaker.remove(name);
            }
        }
    }

    /**
     * Takes a lock, waiting for it if need be.
     *
     * @param wait zero: not at all
     * @throws WirescaleException with {@link OsReason#LOCKED}, which names the holder, or {@link OsReason#DAEMON_RUNS}
     * @throws IllegalStateException when this thread holds a lock that comes after it
     */
    public static Held take(Folders folders, LockName name, Duration wait) {
        List<LockName> held = HELD.get();
        for (LockName other : held) {
            if (other.rank() >= name.rank()) {
                throw new IllegalStateException(name.what() + " is to be locked before " + other.what());
            }
        }
        Path path = folders.control().resolve(name.file());
        Descriptor descriptor = open(folders, path);
        try {
            long deadline = System.nanoTime() + wait.toNanos();
            // The kernel offers to wait for a lock, but not for a limited time.
            while (!Syscalls.tryLock(descriptor)) {
                if (System.nanoTime() - deadline >= 0) {
                    throw locked(name, Syscalls.stat(descriptor).inode());
                }
                Thread.sleep(POLL);
            }
            return new Held(name, descriptor, held);
        } catch (InterruptedException e) {
            descriptor.close();
            Thread.currentThread().interrupt();
            throw WirescaleException.causedBy(
                    e, OsReason.LOCKED, "what", name.what(), "holder", "another process (the wait was broken off)");
        } catch (RuntimeException e) {
            descriptor.close();
            throw e;
        }
    }

    /** Whether a process has it at this moment, this one included. */
    public static boolean isHeld(Folders folders, LockName name) {
        try (Descriptor descriptor = open(folders, folders.control().resolve(name.file()))) {
            return !Syscalls.tryLock(descriptor);
        }
    }

    private static Descriptor open(Folders folders, Path path) {
        makeFolders(folders);
        return Syscalls.open(path, 0600, OpenFlag.WRITE, OpenFlag.CREATE, OpenFlag.NO_FOLLOW);
    }

    private static void makeFolders(Folders folders) {
        try {
            for (Path folder : List.of(folders.run(), folders.control())) {
                if (!Files.isDirectory(folder)) {
                    Files.createDirectories(folder);
                    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
                }
            }
        } catch (IOException e) {
            throw WirescaleException.causedBy(
                    e,
                    OsReason.SYSTEM_CALL,
                    "call",
                    "mkdir " + folders.control(),
                    "error",
                    String.valueOf(e.getMessage()));
        }
    }

    private static WirescaleException locked(LockName name, long inode) {
        String holder = holder(inode).orElse("another process");
        return name.equals(LockName.DAEMON)
                ? WirescaleException.of(OsReason.DAEMON_RUNS, "holder", holder)
                : WirescaleException.of(OsReason.LOCKED, "what", name.what(), "holder", holder);
    }

    /** Who has the {@code flock} on that inode, by {@code proc_locks(5)}; empty when it was let go of meanwhile. */
    static Optional<String> holder(long inode) {
        for (String line : lines(Path.of("/proc/locks"))) {
            // 1: FLOCK  ADVISORY  WRITE 4711 00:1b:815 0 EOF
            List<String> words = new ArrayList<>(List.of(line.strip().split("\\s+")));
            if (words.size() >= 6
                    && words.get(1).equals("FLOCK")
                    && words.get(5).endsWith(":" + inode)) {
                return Optional.of(process(words.get(4)));
            }
        }
        return Optional.empty();
    }

    private static String process(String pid) {
        List<String> arguments =
                List.of(String.join("", lines(Path.of("/proc", pid, "cmdline"))).split("\0"));
        // A Java program's first words say nothing: ours is known by its main class.
        for (int i = 0; i < arguments.size(); i++) {
            if (arguments.get(i).endsWith("org.wirescale.cli.Wirescale")) {
                return "'wirescale " + String.join(" ", arguments.subList(i + 1, arguments.size())) + "' (pid " + pid
                        + ")";
            }
        }
        String name = String.join("", lines(Path.of("/proc", pid, "comm")));
        return "'" + name + "' (pid " + pid + ")";
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            // It ended meanwhile: there is nothing to name.
            return List.of();
        }
    }
}
