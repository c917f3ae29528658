package org.wirescale.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.wirescale.model.ExitCode;
import org.wirescale.model.InterfaceName;
import org.wirescale.protocol.HostileText;
import org.wirescale.protocol.LocalReply;
import org.wirescale.protocol.LocalRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code wirescale upgrade}: finds the peer, asks the daemon, and shows what it answers as it comes. */
@Command(
        name = "upgrade",
        header = "Upgrade the connection to a peer to a WireGuard tunnel.",
        description =
                "An option given here comes before the same key in the [Wirescale] section of /etc/wirescale/PEER.conf.")
final class UpgradeCommand extends CommonOptions implements Callable<Integer> {
    @Parameters(
            paramLabel = "PEER",
            description = "The peer's MagicDNS name, short or full, or one of its Tailscale addresses.")
    private String peer = "";

    @Option(
            names = {"-i", "--interface"},
            paramLabel = "NAME",
            description = "The name of the new interface. Default: the peer's name.")
    private Optional<InterfaceName> iface = Optional.empty();

    @Mixin
    private TunnelOptions tunnel = new TunnelOptions();

    @Option(
            names = "--suffix-number",
            hidden = true,
            paramLabel = "N",
            description = "The number that the interface's name had before. Internal: for recreation.")
    private Optional<Integer> suffixNumber = Optional.empty();

    @Option(
            names = "--remote-interface",
            hidden = true,
            paramLabel = "NAME",
            description = "What the peer's interface must turn out to be named. Internal: for recreation.")
    private Optional<InterfaceName> remoteInterface = Optional.empty();

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    private final Surroundings surroundings;

    UpgradeCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        if (suffixNumber.orElse(0) < 0) {
            throw new ParameterException(spec.commandLine(), "--suffix-number is a number from 0");
        }
        PrintWriter out = spec.commandLine().getOut();
        out.println("Checking peer '" + HostileText.clean(peer) + "' is correct. This might take some minutes...");
        Peers peers = surroundings.peers();
        Peers.Found found = peers.find(peer);
        out.println("Start checking peer '" + found.name() + "'");
        out.println("Checking that an endpoint is available for peer " + found + "...");
        peers.requireEndpoint(found);
        out.println("Peer " + found + " is reachable");
        out.println("Connecting to local UNIX socket...");
        try (LocalClient client = LocalClient.connect(surroundings.folders().socket())) {
            out.println("Connection to local UNIX socket established");
            return show(client.ask(request(found), out::println));
        }
    }

    private LocalRequest request(Peers.Found found) {
        return new LocalRequest.Upgrade(
                found.address(),
                iface,
                tunnel.suffix(),
                asInt(suffixNumber),
                remoteInterface,
                tunnel.iptablesAccept(),
                tunnel.iptablesForward(),
                tunnel.iptablesMasquerade(),
                asInt(tunnel.recoverTries()),
                asInt(tunnel.recreateTries()),
                OptionalInt.of(ageMillis()));
    }

    /** Since the process began: the JVM's own start is part of what the user waits for. */
    private static int ageMillis() {
        return ProcessHandle.current()
                .info()
                .startInstant()
                .map(start -> Math.clamp(
                        Duration.between(start, Instant.now()).toMillis(), 0, LocalRequest.Upgrade.LONGEST_AGE_MILLIS))
                .orElse(0);
    }

    private int show(LocalReply last) {
        return switch (last) {
            case LocalReply.Info _ -> throw new IllegalStateException("the last answer is never an info");
            case LocalReply.Success(String message) -> {
                spec.commandLine().getOut().println(message);
                yield ExitCode.DONE.number();
            }
            case LocalReply.Failure failure -> {
                spec.commandLine().getErr().println("Error: " + failure.message());
                yield failure.errorCode().exitCode().number();
            }
        };
    }

    private static OptionalInt asInt(Optional<Integer> number) {
        return number.map(OptionalInt::of).orElseGet(OptionalInt::empty);
    }
}
