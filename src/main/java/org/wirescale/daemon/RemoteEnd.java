package org.wirescale.daemon;

import java.time.Duration;
import java.util.List;
import org.wirescale.model.Endpoint;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.IpAddress;
import org.wirescale.model.PublicKey;
import org.wirescale.model.SecretKey;

/**
 * What the other machine brings to a tunnel, checked.
 *
 * @param endpoint where our own tailscaled reaches it, never what it says of itself
 * @param roundTrip by a direct ping of Tailscale's
 * @param presharedKey the one that both ends use
 */
record RemoteEnd(
        List<IpAddress> addresses,
        InterfaceName iface,
        PublicKey publicKey,
        SecretKey presharedKey,
        Endpoint endpoint,
        Duration roundTrip) {}
