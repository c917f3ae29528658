package org.wirescale.tunnel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The transient units of a tunnel, see systemd-run(1): they live outside the daemon's, so that they outlive it. */
final class TunnelUnits {
    private static final String END = ".service";
    private static final Path OWN_CGROUP = Path.of("/proc/self/cgroup");

    private TunnelUnits() {}

    /**
     * The unit's name for an interface: {@code autoremove-bob.service}. The one character of an interface's name that a unit's may
     * not hold is escaped as systemd-escape(1) does.
     */
    static String unit(String prefix, String name) {
        return prefix + "-" + name.replace("=", "\\x3d") + END;
    }

    /** What {@link #unit} made a unit's name of. */
    static String name(String prefix, String unit) {
        return unit.substring(prefix.length() + 1, unit.length() - END.length()).replace("\\x3d", "=");
    }

    /**
     * A systemd-run of that unit.
     *
     * @param session its log lines are found by {@code journalctl WIRESCALE_UID=<session>}
     */
    static List<String> run(
            String unit, String description, String session, List<String> options, List<String> command) {
        List<String> arguments = new ArrayList<>(
                List.of("systemd-run", "--quiet", "--collect", "--unit=" + unit, "--description=" + description));
        if (session.matches("[0-9A-Za-z-]{1,64}")) {
            arguments.add("--property=LogExtraFields=WIRESCALE_UID=" + session);
        }
        arguments.addAll(options);
        arguments.add("--");
        // systemd expands variables in what it runs.
        command.forEach(word -> arguments.add(word.replace("$", "$$")));
        return List.copyOf(arguments);
    }

    /** Whether this very process is one of the unit's, so that stopping the unit would end it. */
    static boolean runsWithin(String unit) {
        try (Stream<String> lines = Files.lines(OWN_CGROUP)) {
            return lines.anyMatch(line -> isWithin(line, unit));
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * @param line of cgroups(7), {@code 0::/system.slice/autoremove-bob.service}
     */
    static boolean isWithin(String line, String unit) {
        return (line + "/").contains("/" + unit + "/");
    }
}
