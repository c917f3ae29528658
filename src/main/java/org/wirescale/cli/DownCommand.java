package org.wirescale.cli;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wirescale.exitnode.ExitNode;
import org.wirescale.exitnode.ExitNodeStatus;
import org.wirescale.model.ExitCode;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.WirescaleException;
import org.wirescale.os.LockName;
import org.wirescale.os.Locks;
import org.wirescale.protocol.LocalReply;
import org.wirescale.protocol.LocalRequest;
import org.wirescale.tunnel.AutoremoveUnitChange;
import org.wirescale.tunnel.Leftovers;
import org.wirescale.tunnel.Recreation;
import org.wirescale.tunnel.Tunnel;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code wirescale down}: undoes a tunnel by its state file, whether the daemon runs or not. */
@Command(name = "down", header = "Take a tunnel down and undo all that was done for it, hooks included. Needs root.")
final class DownCommand extends CommonOptions implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(DownCommand.class);
    private static final Duration LOCK_WAIT = Duration.ofSeconds(30);

    /** The user is not kept waiting for what is only a kindness to the peer. */
    private static final Duration DAEMON_ANSWERS = Duration.ofSeconds(2);

    @Parameters(paramLabel = "INTERFACE", description = "The tunnel's interface.")
    @SuppressWarnings("NullAway.Init")
    private InterfaceName iface;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    private final Surroundings surroundings;

    DownCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        chooseVerbosity();
        surroundings.requireRoot("down");
        boolean calledOff = isDeliberate() && Recreation.callOff(surroundings.folders(), iface);
        endExitNode();
        try (Locks.Held _ = Locks.take(surroundings.folders(), LockName.ofInterface(iface), LOCK_WAIT)) {
            Optional<Tunnel> found = Tunnel.load(surroundings.folders(), iface);
            if (found.isEmpty() && calledOff) {
                spec.commandLine().getOut().println("Interface '" + iface + "' is not going to be recreated any more");
                return ExitCode.DONE.number();
            }
            if (found.isEmpty()) {
                return removeLeftovers();
            }
            Tunnel tunnel = found.get();
            if (isAnother(tunnel)) {
                spec.commandLine().getOut().println("Interface '" + iface + "' is a newer tunnel's by now");
                return ExitCode.DONE.number();
            }
            Runnable afterwards = tunnel.state()
                    .link()
                    .map(link -> surroundings.peers().beforePortIsFree(link.listenPort()))
                    .orElse(() -> {});
            if (isDeliberate()) {
                tellDaemon();
            }
            List<WirescaleException> failures = tunnel.undo();
            afterwards.run();
            if (!failures.isEmpty()) {
                String problems =
                        failures.stream().map(WirescaleException::getMessage).collect(Collectors.joining("; "));
                throw WirescaleException.of(CliReason.LEFT_OVER, "interface", iface, "problems", problems);
            }
        }
        spec.commandLine().getOut().println("Interface '" + iface + "' has been taken down");
        if (isExitNode()) {
            spec.commandLine()
                    .getOut()
                    .println(
                            "It is an exit node that fails closed: nothing leaves this machine until 'wirescale exit-node --stop'");
        }
        return ExitCode.DONE.number();
    }

    private boolean isExitNode() {
        return ExitNodeStatus.name(surroundings.folders())
                .filter(iface.text()::equals)
                .isPresent();
    }

    /** One that is to fail closed stays, and lets nothing out, until it is stopped. */
    private void endExitNode() {
        if (!isExitNode()) {
            return;
        }
        try (Locks.Held _ = Locks.take(surroundings.folders(), LockName.EXIT_NODE, LOCK_WAIT)) {
            ExitNode.load(surroundings.folders())
                    .filter(node -> node.name().equals(iface) && !node.state().isClosed())
                    .ifPresent(ExitNode::stop);
        }
    }

    /** The unit that watches a tunnel calls this command too, when it could not be recovered. */
    private boolean isDeliberate() {
        return surroundings.variable(AutoremoveUnitChange.IFINDEX_VARIABLE).isEmpty();
    }

    /** A daemon that runs tells the other end; without one it finds out by itself. */
    private void tellDaemon() {
        if (!Locks.isHeld(surroundings.folders(), LockName.DAEMON)) {
            return;
        }
        try (LocalClient client = LocalClient.connect(surroundings.folders().socket(), DAEMON_ANSWERS)) {
            LocalReply reply = client.ask(new LocalRequest.Down(iface), _ -> {});
            LOG.debug("{}: {}", iface, reply.message());
        } catch (WirescaleException e) {
            LOG.info("{}: the other end is not told: {}", iface, e.getMessage());
        }
    }

    /** Of a tunnel whose state file was damaged, or is another version's. */
    private int removeLeftovers() {
        List<String> removed = Leftovers.remove(surroundings.folders(), iface);
        if (removed.isEmpty()) {
            throw WirescaleException.of(CliReason.NO_TUNNEL, "interface", iface, "others", others());
        }
        spec.commandLine()
                .getOut()
                .println("Interface '" + iface + "' had lost its state file; removed was what could be found: "
                        + String.join(", ", removed) + ". No hook of its file was run");
        return ExitCode.DONE.number();
    }

    /** The unit that watched a tunnel may have waited for the session that made a new one of that name. */
    private boolean isAnother(Tunnel tunnel) {
        String meant = surroundings.variable(AutoremoveUnitChange.IFINDEX_VARIABLE);
        OptionalInt found = tunnel.state().ifindex();
        return !meant.isEmpty() && !(found.isPresent() && meant.equals(Integer.toString(found.getAsInt())));
    }

    private String others() {
        String names = Tunnel.all(surroundings.folders()).stream()
                .map(tunnel -> "'" + tunnel.interfaceName() + "'")
                .collect(Collectors.joining(", "));
        return names.isEmpty() ? "" : ": there is " + names;
    }
}
