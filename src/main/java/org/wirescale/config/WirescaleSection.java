package org.wirescale.config;

import java.util.Optional;
import org.wirescale.model.InterfaceName;

/**
 * The file's {@code [Wirescale]}; empty where the file has none.
 *
 * @param interfaceName {@code interface}; empty: the peer's name
 * @param node {@code node}; empty: whichever node has the name
 */
public record WirescaleSection(Optional<InterfaceName> interfaceName, Optional<NodePin> node, PartialOptions options) {
    public static final WirescaleSection NONE =
            new WirescaleSection(Optional.empty(), Optional.empty(), PartialOptions.NONE);
}
