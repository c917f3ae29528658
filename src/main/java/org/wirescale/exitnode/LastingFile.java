package org.wirescale.exitnode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.wirescale.model.WirescaleException;
import org.wirescale.os.Folders;
import org.wirescale.tunnel.SmallFiles;

/** Root's own file in {@code /var/lib/wirescale}, which outlives a boot. */
record LastingFile(String name) {
    private Path path(Folders folders) {
        return folders.lasting().resolve(name);
    }

    boolean isThere(Folders folders) {
        return Files.exists(path(folders));
    }

    /**
     * @throws WirescaleException with {@link ExitNodeReason#STATE_UNWRITABLE}
     */
    void write(Folders folders, byte[] content) {
        try {
            Files.createDirectories(folders.lasting());
            SmallFiles.replace(path(folders), content, SmallFiles.FOR_ROOT);
        } catch (IOException e) {
            throw unwritable(folders, e);
        }
    }

    /**
     * @throws WirescaleException with {@link ExitNodeReason#STATE_UNWRITABLE}
     */
    void remove(Folders folders) {
        try {
            Files.deleteIfExists(path(folders));
        } catch (IOException e) {
            throw unwritable(folders, e);
        }
    }

    private WirescaleException unwritable(Folders folders, IOException e) {
        return WirescaleException.causedBy(
                e, ExitNodeReason.STATE_UNWRITABLE, "file", path(folders), "error", SmallFiles.why(e));
    }
}
