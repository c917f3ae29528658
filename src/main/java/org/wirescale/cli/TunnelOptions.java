package org.wirescale.cli;

import java.util.Optional;
import org.wirescale.config.OptionTexts;
import picocli.CommandLine.Option;

/** What a tunnel can be told on a command line; the same words are keys of a file's {@code [Wirescale]} section. */
final class TunnelOptions {
    @Option(names = "--iptables-accept", negatable = true, arity = "0", description = OptionTexts.IPTABLES_ACCEPT)
    private Optional<Boolean> iptablesAccept = Optional.empty();

    @Option(names = "--iptables-forward", negatable = true, arity = "0", description = OptionTexts.IPTABLES_FORWARD)
    private Optional<Boolean> iptablesForward = Optional.empty();

    @Option(
            names = "--iptables-masquerade",
            negatable = true,
            arity = "0",
            description = OptionTexts.IPTABLES_MASQUERADE)
    private Optional<Boolean> iptablesMasquerade = Optional.empty();

    @Option(names = "--suffix", negatable = true, arity = "0", description = OptionTexts.SUFFIX)
    private Optional<Boolean> suffix = Optional.empty();

    @Option(names = "--recover-tries", paramLabel = "N", description = OptionTexts.RECOVER_TRIES)
    private Optional<Integer> recoverTries = Optional.empty();

    @Option(names = "--recreate-tries", paramLabel = "N", description = OptionTexts.RECREATE_TRIES)
    private Optional<Integer> recreateTries = Optional.empty();

    Optional<Boolean> iptablesAccept() {
        return iptablesAccept;
    }

    Optional<Boolean> iptablesForward() {
        return iptablesForward;
    }

    Optional<Boolean> iptablesMasquerade() {
        return iptablesMasquerade;
    }

    Optional<Boolean> suffix() {
        return suffix;
    }

    Optional<Integer> recoverTries() {
        return recoverTries;
    }

    Optional<Integer> recreateTries() {
        return recreateTries;
    }

    boolean anyGiven() {
        return iptablesAccept.isPresent()
                || iptablesForward.isPresent()
                || iptablesMasquerade.isPresent()
                || suffix.isPresent()
                || recoverTries.isPresent()
                || recreateTries.isPresent();
    }
}
