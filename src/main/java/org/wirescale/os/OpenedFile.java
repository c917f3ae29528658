package org.wirescale.os;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.wirescale.model.WirescaleException;
import org.wirescale.os.Kernel.Call;
import org.wirescale.os.Syscalls.FileStat;
import org.wirescale.os.Syscalls.OpenFlag;

/**
 * A file open for reading, together with what its own descriptor, and that of each folder on the way to it, says of owner and
 * mode. Each folder is opened from the one before and no link is followed: what was looked at is what is read, whoever renames
 * what meanwhile.
 */
public final class OpenedFile implements AutoCloseable {
    /** Opening waits for nothing: neither for the other end of a pipe nor for a device. */
    private static final int O_NONBLOCK = 0x800;

    private static final int O_NOCTTY = 0x100;
    private static final int O_CLOEXEC = 0x80000;

    private final Descriptor descriptor;
    private final List<Step> way;

    private OpenedFile(Descriptor descriptor, List<Step> way) {
        this.descriptor = descriptor;
        this.way = List.copyOf(way);
    }

    /** A folder on the way, or the file at its end, as its open descriptor shows it. */
    public record Step(Path path, FileStat stat) {}

    /**
     * Opens whatever lies there; only {@link #read} wants a regular file.
     *
     * @param file an absolute path without {@code .} and {@code ..}
     * @param top a folder above it, the first that is looked at; links on the way to it are followed
     * @throws WirescaleException with {@link OsReason#SYSTEM_CALL}: {@link Errno#ENOENT} where something is missing,
     *     {@link Errno#ELOOP} where the file is a link, {@link Errno#ENOTDIR} where a folder is one or is none
     */
    public static OpenedFile open(Path file, Path top) {
        List<Step> way = new ArrayList<>();
        Descriptor current = Syscalls.open(top, 0, OpenFlag.DIRECTORY);
        try {
            Path path = top;
            way.add(new Step(path, Syscalls.stat(current)));
            for (Path part : top.relativize(file)) {
                path = path.resolve(part);
                Descriptor next = path.equals(file) ? openFile(current, part) : openFolder(current, part);
                current.close();
                current = next;
                way.add(new Step(path, Syscalls.stat(current)));
            }
            return new OpenedFile(current, way);
        } catch (RuntimeException e) {
            current.close();
            throw e;
        }
    }

    /** The folders from {@code top} on, then the file itself. */
    public List<Step> way() {
        return way;
    }

    public FileStat stat() {
        return way.getLast().stat();
    }

    /**
     * The file's content from where the last read ended.
     *
     * @param most the number of bytes after which reading stops
     */
    public byte[] read(int most) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(most);
            int filled = 0;
            while (filled < most) {
                long got = Kernel.expect(Call.READ, descriptor.number(), buffer.address() + filled, most - filled);
                if (got == 0) {
                    break;
                }
                filled += Math.toIntExact(got);
            }
            return Arrays.copyOf(buffer.asSlice(0, filled).toArray(ValueLayout.JAVA_BYTE), filled);
        }
    }

    @Override
    public void close() {
        descriptor.close();
    }

    private static Descriptor openFolder(Descriptor folder, Path name) {
        return open(folder, name, OpenFlag.DIRECTORY.bits() | OpenFlag.NO_FOLLOW.bits());
    }

    private static Descriptor openFile(Descriptor folder, Path name) {
        return open(folder, name, OpenFlag.NO_FOLLOW.bits() | O_NONBLOCK | O_NOCTTY);
    }

    private static Descriptor open(Descriptor folder, Path name, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment text = arena.allocateFrom(name.toString(), StandardCharsets.UTF_8);
            return new Descriptor(
                    (int) Kernel.expect(Call.OPENAT, folder.number(), text.address(), flags | O_CLOEXEC, 0));
        }
    }
}
