package org.wirescale.cli;

import java.time.Duration;
import java.util.List;
import org.wirescale.model.IpAddress;
import org.wirescale.model.Port;
import org.wirescale.model.WirescaleException;

/** How a command finds the machine that is meant. */
interface Peers {
    /**
     * The peer, its name as this tailnet calls it.
     *
     * @param address one of its Tailscale addresses
     */
    record Found(String name, IpAddress address) {
        @Override
        public String toString() {
            return "'" + name + "' (" + address + ")";
        }
    }

    /**
     * One of those that there are.
     *
     * @param name as this tailnet calls it: letters, digits, dots, hyphens and underscores alone
     */
    record Known(String name, boolean online) {}

    /**
     * @param text a MagicDNS name, short or full, or a Tailscale address
     * @throws WirescaleException when there is no such peer, or when it is offline or this machine
     */
    Found find(String text);

    /**
     * Waits until Tailscale has a direct way to the peer.
     *
     * @throws WirescaleException when there is none
     */
    void requireEndpoint(Found peer);

    /**
     * Every peer that has a name, in no order.
     *
     * @param time how long Tailscale may take to answer
     * @throws WirescaleException when it does not
     */
    List<Known> known(Duration time);

    /** Whether this machine itself is in touch with its tailnet. */
    boolean isOnline();

    /**
     * A tunnel is about to leave that port: tailscaled comes back to it if it is the one that it is configured with.
     *
     * @return to be run once the tunnel is down
     */
    Runnable beforePortIsFree(Port port);
}
