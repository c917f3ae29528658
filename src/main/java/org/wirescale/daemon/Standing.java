package org.wirescale.daemon;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.wirescale.model.InterfaceName;

/** Which tunnel came up last with each node, so that a request which gave way to the very session that fulfils it can end. */
final class Standing {
    private record Made(InterfaceName name, long number) {}

    private final Map<String, Made> made = new HashMap<>();
    private long count;

    /** How many tunnels came up so far: the moment to ask about later. */
    synchronized long now() {
        return count;
    }

    synchronized void cameUp(String stableId, InterfaceName name) {
        count++;
        made.put(stableId, new Made(name, count));
    }

    synchronized void wentDown(InterfaceName name) {
        made.values().removeIf(tunnel -> tunnel.name().equals(name));
    }

    /** The tunnel with that node that came up after the given moment. */
    synchronized Optional<InterfaceName> since(String stableId, long moment) {
        return Optional.ofNullable(made.get(stableId))
                .filter(tunnel -> tunnel.number() > moment)
                .map(Made::name);
    }
}
