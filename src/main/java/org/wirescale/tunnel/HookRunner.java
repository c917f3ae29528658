package org.wirescale.tunnel;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.WirescaleException;
import org.wirescale.os.Commands;
import org.wirescale.os.Commands.Command;
import org.wirescale.os.OsReason;

/**
 * Runs one hook as wg-quick(8) would: by bash, an error ends it, extended patterns, locale C, nothing on its standard input.
 *
 * <p>Under systemd in a transient unit: what a hook leaves in the background lives on there when the daemon ends, and what it
 * prints goes to the journal, to which a background process can still write then. Elsewhere as a child of this process.
 *
 * @param underSystemd whether units can be had
 * @param within how long a hook may take
 */
record HookRunner(boolean underSystemd, Duration within) {
    private static final AtomicLong NEXT = new AtomicLong(System.nanoTime() / 1_000_000 % 1_000_000_000);

    /** For this machine: 60 s each. */
    static HookRunner standard() {
        return new HookRunner(UserspaceLinkChange.underSystemd(), Duration.ofSeconds(60));
    }

    /**
     * @param text the file with the hook's text, which is never an argument: everybody can read those
     * @param what names the hook for people, {@code PostUp}
     * @throws WirescaleException with {@link TunnelReason#HOOK_FAILED} or {@link TunnelReason#HOOK_TIMED_OUT}
     */
    void run(Path text, String what, InterfaceName name, Path configFile, String session) {
        List<String> bash = List.of("bash", "-O", "extglob", "-e", "-o", "pipefail", text.toString());
        String unit = unit(name, what + NEXT.incrementAndGet());
        Command command = underSystemd
                ? Command.of(TunnelUnits.run(
                        unit, what + " of the Wirescale tunnel " + name, session, options(name, configFile), bash))
                : Command.of(bash).with("INTERFACE", name.text()).with("CONFIG_FILE", configFile.toString());
        Commands.Result result;
        try {
            result = command.within(within).run();
        } catch (WirescaleException e) {
            if (e.reason() != OsReason.PROGRAM_TIMED_OUT) {
                throw e;
            }
            if (underSystemd) {
                Commands.run("systemctl", "kill", "--signal=SIGKILL", unit);
            }
            throw WirescaleException.causedBy(
                    e, TunnelReason.HOOK_TIMED_OUT, "hook", what, "interface", name, "seconds", within.toSeconds());
        }
        if (!result.ok()) {
            throw WirescaleException.of(
                    TunnelReason.HOOK_FAILED,
                    "hook",
                    what,
                    "interface",
                    name,
                    "code",
                    result.exitCode(),
                    "hint",
                    underSystemd
                            ? "'journalctl -u " + unit + "' has what it printed"
                            : result.stderr().strip());
        }
    }

    private List<String> options(InterfaceName name, Path configFile) {
        List<String> options = new ArrayList<>(List.of("--wait", "--service-type=exec"));
        for (String property : List.of(
                // What is in the background stays.
                "KillMode=process",
                "StandardInput=null",
                "SyslogIdentifier=wirescale-" + name,
                // Where this process does not live to end it.
                "RuntimeMaxSec=" + (within.toSeconds() + 10))) {
            options.add("--property=" + property);
        }
        for (String variable : List.of(
                "LC_ALL=C",
                "HOME=" + System.getProperty("user.home", "/root"),
                "INTERFACE=" + name,
                "CONFIG_FILE=" + configFile)) {
            options.add("--setenv=" + variable);
        }
        return List.copyOf(options);
    }

    /** A colon, which no interface's name holds, keeps the units of {@code bob} apart from those of {@code bob-2}. */
    private static String unit(InterfaceName name, String rest) {
        return TunnelUnits.unit("wirescale-hook", name + ":" + rest);
    }

    /** Ends the hook that a daemon left running when it was killed itself, but not what earlier ones left in the background. */
    void endRunning(InterfaceName name) {
        if (underSystemd) {
            // A pattern, in which a backslash would mean something else.
            Commands.run(
                    "systemctl", "kill", "--signal=SIGKILL", unit(name, "*").replace('\\', '?'));
        }
    }
}
