package org.wirescale.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Stack;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.wirescale.exitnode.ExitNode;
import org.wirescale.exitnode.ExitNodeOptions;
import org.wirescale.exitnode.ExitNodeReason;
import org.wirescale.exitnode.ExitNodeReport;
import org.wirescale.exitnode.ExitNodeStatus;
import org.wirescale.exitnode.FailClosed;
import org.wirescale.exitnode.Resolvers;
import org.wirescale.model.ExitCode;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.WirescaleException;
import org.wirescale.os.LockName;
import org.wirescale.os.Locks;
import org.wirescale.tunnel.Phase;
import org.wirescale.tunnel.Tunnel;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.IParameterConsumer;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code wirescale exit-node}: works by the state files, whether the daemon runs or not. */
@Command(
        name = "exit-node",
        header =
                "Send all traffic of this machine through a tunnel, but for what stays in its own networks. Needs root, save for --status.")
final class ExitNodeCommand extends CommonOptions implements Callable<Integer> {
    private static final Duration LOCK_WAIT = Duration.ofSeconds(30);

    /** Exactly one of these. */
    static final class What {
        @Parameters(paramLabel = "INTERFACE", description = "The tunnel's interface, which becomes the exit node.")
        @Nullable
        private InterfaceName iface;

        @Option(names = "--status", description = "Print the interface of the exit node that is on, or nothing.")
        private boolean status;

        @Option(names = "--stop", description = "Go back to how it was before.")
        private boolean stop;

        @Option(
                names = "--sync",
                hidden = true,
                description = "Bring marks and rules in step with the tunnels there are.")
        @SuppressWarnings("UnusedVariable") // it is what is left when the others are not given
        private boolean sync;
    }

    @ArgGroup(exclusive = true, multiplicity = "1")
    @SuppressWarnings("NullAway.Init")
    private What what;

    @Option(
            names = "--fail-closed",
            paramLabel = "always",
            arity = "0..1",
            parameterConsumer = FailClosedConsumer.class,
            description = "Let nothing out but through tunnels, even when this one dies, until --stop or the next boot;"
                    + " with =always after a boot too.")
    private FailClosed failClosed = FailClosed.OFF;

    @Option(
            names = "--keep-inbound",
            description = "Answer connections from outside the way they came. Not with --fail-closed.")
    private boolean keepInbound;

    @Option(names = "--force", description = "Do it even if the SSH session it is typed in is going to be cut off.")
    private boolean force;

    @Option(names = "--json", description = "With --status: say more, as JSON.")
    private boolean json;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    private final Surroundings surroundings;

    ExitNodeCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    /** Its value may be left out, and the next word be the interface. */
    static final class FailClosedConsumer implements IParameterConsumer {
        @Override
        public void consumeParameters(Stack<String> words, ArgSpec option, CommandSpec command) {
            boolean always = !words.isEmpty() && words.peek().equals(FailClosed.ALWAYS.word());
            if (always) {
                words.pop();
            }
            option.setValue(always ? FailClosed.ALWAYS : FailClosed.ON);
        }
    }

    @Override
    public Integer call() {
        chooseVerbosity();
        if (what.status) {
            return status();
        }
        if (json) {
            throw new ParameterException(spec.commandLine(), "--json goes with --status");
        }
        if (keepInbound && failClosed != FailClosed.OFF) {
            throw new ParameterException(
                    spec.commandLine(), "--keep-inbound lets answers out beside the tunnel, and --fail-closed nothing");
        }
        surroundings.requireRoot("exit-node");
        Optional<InterfaceName> wanted = Optional.ofNullable(what.iface);
        wanted.ifPresent(this::requireSessionStays);
        try (Locks.Held _ = Locks.take(surroundings.folders(), LockName.EXIT_NODE, LOCK_WAIT)) {
            if (wanted.isPresent()) {
                enable(wanted.get());
            } else if (what.stop) {
                stop();
            } else {
                ExitNode.sync(surroundings.folders());
            }
        }
        return ExitCode.DONE.number();
    }

    private int status() {
        if (json) {
            out().println(ExitNodeReport.json(surroundings.folders()));
            return ExitCode.DONE.number();
        }
        ExitNodeStatus.name(surroundings.folders()).ifPresent(out()::println);
        return ExitCode.DONE.number();
    }

    private void enable(InterfaceName iface) {
        Tunnel tunnel = Tunnel.load(surroundings.folders(), iface)
                .filter(found ->
                        found.state().phase() == Phase.UP || found.state().phase() == Phase.RECOVERING)
                .filter(Tunnel::hasItsLink)
                .orElseThrow(
                        () -> WirescaleException.of(ExitNodeReason.NO_TUNNEL, "interface", iface, "others", others()));
        Optional<InterfaceName> before = ExitNode.load(surroundings.folders()).map(ExitNode::name);
        ExitNode node =
                ExitNode.enable(surroundings.folders(), tunnel, new ExitNodeOptions(true, failClosed, keepInbound));
        before.filter(old -> !old.equals(iface)).ifPresent(this::sayStopped);
        out().println("Interface '" + iface + "' has been enabled as an exit node ✅");
        if (!node.state().passesIpv6()) {
            out().println("IPv6: unreachable while it is on; " + ExitNodeReport.whyNotIpv6(tunnel));
        }
        out().println(Resolvers.describe(iface));
    }

    private void stop() {
        Optional<ExitNode> node = ExitNode.load(surroundings.folders());
        if (node.isEmpty()) {
            boolean found = ExitNode.removeLeftovers(surroundings.folders());
            out().println(found ? "What was left of an exit node has been removed" : "No exit node is on");
            return;
        }
        List<WirescaleException> failures = node.get().stop();
        if (!failures.isEmpty()) {
            String problems =
                    failures.stream().map(WirescaleException::getMessage).collect(Collectors.joining("; "));
            throw WirescaleException.of(
                    ExitNodeReason.NOT_STOPPED, "interface", node.get().name(), "problems", problems);
        }
        sayStopped(node.get().name());
    }

    private void sayStopped(InterfaceName iface) {
        out().println("Interface '" + iface + "' has been deactivated as an exit node ❌");
    }

    /** Answers to a client beyond this machine's networks would go through the tunnel, and be lost. */
    private void requireSessionStays(InterfaceName iface) {
        if (force || keepInbound) {
            return;
        }
        SshSession.client(surroundings).filter(SshSession::isBeyondOwnNetworks).ifPresent(client -> {
            throw WirescaleException.of(CliReason.SSH_SESSION, "client", client, "interface", iface);
        });
    }

    private String others() {
        String names = Tunnel.all(surroundings.folders()).stream()
                .map(tunnel -> "'" + tunnel.interfaceName() + "'")
                .collect(Collectors.joining(", "));
        return names.isEmpty() ? ": 'wirescale upgrade PEER' makes one" : ": there is " + names;
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }
}
