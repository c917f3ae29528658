package org.wirescale.tunnel;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.WirescaleException;
import org.wirescale.os.Folders;

/** One tunnel's file in {@code /run/wirescale/control}: {@code tunnel-<interface>.json}, mode 0600, replaced by rename. */
final class StateFile {
    private static final Logger LOG = LoggerFactory.getLogger(StateFile.class);

    private final Path path;
    private final StateJson json;

    StateFile(Folders folders, InterfaceName name, ChangeKinds kinds) {
        this.path = StateFolder.path(folders, name);
        this.json = new StateJson(kinds);
    }

    /**
     * @throws WirescaleException with {@link TunnelReason#STATE_UNWRITABLE}
     */
    void write(TunnelState state) {
        try {
            SmallFiles.replace(path, json.write(state).getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw WirescaleException.causedBy(
                    e, TunnelReason.STATE_UNWRITABLE, "file", path, "error", SmallFiles.why(e));
        }
    }

    /**
     * Changes the phase where it stands, which needs no space.
     *
     * @return whether it could be done
     */
    boolean overwritePhase(Phase phase) {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
            SmallFiles.writeAll(channel, StateJson.opening(phase).getBytes(StandardCharsets.UTF_8));
            return true;
        } catch (IOException e) {
            LOG.warn("The phase of {} cannot be written: {}", path, SmallFiles.why(e));
            return false;
        }
    }

    void delete() {
        deleteQuietly(path);
    }

    /** The state, if there is one of this boot for this interface; what is damaged or older is removed with a line in the log. */
    Optional<TunnelState> read(InterfaceName name, String bootId) {
        try {
            TunnelState state = json.read(SmallFiles.read(path));
            if (!state.header().interfaceName().equals(name)) {
                throw WirescaleException.of(
                        TunnelReason.VALUE,
                        "what",
                        "interface",
                        "text",
                        state.header().interfaceName());
            }
            if (!state.bootId().equals(bootId)) {
                return discarded(WirescaleException.of(TunnelReason.STATE_OTHER_BOOT, "file", path));
            }
            return Optional.of(state);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException | WirescaleException e) {
            if (e instanceof WirescaleException other && other.reason() == TunnelReason.STATE_OTHER_VERSION) {
                return discarded(other.with("file", path).with("interface", name));
            }
            return discarded(WirescaleException.causedBy(
                    e,
                    TunnelReason.STATE_DAMAGED,
                    "file",
                    path,
                    "what",
                    String.valueOf(e.getMessage()),
                    "interface",
                    name));
        }
    }

    private Optional<TunnelState> discarded(WirescaleException why) {
        LOG.warn("{}", why.getMessage());
        delete();
        return Optional.empty();
    }

    private static void deleteQuietly(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.warn("{} cannot be removed: {}", file, SmallFiles.why(e));
        }
    }
}
