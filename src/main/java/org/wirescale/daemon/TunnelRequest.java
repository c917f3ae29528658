package org.wirescale.daemon;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import org.wirescale.config.PartialOptions;
import org.wirescale.config.Tries;
import org.wirescale.config.TunnelOptions;
import org.wirescale.model.InterfaceName;
import org.wirescale.protocol.LocalRequest;

/**
 * The tunnel that a session is about, as far as this machine decides it.
 *
 * @param initiator whether a user of this machine asked
 * @param iface the name that the user gave
 * @param suffixNumber the one of an earlier tunnel that is made anew
 * @param expectedInterface what the peer's interface must turn out to be named
 * @param age for how long the user had been waiting when the request came
 * @param options the user's, or the daemon's own for a request that came in
 */
record TunnelRequest(
        boolean initiator,
        Optional<InterfaceName> iface,
        OptionalInt suffixNumber,
        Optional<InterfaceName> expectedInterface,
        Duration age,
        PartialOptions options) {

    static TunnelRequest ofUser(LocalRequest.Upgrade request) {
        PartialOptions given = new PartialOptions(
                request.iptablesAccept(),
                request.iptablesForward(),
                request.iptablesMasquerade(),
                request.allowSuffix(),
                tries(request.recoverTries()),
                tries(request.recreateTries()));
        return new TunnelRequest(
                true,
                request.iface(),
                request.suffixNumber(),
                request.expectedInterface(),
                Duration.ofMillis(request.ageMillis().orElse(0)),
                given);
    }

    static TunnelRequest ofPeer(DaemonOptions options) {
        PartialOptions given = new PartialOptions(
                Optional.of(options.iptablesAccept()),
                Optional.of(options.iptablesForward()),
                Optional.of(options.iptablesMasquerade()),
                Optional.of(options.suffix()),
                Optional.of(Tries.of(options.recoverTries())),
                Optional.of(Tries.of(options.recreateTries())));
        return new TunnelRequest(false, Optional.empty(), OptionalInt.empty(), Optional.empty(), Duration.ZERO, given);
    }

    /** A user's word goes over the file, the file over the daemon's defaults. */
    TunnelOptions decide(PartialOptions file) {
        return initiator ? TunnelOptions.forClient(options, file) : TunnelOptions.forServer(file, options);
    }

    private static Optional<Tries> tries(OptionalInt number) {
        return number.isPresent() ? Optional.of(Tries.of(number.getAsInt())) : Optional.empty();
    }
}
