package org.wirescale.cli.status;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.wirescale.model.InterfaceName;

/**
 * All tunnels at one moment.
 *
 * @param at by the clock
 * @param nanos by {@link System#nanoTime}
 * @param tunnels by name
 * @param warnings sentences without control characters
 */
record Snapshot(Instant at, long nanos, List<TunnelStatus> tunnels, List<String> warnings) {
    private static final double NANOS = 1e9;

    Snapshot {
        tunnels = List.copyOf(tunnels);
        warnings = List.copyOf(warnings);
    }

    /** What went through the tunnel in each second since an earlier moment; empty where its counters began anew. */
    Optional<Traffic> perSecond(TunnelStatus tunnel, Snapshot earlier) {
        Optional<Traffic> before = earlier.find(tunnel.iface()).flatMap(TunnelStatus::traffic);
        double seconds = (nanos - earlier.nanos) / NANOS;
        if (tunnel.traffic().isEmpty() || before.isEmpty() || seconds <= 0) {
            return Optional.empty();
        }
        long received = tunnel.traffic().get().received() - before.get().received();
        long sent = tunnel.traffic().get().sent() - before.get().sent();
        return received < 0 || sent < 0
                ? Optional.empty()
                : Optional.of(new Traffic(Math.round(received / seconds), Math.round(sent / seconds)));
    }

    private Optional<TunnelStatus> find(InterfaceName name) {
        return tunnels.stream().filter(tunnel -> tunnel.iface().equals(name)).findFirst();
    }
}
