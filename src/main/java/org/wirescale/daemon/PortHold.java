package org.wirescale.daemon;

import java.util.List;
import org.wirescale.model.Endpoint;
import org.wirescale.model.Port;
import org.wirescale.model.WirescaleException;
import org.wirescale.tunnel.Change;
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

    /** The peer was found elsewhere since: what comes from there is the tunnel's. */
    default void peerIsAt(Endpoint endpoint) {}

    /** Whether the port is still the one by which the peer reaches tailscaled. */
    boolean isStillTailscales();

    /**
     * The last look before the other end takes what it knows of us for good.
     *
     * @param machine this machine's name
     * @throws WirescaleException with {@link SessionReason#PORT_LEFT} when tailscaled moved meanwhile: the peer knows another port
     */
    default void requireStillTailscales(String machine) {
        if (!isStillTailscales()) {
            throw WirescaleException.of(SessionReason.PORT_LEFT, "port", port(), "machine", machine);
        }
    }

    /** The changes that {@link #handOver} makes, as far as they can be told before. */
    List<Change> expected();

    /** What has to happen before the interface is made. */
    void beforeLink(Session session);

    /** Waits until both ends' tailscaled have left their ports, for a while. */
    interface BothLeft {
        /**
         * @throws WirescaleException when the peer ended the session
         */
        void await() throws InterruptedException;
    }

    /**
     * Takes the port from tailscaled and lets WireGuard have it.
     *
     * @param bothLeft called once tailscaled has left the port; until it returns, what the peer sends there still reaches tailscaled
     * @param listen makes WireGuard listen on the port; tried again while somebody is faster
     * @throws WirescaleException when the port is not to be had
     */
    void handOver(Session session, Tunnel tunnel, BothLeft bothLeft, Runnable listen) throws InterruptedException;

    /** What has to happen once WireGuard listens. */
    void afterLink(Session session) throws InterruptedException;

    @Override
    void close();
}
