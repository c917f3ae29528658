package org.wirescale.protocol;

import java.util.Optional;
import java.util.OptionalInt;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.IpAddress;

/** What the command asks of the daemon of its own machine. An absent value was not given on the command line. */
public sealed interface LocalRequest {
    /**
     * @param peerIp one of the peer's Tailscale addresses
     * @param iface the name of the new interface
     * @param suffixNumber the suffix that an earlier tunnel had, 0 or more
     * @param expectedInterface what the peer's interface must turn out to be named
     * @param recoverTries negative: without limit
     * @param recreateTries negative: without limit
     * @param ageMillis for how long the user has been waiting already: a tunnel with the peer that came up meanwhile is the one asked
     *     for; 0 to {@link #LONGEST_AGE_MILLIS}
     */
    record Upgrade(
            IpAddress peerIp,
            Optional<InterfaceName> iface,
            Optional<Boolean> allowSuffix,
            OptionalInt suffixNumber,
            Optional<InterfaceName> expectedInterface,
            Optional<Boolean> iptablesAccept,
            Optional<Boolean> iptablesForward,
            Optional<Boolean> iptablesMasquerade,
            OptionalInt recoverTries,
            OptionalInt recreateTries,
            OptionalInt ageMillis)
            implements LocalRequest {
        public static final int LONGEST_AGE_MILLIS = 600_000;

        /** Nothing given but the peer. */
        public static Upgrade of(IpAddress peerIp) {
            return new Upgrade(
                    peerIp,
                    Optional.empty(),
                    Optional.empty(),
                    OptionalInt.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    OptionalInt.empty(),
                    OptionalInt.empty(),
                    OptionalInt.empty());
        }

        /** Whether a key was given that only root and the group {@code wirescale} may give. */
        public boolean isPrivileged() {
            return suffixNumber.isPresent()
                    || expectedInterface.isPresent()
                    || iptablesAccept.isPresent()
                    || iptablesForward.isPresent()
                    || iptablesMasquerade.isPresent();
        }
    }

    /**
     * What an upgrade would do is asked for, and that none of it be done. A message of its own: a daemon that does not know it refuses
     * it, and changes nothing.
     */
    record DryRun(Upgrade upgrade) implements LocalRequest {}

    /**
     * What the unit that watches a tunnel asks for when nothing is received any more.
     *
     * @param peerIp one of the Tailscale addresses of the tunnel's peer
     * @param latestHandshake the newest that the caller saw, seconds since 1970; 0 for none
     */
    record Recover(IpAddress peerIp, InterfaceName iface, long latestHandshake) implements LocalRequest {}

    /** A tunnel is about to be taken down on purpose: its other end is told. */
    record Down(InterfaceName iface) implements LocalRequest {}

    record Status() implements LocalRequest {}
}
