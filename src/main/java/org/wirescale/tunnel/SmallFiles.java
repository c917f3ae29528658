package org.wirescale.tunnel;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Files that have their mode from their first moment, and are replaced by rename. */
public final class SmallFiles {
    /** 0600. */
    public static final FileAttribute<Set<PosixFilePermission>> FOR_ROOT = mode("rw-------");
    /** 0644, whatever the umask. */
    public static final FileAttribute<Set<PosixFilePermission>> FOR_ALL = mode("rw-r--r--");

    /** Far more than any of them needs. */
    private static final long SIZE_LIMIT = 1 << 20;

    private SmallFiles() {}

    private static FileAttribute<Set<PosixFilePermission>> mode(String text) {
        return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(text));
    }

    /** A file that only root reads. */
    static void replace(Path path, byte[] content) throws IOException {
        replace(path, content, FOR_ROOT);
    }

    /** Readers see the old content or the new; a failure leaves the old and nothing else. */
    public static void replace(Path path, byte[] content, FileAttribute<Set<PosixFilePermission>> mode)
            throws IOException {
        Path fresh = path.resolveSibling("." + path.getFileName() + ".new");
        // What a crash left of an earlier attempt.
        Files.deleteIfExists(fresh);
        try {
            try (FileChannel channel =
                    FileChannel.open(fresh, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), mode)) {
                writeAll(channel, content);
            }
            Files.setPosixFilePermissions(fresh, mode.value());
            Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(fresh);
        }
    }

    /** The kernel's word for what went wrong, for a sentence that names the file itself. */
    public static String why(IOException e) {
        if (e instanceof NoSuchFileException) {
            return "its folder does not exist";
        }
        String reason = e instanceof FileSystemException file ? file.getReason() : e.getMessage();
        return reason == null ? e.getClass().getSimpleName() : reason;
    }

    /**
     * The whole of a file, which may be anything.
     *
     * @throws IOException when it is no regular file, too large, or not UTF-8
     */
    public static String read(Path path) throws IOException {
        // A pipe would keep its reader waiting.
        if (!Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .isRegularFile()) {
            throw new IOException("it is no regular file");
        }
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
            if (channel.size() > SIZE_LIMIT) {
                throw new IOException("it is larger than " + SIZE_LIMIT + " bytes");
            }
            ByteBuffer bytes = ByteBuffer.allocate((int) channel.size());
            while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
                // Until all of it is there.
            }
            return StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
        }
    }

    /** Over the first bytes of what is there. */
    static void writeAll(FileChannel channel, byte[] content) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(content);
        while (bytes.hasRemaining()) {
            channel.write(bytes, bytes.position());
        }
    }
}
