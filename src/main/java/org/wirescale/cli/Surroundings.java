package org.wirescale.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.wirescale.cli.doctor.Doctor;
import org.wirescale.cli.status.Look;
import org.wirescale.cli.status.StatusReport;
import org.wirescale.cli.status.Terminal;
import org.wirescale.model.WirescaleException;
import org.wirescale.os.Folders;
import org.wirescale.tailscale.LocalApi;

/**
 * What a command finds around it; tests put something else there.
 *
 * @param environment the variables of this process
 * @param tailnet made when a command needs it: most do not
 * @param root whether root runs the command
 */
record Surroundings(Folders folders, Map<String, String> environment, Supplier<Peers> tailnet, BooleanSupplier root) {
    static Surroundings ofThisProcess() {
        return new Surroundings(
                Folders.system(),
                System.getenv(),
                () -> new TailscalePeers(LocalApi.system()),
                Surroundings::isRootHere);
    }

    Peers peers() {
        return tailnet.get();
    }

    /** The variable's value, empty where it is not set. */
    String variable(String name) {
        return environment.getOrDefault(name, "");
    }

    /** How the tunnels are, as this user may see them. */
    StatusReport status(PrintWriter out, PrintWriter err) {
        return new StatusReport(new Look(folders, root.getAsBoolean()), () -> Terminal.ofOutput(environment), out, err);
    }

    /**
     * Looks at this machine, as this user may.
     *
     * @param askDaemon returns once the daemon has answered
     */
    Doctor doctor(Runnable askDaemon) {
        return new Doctor(folders, LocalApi.system(), root.getAsBoolean(), askDaemon);
    }

    /**
     * @throws WirescaleException with {@link CliReason#NOT_ROOT}
     */
    void requireRoot(String command) {
        if (!root.getAsBoolean()) {
            throw WirescaleException.of(CliReason.NOT_ROOT, "command", command);
        }
    }

    /** The kernel gives this folder to the process's effective user; names and {@code $USER} say nothing. */
    private static boolean isRootHere() {
        try {
            return Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
        } catch (IOException e) {
            return false;
        }
    }
}
