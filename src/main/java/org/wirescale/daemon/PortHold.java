package org.wirescale.daemon;

import org.wirescale.model.Port;
import org.wirescale.model.WirescaleException;
import org.wirescale.tunnel.Tunnel;
import org.wirescale.tunnel.Way;

/**
 * The way by which WireGuard gets the port that tailscaled has now. Until {@link #handOver} nothing is changed; closing it leaves
 * a tailscaled that runs, whatever happened.
 */
interface PortHold extends AutoCloseable {
    /** The port that the peer is told. */
    Port port();

    Way way();

    /** What has to happen before the interface is made. */
    void beforeLink(Session session);

    /**
     * Takes the port from tailscaled and lets WireGuard have it.
     *
     * @param listen makes WireGuard listen on the port; tried again while somebody is faster
     * @throws WirescaleException when the port is not to be had
     */
    void handOver(Session session, Tunnel tunnel, Runnable listen) throws InterruptedException;

    /** What has to happen once WireGuard listens. */
    void afterLink(Session session) throws InterruptedException;

    @Override
    void close();
}
