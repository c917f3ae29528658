package org.wirescale.os;

import java.util.Optional;
import org.wirescale.model.IpAddress;

/** Something that the kernel told of the network, or of the clock; see {@link NetworkEvents}. */
public sealed interface NetworkEvent {
    /** A link was deleted, or moved into another network namespace. */
    record LinkGone(int ifindex, String name) implements NetworkEvent {}

    /** A link is new, or a flag or setting of it is another. */
    record LinkChanged(int ifindex, String name) implements NetworkEvent {}

    /**
     * An address came, went, or got another lifetime.
     *
     * @param global whether it is of use beyond the link
     * @param there false when it went
     */
    record AddressChanged(int ifindex, IpAddress address, boolean global, boolean there) implements NetworkEvent {}

    /**
     * A route came or went. When a link goes down or loses its last address of a family, the kernel takes IPv4 routes away without
     * a word.
     *
     * @param there false when it went
     */
    record RouteChanged(Route route, boolean there) implements NetworkEvent {}

    /**
     * A rule of ip-rule(8) came or went.
     *
     * @param priority 0 where it is the default
     * @param there false when it went
     */
    record RuleChanged(long priority, long table, boolean there) implements NetworkEvent {}

    /**
     * A table, chain or rule of nft was deleted, or a chain made, by whatever program; iptables is nft to the kernel where it is
     * iptables-nft. Of rules that are added nothing is told.
     */
    record FirewallChanged(String table) implements NetworkEvent {}

    /** The clock was set, or the machine woke from a suspend, which sets it. */
    record ClockSet() implements NetworkEvent {}

    /** More happened than the kernel could remember: anything may have changed. */
    record Overflow() implements NetworkEvent {}

    /**
     * A route as far as it matters here.
     *
     * @param table 254 is the main one
     * @param ifindex of the link that it leaves by; 0 for several, or none
     * @param metric 0 where it has none
     */
    record Route(boolean ipv6, int prefixLength, long table, int ifindex, Optional<IpAddress> gateway, long metric) {
        public boolean isDefault() {
            return prefixLength == 0;
        }
    }
}
