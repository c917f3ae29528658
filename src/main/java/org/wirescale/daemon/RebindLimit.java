package org.wirescale.daemon;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/**
 * How often tailscaled is made to forget a path that seems dead: once for each peer until its path is found again, and seldom in
 * all, since it then looks for its way to everybody anew.
 */
final class RebindLimit {
    private static final Duration SPACING = Duration.ofSeconds(30);

    private final Runnable rebind;
    private final Set<String> outages = new HashSet<>();
    private boolean ever;
    private long last;

    RebindLimit(Runnable rebind) {
        this.rebind = rebind;
    }

    /** Rebinds, or does nothing. */
    void rebind(String stableId) {
        if (takes(stableId)) {
            rebind.run();
        }
    }

    private synchronized boolean takes(String stableId) {
        long now = System.nanoTime();
        if ((ever && now - last < SPACING.toNanos()) || !outages.add(stableId)) {
            return false;
        }
        ever = true;
        last = now;
        return true;
    }

    synchronized void outageEnded(String stableId) {
        outages.remove(stableId);
    }
}
