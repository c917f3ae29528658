package org.wirescale.config;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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

    /** Where all of them are. */
    public Path folder() {
        return folder;
    }

    /** Where the peer's file is or should be. */
    public Path path(PeerFileName name) {
        return folder.resolve(name.fileName());
    }

    /** Whether there is anything of that name, as far as this user can see. */
    public boolean has(PeerFileName name) {
        return Files.exists(path(name), LinkOption.NOFOLLOW_LINKS);
    }

    /**
     * @throws WirescaleException with a {@link ConfigReason}; {@link ConfigReason#MISSING_FILE} where there is none
     */
    public PeerFile read(PeerFileName name) {
        Path path = path(name);
        try (OpenedFile opened = open(path)) {
            // What somebody else could have written is not even looked at.
            for (WirescaleException problem : distrust(path, opened)) {
                throw problem;
            }
            PeerFile file = content(path, opened).require();
            return canBeReadByOthers(opened) ? file.withWarning(readableByOthers(path)) : file;
        }
    }

    /** All that is to be said about the peer's file, a missing one included. */
    public FileCheck check(PeerFileName name) {
        Path path = path(name);
        try (OpenedFile opened = open(path)) {
            FileCheck check = content(path, opened).withErrors(distrust(path, opened));
            Problems problems = new Problems();
            check.file().ifPresent(file -> problems.attempt(() -> InterfaceNames.wanted(Optional.empty(), file, name)));
            return check.withErrors(problems.inOrder())
                    .withWarnings(canBeReadByOthers(opened) ? List.of(readableByOthers(path)) : List.of());
        } catch (WirescaleException e) {
            return FileCheck.refused(path, e);
        }
    }

    /**
     * All that is to be said about every file of the folder whose name ends in {@code .conf}, by name.
     *
     * @throws WirescaleException with {@link ConfigReason#UNREADABLE} where the folder cannot be looked into
     */
    public List<FileCheck> checkAll() {
        return paths().stream().map(this::check).toList();
    }

    /**
     * The peers that have a file, whatever is in it, by name.
     *
     * @throws WirescaleException with {@link ConfigReason#UNREADABLE} where the folder cannot be looked into
     */
    public List<PeerFileName> names() {
        return paths().stream().flatMap(path -> name(path).stream()).toList();
    }

    private static Optional<PeerFileName> name(Path path) {
        try {
            return Optional.of(PeerFileName.ofFile(path));
        } catch (WirescaleException e) {
            return Optional.empty();
        }
    }

    private List<Path> paths() {
        List<Path> paths = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, "*" + PeerFileName.END)) {
            found.forEach(paths::add);
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException | DirectoryIteratorException e) {
            throw WirescaleException.causedBy(
                    e, ConfigReason.UNREADABLE, "file", folder, "error", String.valueOf(e.getMessage()));
        }
        return paths.stream().sorted().toList();
    }

    private FileCheck check(Path path) {
        PeerFileName name;
        try {
            name = PeerFileName.ofFile(path);
        } catch (WirescaleException e) {
            return FileCheck.refused(path, WirescaleException.causedBy(e, ConfigReason.FILE_NAME, "file", path));
        }
        return check(name);
    }

    private static FileCheck content(Path path, OpenedFile opened) {
        try {
            if (!opened.stat().isRegularFile()) {
                throw WirescaleException.of(ConfigReason.NOT_A_FILE, "file", path);
            }
            byte[] content = opened.read(LIMIT + 1);
            if (content.length > LIMIT) {
                throw WirescaleException.of(ConfigReason.TOO_LARGE, "file", path, "limit", LIMIT);
            }
            return FileCheck.of(path, text(path, content));
        } catch (WirescaleException e) {
            return FileCheck.refused(path, e);
        }
    }

    private static boolean canBeReadByOthers(OpenedFile opened) {
        return (opened.stat().mode() & OTHERS_MAY_READ) != 0;
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
                case EACCES -> throw WirescaleException.causedBy(e, ConfigReason.ROOTS_OWN, "file", path);
                default ->
                    throw WirescaleException.causedBy(
                            e, ConfigReason.UNREADABLE, "file", path, "error", e.detail("error"));
            }
        }
    }

    /** What somebody else than root could have written, or put in its place. */
    private List<WirescaleException> distrust(Path file, OpenedFile opened) {
        List<WirescaleException> problems = new ArrayList<>();
        for (OpenedFile.Step step : opened.way()) {
            int uid = step.stat().uid();
            if (uid != 0 && uid != owner) {
                problems.add(WirescaleException.of(
                        ConfigReason.WRONG_OWNER,
                        "file",
                        file,
                        "path",
                        step.path(),
                        "owner",
                        Integer.toUnsignedString(uid)));
            }
            if ((step.stat().mode() & OTHERS_MAY_WRITE) != 0) {
                problems.add(WirescaleException.of(ConfigReason.WRITABLE_BY_OTHERS, "file", file, "path", step.path()));
            }
        }
        return problems;
    }

    private static Warning readableByOthers(Path path) {
        return Warning.ofFile(path, "can be read by others than root and may hold keys: chmod 600 '" + path + "'");
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
