package org.wirescale.config;

import java.util.List;
import java.util.Optional;
import org.wirescale.model.IpNetwork;
import org.wirescale.model.PublicKey;
import org.wirescale.model.SecretKey;

/**
 * The file's {@code [Peer]}.
 *
 * @param publicKey empty: negotiated
 * @param presharedKey empty on both ends: negotiated
 * @param allowedIps at least one, in the file's order, as written
 */
public record PeerSection(Optional<PublicKey> publicKey, Optional<SecretKey> presharedKey, List<IpNetwork> allowedIps) {
    public PeerSection {
        allowedIps = List.copyOf(allowedIps);
    }
}
