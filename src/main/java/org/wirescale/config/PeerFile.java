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
 * @param warnings finished sentences for the user, in the file's order
 */
public record PeerFile(
        Path path, InterfaceSection iface, PeerSection peer, WirescaleSection wirescale, List<String> warnings) {
    public PeerFile {
        warnings = List.copyOf(warnings);
    }

    /**
     * Reads a file's text. Touches no disk: the path is for the messages alone.
     *
     * @throws WirescaleException with a {@link ConfigReason} that names file, line and key
     */
    public static PeerFile parse(Path path, String text) {
        ConfigLines lines = ConfigLines.parse(path, text);
        Warnings warnings = new Warnings(path);
        InterfaceSection iface = new InterfaceReader(lines.required(SectionName.INTERFACE), warnings).read();
        PeerSection peer = new PeerReader(lines.required(SectionName.PEER), warnings).read();
        WirescaleSection wirescale = lines.optional(SectionName.WIRESCALE)
                .map(section -> new WirescaleReader(section).read())
                .orElse(WirescaleSection.NONE);
        Consistency.check(lines, iface, peer);
        return new PeerFile(path, iface, peer, wirescale, warnings.inOrder());
    }

    /** The same file with one more warning. */
    PeerFile withWarning(String sentence) {
        List<String> more = new ArrayList<>(warnings);
        more.add(sentence);
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
