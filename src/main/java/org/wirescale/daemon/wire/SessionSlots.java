package org.wirescale.daemon.wire;

import java.util.HashMap;
import java.util.Map;
import org.wirescale.model.IpAddress;
import org.wirescale.protocol.PeerLimits;

/** Counts what is open, by source and in all. One instance can serve the listeners of several addresses. */
public final class SessionSlots {
    private final int perPeer;
    private final int inAll;
    private final Map<IpAddress, Integer> taken = new HashMap<>();
    private int sum;

    SessionSlots(int perPeer, int inAll) {
        this.perPeer = perPeer;
        this.inAll = inAll;
    }

    /** As many sessions as the protocol allows. */
    public static SessionSlots ofProtocol() {
        return new SessionSlots(PeerLimits.SESSIONS_PER_PEER, PeerLimits.SESSIONS);
    }

    /** Half-open connections count here too, so there is room for those beyond the sessions, to be told that there is none. */
    static SessionSlots ofChannels() {
        return new SessionSlots(2 * PeerLimits.SESSIONS_PER_PEER, 2 * PeerLimits.SESSIONS);
    }

    synchronized boolean tryTake(IpAddress source) {
        int mine = taken.getOrDefault(source, 0);
        if (mine >= perPeer || sum >= inAll) {
            return false;
        }
        taken.put(source, mine + 1);
        sum++;
        return true;
    }

    synchronized void release(IpAddress source) {
        int mine = taken.getOrDefault(source, 0);
        if (mine > 1) {
            taken.put(source, mine - 1);
        } else {
            taken.remove(source);
        }
        sum--;
    }

    /** The limit that stands in the way of one more. */
    synchronized int limitReached(IpAddress source) {
        return taken.getOrDefault(source, 0) >= perPeer ? perPeer : inAll;
    }

    /** How many are taken now. */
    public synchronized int taken() {
        return sum;
    }
}
