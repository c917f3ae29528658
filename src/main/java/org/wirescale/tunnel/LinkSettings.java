package org.wirescale.tunnel;

import java.util.Optional;
import org.wirescale.model.Endpoint;
import org.wirescale.model.Port;

/** What recovery changes in a WireGuard link. An endpoint that is not known yet is learnt from the peer's first packet. */
public record LinkSettings(Port listenPort, Optional<Endpoint> endpoint) {}
