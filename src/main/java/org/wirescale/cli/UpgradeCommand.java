package org.wirescale.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.wirescale.config.OptionTexts;
import org.wirescale.config.PeerFileName;
import org.wirescale.config.PeerFiles;
import org.wirescale.model.ExitCode;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.WirescaleException;
import org.wirescale.os.Folders;
import org.wirescale.protocol.HostileText;
import org.wirescale.protocol.LocalReply;
import org.wirescale.protocol.LocalRequest;
import org.wirescale.tunnel.TunnelStates;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code wirescale upgrade}: finds each peer, asks the daemon, and shows what it answers as it comes. */
@Command(
        name = "upgrade",
        header = "Upgrade the connection to a peer to a WireGuard tunnel.",
        description =
                "An option given here comes before the same key in the [Wirescale] section of /etc/wirescale/PEER.conf."
                        + " Several peers come one after the other, whatever becomes of one; the exit code is that of the first that failed.")
final class UpgradeCommand extends CommonOptions implements Callable<Integer> {
    @Parameters(
            paramLabel = "PEER",
            arity = "0..*",
            description = "The peer's MagicDNS name, short or full, or one of its Tailscale addresses.")
    private List<String> peers = new ArrayList<>();

    @Option(names = "--all", description = "Every peer that has a file in /etc/wirescale and no tunnel yet.")
    private boolean all;

    @Option(
            names = "--dry-run",
            description = "Show every change that would be made on this machine, in its order, and make none."
                    + " Keys and hooks are shown to root only.")
    private boolean dryRun;

    @Option(
            names = {"-i", "--interface"},
            paramLabel = "NAME",
            description = OptionTexts.INTERFACE)
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
        if (peers.isEmpty() != all) {
            throw new ParameterException(
                    spec.commandLine(), all ? "--all is for all peers: name none" : "name a PEER, or use --all");
        }
        boolean oneOnly = iface.isPresent() || suffixNumber.isPresent() || remoteInterface.isPresent();
        if (oneOnly && (all || peers.size() > 1)) {
            throw new ParameterException(spec.commandLine(), "the name of an interface is for one PEER");
        }
        Instant begin = startOfProcess();
        return !all && peers.size() == 1
                ? upgrade(peers.getFirst(), begin)
                : upgradeEach(all ? withoutTunnel() : peers, begin);
    }

    /** Those with a file, by its name. Who is not root knows a tunnel by its interface's name alone. */
    private List<String> withoutTunnel() {
        Folders folders = surroundings.folders();
        Set<String> made = TunnelStates.names(folders).stream()
                .map(InterfaceName::text)
                .collect(Collectors.toCollection(HashSet::new));
        if (surroundings.root().getAsBoolean()) {
            TunnelStates.read(folders).tunnels().forEach(tunnel -> made.add(tunnel.peerName()));
        }
        return new PeerFiles(folders.configuration())
                .names().stream()
                        .map(PeerFileName::text)
                        .filter(name -> !made.contains(name))
                        .toList();
    }

    private int upgradeEach(List<String> wanted, Instant begin) {
        PrintWriter out = spec.commandLine().getOut();
        if (wanted.isEmpty()) {
            out.println("There is nothing to do: " + surroundings.folders().configuration()
                    + " has no file of a peer without a tunnel");
        }
        int first = ExitCode.DONE.number();
        List<String> failed = new ArrayList<>();
        Instant asked = begin;
        for (String peer : wanted) {
            int code = tryUpgrade(peer, asked);
            asked = Instant.now();
            if (code != ExitCode.DONE.number()) {
                failed.add(HostileText.clean(peer));
                first = first == ExitCode.DONE.number() ? code : first;
            }
        }
        if (!failed.isEmpty()) {
            out.println((dryRun ? "Would fail: " : "Without a tunnel: ") + String.join(", ", failed) + " ("
                    + failed.size() + " of " + wanted.size() + ")");
        }
        return first;
    }

    private int tryUpgrade(String peer, Instant asked) {
        try {
            return upgrade(peer, asked);
        } catch (WirescaleException e) {
            return ErrorHandler.report(e, spec.commandLine().getErr());
        }
    }

    /**
     * @param asked when the user asked for it
     */
    private int upgrade(String peer, Instant asked) {
        PrintWriter out = spec.commandLine().getOut();
        out.println("Checking peer '" + HostileText.clean(peer) + "' is correct. This might take some minutes...");
        Peers tailnet = surroundings.peers();
        Peers.Found found = tailnet.find(peer);
        out.println("Start checking peer '" + found.name() + "'");
        out.println("Checking that an endpoint is available for peer " + found + "...");
        tailnet.requireEndpoint(found);
        out.println("Peer " + found + " is reachable");
        out.println("Connecting to local UNIX socket...");
        try (LocalClient client = LocalClient.connect(surroundings.folders().socket())) {
            out.println("Connection to local UNIX socket established");
            LocalRequest.Upgrade request = request(found, asked);
            return show(client.ask(dryRun ? new LocalRequest.DryRun(request) : request, out::println));
        }
    }

    private LocalRequest.Upgrade request(Peers.Found found, Instant asked) {
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
                OptionalInt.of(Math.clamp(
                        Duration.between(asked, Instant.now()).toMillis(),
                        0,
                        LocalRequest.Upgrade.LONGEST_AGE_MILLIS)));
    }

    /** The JVM's own start is part of what the user waits for. */
    private static Instant startOfProcess() {
        return ProcessHandle.current().info().startInstant().orElseGet(Instant::now);
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
