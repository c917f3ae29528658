package org.wirescale.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.WirescaleException;

/**
 * A peer's configuration file as values. What stands here is a file that wg-quick(8) would take, with our own section beside.
 *
 * @param path where it lies
 * @param warnings for the user, in the file's order
 */
public record PeerFile(
        Path path, InterfaceSection iface, PeerSection peer, WirescaleSection wirescale, List<Warning> warnings) {
    public PeerFile {
        warnings = List.copyOf(warnings);
    }

    /**
     * Reads a file's text. Touches no disk: the path is for the messages alone.
     *
     * @throws WirescaleException with a {@link ConfigReason} that names file, line and key of the first thing that is wrong
     */
    public static PeerFile parse(Path path, String text) {
        return FileCheck.of(path, text).require();
    }

    /** The same file with one more warning. */
    PeerFile withWarning(Warning warning) {
        List<Warning> more = new ArrayList<>(warnings);
        more.add(warning);
        return new PeerFile(path, iface, peer, wirescale, more);
    }

    /** Whether the tunnel changes the machine's DNS. */
    public boolean needsDns() {
        return !iface.dns().isEmpty();
    }

    /** The hooks of this tunnel, ready for bash; {@code suffixNumber} is 0 when there is none. */
    public Hooks hooksFor(InterfaceName name, int suffixNumber) {
        return iface.hooks().expand(name, suffixNumber);
    }

    /**
     * @throws WirescaleException with {@link ConfigReason#WRONG_NODE} when the file is pinned to another node
     */
    public void requireNode(String stableId) {
        wirescale.node().filter(pin -> !pin.stableId().equals(stableId)).ifPresent(pin -> {
            throw WirescaleException.of(ConfigReason.WRONG_NODE, "file", path, "pinned", pin, "node", stableId);
        });
    }
}
