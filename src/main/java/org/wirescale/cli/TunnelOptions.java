package org.wirescale.cli;

import java.util.Optional;
import picocli.CommandLine.Option;

/** What a tunnel can be told on a command line; the same words are keys of a file's {@code [Wirescale]} section. */
final class TunnelOptions {
    @Option(
            names = "--iptables-accept",
            negatable = true,
            arity = "0",
            description = "Accept incoming traffic from the new interface, and UDP to its port. Default: no.")
    private Optional<Boolean> iptablesAccept = Optional.empty();

    @Option(
            names = "--iptables-forward",
            negatable = true,
            arity = "0",
            description = "Forward traffic that comes through the new interface. Default: no.")
    private Optional<Boolean> iptablesForward = Optional.empty();

    @Option(
            names = "--iptables-masquerade",
            negatable = true,
            arity = "0",
            description = "Masquerade (NAT) traffic that comes through the new interface. Default: no.")
    private Optional<Boolean> iptablesMasquerade = Optional.empty();

    @Option(
            names = "--suffix",
            negatable = true,
            arity = "0",
            description = "When the interface's name is taken, add a number to it. Default: no.")
    private Optional<Boolean> suffix = Optional.empty();

    @Option(
            names = "--recover-tries",
            paramLabel = "N",
            description =
                    "How often a dead tunnel is tried to be brought back before it is taken down. Negative: without limit."
                            + " Default: 3.")
    private Optional<Integer> recoverTries = Optional.empty();

    @Option(
            names = "--recreate-tries",
            paramLabel = "N",
            description =
                    "How often a new tunnel is tried to be built after that. Negative: without limit. Default: 0.")
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
