package org.wirescale.config;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.wirescale.model.WirescaleException;
import org.wirescale.os.Errno;
import org.wirescale.os.OpenedFile;

/**
 * The folder with a file for each peer. Files hold commands that run as root, so one that somebody else could have written, or
 * could have put in the place of another, is refused. The only class of this package that touches the disk.
 */
public final class PeerFiles {
    private static final int LIMIT = 1 << 20;
    private static final int OTHERS_MAY_WRITE = 022;
    private static final int OTHERS_MAY_READ = 044;

    private final Path folder;
    private final int owner;
    private final Path top;

    /** The machine's own folder: everything from {@code /} on must be root's. */
    public PeerFiles(Path folder) {
        this(folder, 0, Path.of("/"));
    }

    /**
     * @param owner the uid that file and folders must have; root's are good as well
     * @param top the first folder that is looked at, {@code folder} itself or above it
     */
    public PeerFiles(Path folder, int owner, Path top) {
        this.folder = folder.toAbsolutePath().normalize();
        this.owner = owner;
        this.top = top.toAbsolutePath().normalize();
    }

    /** Where the peer's file is or should be. */
    public Path path(PeerFileName name) {
        return folder.resolve(name.fileName());
    }

    /**
     * @throws WirescaleException with a {@link ConfigReason}; {@link ConfigReason#MISSING_FILE} where there is none
     */
    public PeerFile read(PeerFileName name) {
        Path path = path(name);
        try (OpenedFile opened = open(path)) {
            opened.way().forEach(step -> requireTrusted(path, step));
            if (!opened.stat().isRegularFile()) {
                throw WirescaleException.of(ConfigReason.NOT_A_FILE, "file", path);
            }
            byte[] content = opened.read(LIMIT + 1);
            if (content.length > LIMIT) {
                throw WirescaleException.of(ConfigReason.TOO_LARGE, "file", path, "limit", LIMIT);
            }
            PeerFile file = PeerFile.parse(path, text(path, content));
            return (opened.stat().mode() & OTHERS_MAY_READ) == 0 ? file : file.withWarning(readableByOthers(path));
        }
    }

    private OpenedFile open(Path path) {
        try {
            return OpenedFile.open(path, top);
        } catch (WirescaleException e) {
            Errno errno = Errno.of(e).orElse(Errno.EINVAL);
            switch (errno) {
                case ENOENT -> throw WirescaleException.causedBy(e, ConfigReason.MISSING_FILE, "file", path);
                case ELOOP, ENOTDIR, ENXIO ->
                    throw WirescaleException.causedBy(e, ConfigReason.NOT_A_FILE, "file", path);
                default ->
                    throw WirescaleException.causedBy(
                            e, ConfigReason.UNREADABLE, "file", path, "error", e.detail("error"));
            }
        }
    }

    private void requireTrusted(Path file, OpenedFile.Step step) {
        int uid = step.stat().uid();
        if (uid != 0 && uid != owner) {
            throw WirescaleException.of(
                    ConfigReason.WRONG_OWNER,
                    "file",
                    file,
                    "path",
                    step.path(),
                    "owner",
                    Integer.toUnsignedString(uid));
        }
        if ((step.stat().mode() & OTHERS_MAY_WRITE) != 0) {
            throw WirescaleException.of(ConfigReason.WRITABLE_BY_OTHERS, "file", file, "path", step.path());
        }
    }

    private static String readableByOthers(Path path) {
        return path + " can be read by others than root and may hold keys: chmod 600 '" + path + "'";
    }

    private static String text(Path path, byte[] content) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(content))
                    .toString();
        } catch (CharacterCodingException e) {
            throw WirescaleException.causedBy(e, ConfigReason.NOT_TEXT, "file", path, "line", badLine(content));
        }
    }

    /** The line with the first bytes that are no UTF-8. */
    private static int badLine(byte[] content) {
        int line = 1;
        ByteBuffer bytes = ByteBuffer.wrap(content);
        StandardCharsets.UTF_8.newDecoder().decode(bytes, CharBuffer.allocate(content.length), true);
        for (int i = 0; i < bytes.position(); i++) {
            if (content[i] == '\n') {
                line++;
            }
        }
        return line;
    }
}
