package org.wirescale.daemon;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.wirescale.model.InterfaceName;

/**
 * Which tunnel came up last with each node, and which was recovered when, so that a request which gave way to the very session
 * that fulfils it can end.
 */
final class Standing {
    private record Made(InterfaceName name, long nanos) {}

    private final Map<String, Made> made = new HashMap<>();
    private final Map<InterfaceName, Long> recovered = new HashMap<>();

    synchronized void cameUp(String stableId, InterfaceName name) {
        made.put(stableId, new Made(name, System.nanoTime()));
    }

    synchronized void recovered(InterfaceName name) {
        recovered.put(name, System.nanoTime());
    }

    /**
     * @param nanos of {@link System#nanoTime}
     */
    synchronized boolean isRecoveredSince(InterfaceName name, long nanos) {
        Long at = recovered.get(name);
        return at != null && at - nanos > 0;
    }

    synchronized void wentDown(InterfaceName name) {
        recovered.remove(name);
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
