package org.wirescale.tailscale;

import java.time.Duration;
import java.util.Optional;

/**
 * The answer to one Tailscale ping.
 *
 * @param endpoint where a direct answer came from, as Tailscale writes it: it may have a zone
 * @param relay the code of the relay that a relayed answer came through
 * @param peerRelay the peer relay that a relayed answer came through
 * @param latency of the round trip
 * @param error what Tailscale said went wrong
 */
public record PingResult(
        Optional<String> endpoint,
        Optional<String> relay,
        Optional<String> peerRelay,
        Duration latency,
        Optional<String> error) {
    public boolean isDirect() {
        return endpoint.isPresent() && peerRelay.isEmpty() && error.isEmpty();
    }
}
