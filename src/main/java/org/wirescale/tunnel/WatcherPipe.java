package org.wirescale.tunnel;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.WirescaleException;
import org.wirescale.os.Descriptor;
import org.wirescale.os.Errno;
import org.wirescale.os.Folders;
import org.wirescale.os.Syscalls;
import org.wirescale.os.Syscalls.FileStat;
import org.wirescale.os.Syscalls.OpenFlag;

/** The named pipe that a tunnel's autoremove unit reads, {@link AutoremoveUnitChange#events}. */
public final class WatcherPipe {
    private static final Logger LOG = LoggerFactory.getLogger(WatcherPipe.class);
    private static final byte[] CHECK = "check\n".getBytes(StandardCharsets.UTF_8);

    private WatcherPipe() {}

    /**
     * Tells the unit to look at once whether the tunnel still carries data. Never waits, and never fails: a unit that does not read
     * looks by itself, a little later.
     *
     * @return whether it was told
     */
    public static boolean askForCheck(Folders folders, InterfaceName name) {
        Path path = AutoremoveUnitChange.events(folders, name);
        try (Descriptor pipe = Syscalls.open(path, 0, OpenFlag.WRITE_ONLY, OpenFlag.NON_BLOCKING, OpenFlag.NO_FOLLOW)) {
            FileStat stat = Syscalls.stat(pipe);
            if (!stat.isPipe() || stat.uid() != 0) {
                LOG.warn("{} is no pipe of root's and is not written to", path);
                return false;
            }
            return Syscalls.write(pipe, CHECK) == CHECK.length;
        } catch (WirescaleException e) {
            Optional<Errno> errno = Errno.of(e);
            if (errno.filter(number -> number == Errno.ENOENT || number == Errno.ENXIO)
                    .isEmpty()) {
                LOG.debug("{} cannot be written to: {}", path, e.getMessage());
            }
            return false;
        }
    }
}
