package org.wirescale.daemon;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wirescale.protocol.Features;
import org.wirescale.protocol.PeerMessage;
import org.wirescale.tunnel.Way;

/**
 * How two ends tell each other that their tailscaled has left its port: the end that asked says so first; the other one when its
 * WireGuard listens, which lets the first one drive. The word goes over Tailscale, which is finding its path anew: without it
 * things go on all the same.
 *
 * @param role this end's
 * @param way by which this end's tailscaled leaves
 * @param roundTrip of the direct path
 */
record Leaving(Dialogue dialogue, Role role, Way way, Duration roundTrip) {
    private static final Logger LOG = LoggerFactory.getLogger(Leaving.class);

    /** Beside four round trips. A takeover takes 50 ms; the other end may have to restart its tailscaled. */
    private static final Duration PEER_LEAVES = Duration.ofMillis(500);

    /** Once our own tailscaled has left. */
    void awaitBoth() throws InterruptedException {
        if (!dialogue.peerCan(Features.MOVED)) {
            return;
        }
        if (role == Role.INITIATOR) {
            tell();
        }
        boolean left = dialogue.awaitMoved(PEER_LEAVES.plus(roundTrip.multipliedBy(4)));
        LOG.debug("the peer's tailscaled {}", left ? "has left its port too" : "may still be where it was");
    }

    /** Once our WireGuard listens. */
    void listening() {
        if (role == Role.RESPONDER) {
            tell();
        }
    }

    private void tell() {
        if (dialogue.peerCan(Features.MOVED) && way == Way.TAKEOVER) {
            dialogue.send(new PeerMessage.Moved());
        }
    }
}
