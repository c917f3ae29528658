package org.wirescale.config;

import java.util.Optional;
import java.util.function.Predicate;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.WirescaleException;

/** How a tunnel's interface gets its name. */
public final class InterfaceNames {
    private InterfaceNames() {}

    /**
     * @param suffix the number behind the wanted name, 0 when there is none; what {@code %s} in a hook becomes
     */
    public record Picked(InterfaceName name, int suffix) {}

    /**
     * The name that a tunnel should have: the command line's, else the file's, else the peer's own.
     *
     * @param commandLine empty for a server
     * @throws WirescaleException with {@link ConfigReason#NO_INTERFACE_NAME} where the peer's name cannot be one
     */
    public static InterfaceName wanted(Optional<InterfaceName> commandLine, PeerFile file, PeerFileName peer) {
        return commandLine.or(file.wirescale()::interfaceName).orElseGet(() -> ofPeer(file, peer));
    }

    /**
     * The wanted name, or with {@code suffix} the first free one of {@code name1}, {@code name2}…
     *
     * @throws WirescaleException with {@link ConfigReason#INTERFACE_EXISTS} or {@link ConfigReason#NO_SUFFIX_FREE}
     */
    public static Picked pick(InterfaceName wanted, Predicate<InterfaceName> taken, boolean suffix) {
        if (!taken.test(wanted)) {
            return new Picked(wanted, 0);
        }
        if (!suffix) {
            throw WirescaleException.of(ConfigReason.INTERFACE_EXISTS, "interface", wanted);
        }
        // The base is never shortened: it could become another peer's name.
        for (int number = 1; InterfaceName.isValid(wanted.text() + number); number++) {
            InterfaceName name = InterfaceName.parse(wanted.text() + number);
            if (!taken.test(name)) {
                return new Picked(name, number);
            }
        }
        throw WirescaleException.of(ConfigReason.NO_SUFFIX_FREE, "interface", wanted);
    }

    private static InterfaceName ofPeer(PeerFile file, PeerFileName peer) {
        if (!InterfaceName.isValid(peer.text())) {
            throw WirescaleException.of(ConfigReason.NO_INTERFACE_NAME, "name", peer, "file", file.path());
        }
        return InterfaceName.parse(peer.text());
    }
}
