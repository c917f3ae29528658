package org.wirescale.tunnel;

import org.wirescale.model.WirescaleException;

/** Where the routes of the allowed IPs go; {@code Table} of wg-quick(8). */
public sealed interface RouteTable {
    RouteTable AUTO = new Auto();
    RouteTable OFF = new Off();

    /** The main table, without default networks, which are the exit node's. */
    record Auto() implements RouteTable {}

    /** No routes. */
    record Off() implements RouteTable {}

    /**
     * This table, default networks included.
     *
     * @param id 1 to 0xffffffff
     */
    record Numbered(long id) implements RouteTable {
        public Numbered {
            if (id < 1 || id > 0xFFFF_FFFFL) {
                throw WirescaleException.of(TunnelReason.VALUE, "what", "routing table", "text", id);
            }
        }
    }
}
