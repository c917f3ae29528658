package org.wirescale.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.wirescale.model.IpAddress;
import org.wirescale.model.IpNetwork;
import org.wirescale.model.WirescaleException;
import org.wirescale.os.Commands;

/** The SSH session that a command is typed in. */
final class SshSession {
    private static final String VARIABLE = "SSH_CONNECTION";
    /** Nobody types a command that deep. */
    private static final int ANCESTORS = 32;

    /** Routes as short as this stand for the internet. */
    private static final int SHORTEST_OWN = 8;

    private SshSession() {}

    /** Where it comes from; sudo takes the variable away, but a process further up still has it. */
    static Optional<IpAddress> client(Surroundings surroundings) {
        Optional<String> here = Optional.of(surroundings.variable(VARIABLE)).filter(text -> !text.isEmpty());
        return here.or(SshSession::ofAncestors).flatMap(SshSession::address);
    }

    private static Optional<String> ofAncestors() {
        long pid = ProcessHandle.current().parent().map(ProcessHandle::pid).orElse(1L);
        for (int i = 0; i < ANCESTORS && pid > 1; i++) {
            Optional<String> found = variable(pid);
            if (found.isPresent()) {
                return found;
            }
            pid = ProcessHandle.of(pid)
                    .flatMap(ProcessHandle::parent)
                    .map(ProcessHandle::pid)
                    .orElse(1L);
        }
        return Optional.empty();
    }

    private static Optional<String> variable(long pid) {
        try {
            String all = Files.readString(Path.of("/proc", Long.toString(pid), "environ"), StandardCharsets.ISO_8859_1);
            return List.of(all.split("\0")).stream()
                    .filter(line -> line.startsWith(VARIABLE + "="))
                    .map(line -> line.substring(VARIABLE.length() + 1))
                    .findFirst();
        } catch (IOException e) {
            // Another user's, or gone.
            return Optional.empty();
        }
    }

    private static Optional<IpAddress> address(String connection) {
        try {
            return Optional.of(IpAddress.parse(connection.split(" ")[0]));
        } catch (WirescaleException e) {
            return Optional.empty();
        }
    }

    /** Whether only a default route leads there: that is what an exit node changes. */
    static boolean isBeyondOwnNetworks(IpAddress client) {
        Commands.Result route = Commands.run("ip", "-o", "route", "get", "fibmatch", client.toString());
        String first = route.stdout().strip().split("\\s+")[0];
        if (!route.ok() || first.equals("default")) {
            return route.ok();
        }
        try {
            return first.contains("/") && IpNetwork.parse(first).prefixLength() < SHORTEST_OWN;
        } catch (WirescaleException e) {
            return false;
        }
    }
}
