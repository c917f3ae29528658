package org.wirescale.tunnel;

import java.util.Optional;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.PublicKey;

/**
 * What is written down about a tunnel, without what was done to the machine for it.
 *
 * @param node Tailscale's StableID of the machine at the other end
 * @param peerName that machine's, as shown to the user
 * @param publicKey this end's
 * @param peerKey the other end's
 * @param initiator whether this end asked for it
 * @param remoteInterface its name at the other end, where that is known
 * @param session the uid of the session that made it
 * @param link the port and endpoint in use, once WireGuard has them
 * @param lastHandshake seconds since 1970 of the newest handshake written down, 0 before the first
 */
public record TunnelSummary(
        Phase phase,
        InterfaceName interfaceName,
        String node,
        String peerName,
        PublicKey publicKey,
        PublicKey peerKey,
        boolean initiator,
        Optional<InterfaceName> remoteInterface,
        String session,
        Optional<Way> way,
        Optional<LinkSettings> link,
        long lastHandshake,
        PastRecoveries recoveries) {}
