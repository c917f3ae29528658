package org.wirescale.tunnel;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.WirescaleException;
import org.wirescale.os.Folders;

/**
 * The tunnels of this boot as their state files tell of them to who only looks: no lock is taken, and what cannot be used stays
 * where it is.
 *
 * @param tunnels by name
 * @param unusable what is wrong with the other files that are named as state files
 */
public record TunnelStates(List<TunnelSummary> tunnels, List<WirescaleException> unusable) {
    public TunnelStates {
        tunnels = List.copyOf(tunnels);
        unusable = List.copyOf(unusable);
    }

    /** The names that have a file, in order. Needs no root. */
    public static List<InterfaceName> names(Folders folders) {
        return StateFolder.names(folders);
    }

    /** Needs root: whoever may not read a file finds it among the unusable ones. */
    public static TunnelStates read(Folders folders) {
        List<TunnelSummary> tunnels = new ArrayList<>();
        List<WirescaleException> unusable = new ArrayList<>();
        String bootId = BootId.current();
        for (Path file : StateFolder.files(folders)) {
            try {
                read(file, bootId).ifPresent(tunnels::add);
            } catch (WirescaleException e) {
                unusable.add(e);
            }
        }
        return new TunnelStates(tunnels, unusable);
    }

    private static Optional<TunnelSummary> read(Path file, String bootId) {
        String name = StateFolder.middle(file);
        if (!InterfaceName.isValid(name)) {
            throw WirescaleException.of(TunnelReason.STATE_FOREIGN, "file", file);
        }
        try {
            TunnelSummary summary = SummaryJson.parse(SmallFiles.read(file), bootId);
            if (!summary.interfaceName().text().equals(name)) {
                throw WirescaleException.of(TunnelReason.VALUE, "what", "interface", "text", summary.interfaceName());
            }
            return Optional.of(summary);
        } catch (NoSuchFileException e) {
            // Taken down at this very moment.
            return Optional.empty();
        } catch (IOException e) {
            throw unusable(file, name, SmallFiles.why(e));
        } catch (WirescaleException e) {
            throw unusable(file, name, what(e));
        }
    }

    private static WirescaleException unusable(Path file, String name, String what) {
        return WirescaleException.of(TunnelReason.STATE_UNUSABLE, "file", file, "what", what, "interface", name);
    }

    /** The sentences of these tell what becomes of the file; nothing becomes of it here. */
    private static String what(WirescaleException e) {
        if (e.reason() == TunnelReason.STATE_OTHER_VERSION) {
            return "written by another version of wirescale, form " + e.detail("version");
        }
        return e.reason() == TunnelReason.STATE_OTHER_BOOT ? "from before the last boot" : e.getMessage();
    }
}
