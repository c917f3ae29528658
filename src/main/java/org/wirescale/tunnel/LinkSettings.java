package org.wirescale.tunnel;

import java.util.Optional;
import org.wirescale.model.Endpoint;
import org.wirescale.model.Port;

/**
 * What recovery changes in a WireGuard link.
 *
 * @param endpoint of the peer; one that is not known yet is learnt from its first packet
 * @param remotePort the local port that the peer's link listens on by its own word, which a NAT may show to us as another
 */
public record LinkSettings(Port listenPort, Optional<Endpoint> endpoint, Optional<Port> remotePort) {}
