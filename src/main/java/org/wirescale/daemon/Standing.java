package org.wirescale.daemon;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.wirescale.model.InterfaceName;

/** Which tunnel came up last with each node, so that a request which gave way to the very session that fulfils it can end. */
final class Standing {
    private record Made(InterfaceName name, long nanos) {}

    private final Map<String, Made> made = new HashMap<>();

    synchronized void cameUp(String stableId, InterfaceName name) {
        made.put(stableId, new Made(name, System.nanoTime()));
    }

    synchronized void wentDown(InterfaceName name) {
        made.values().removeIf(tunnel -> tunnel.name().equals(name));
    }

    /**
     * The tunnel with that node that came up after the given moment.
     *
     * @param nanos of {@link System#nanoTime}
     */
    synchronized Optional<InterfaceName> since(String stableId, long nanos) {
        return Optional.ofNullable(made.get(stableId))
                .filter(tunnel -> tunnel.nanos() - nanos > 0)
                .map(Made::name);
    }
}
