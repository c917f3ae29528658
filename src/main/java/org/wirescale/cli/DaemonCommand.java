package org.wirescale.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.wirescale.daemon.Daemon;
import org.wirescale.daemon.DaemonOptions;
import org.wirescale.model.ExitCode;
import org.wirescale.model.WirescaleException;
import org.wirescale.os.Commands;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code wirescale daemon}: what the unit runs; by hand it passes the word on to systemd. */
@Command(
        name = "daemon",
        header = "Run the daemon (under systemd), or start and stop its unit (by hand).",
        description =
                "The options are the defaults for requests of other machines; a file's [Wirescale] section comes first. They belong"
                        + " into the unit.")
final class DaemonCommand extends CommonOptions implements Callable<Integer> {
    enum Action {
        START,
        STOP,
        CLEAN;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Mixin
    private TunnelOptions tunnel = new TunnelOptions();

    @Option(
            names = "--restart-tailscale",
            hidden = true,
            description = "Free tailscaled's port by restarting it, even where it could be taken over.")
    private boolean restartTailscale;

    @Parameters(paramLabel = "start|stop", description = "What to do.")
    private Action action = Action.START;

    private final Surroundings surroundings;

    DaemonCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        chooseVerbosity();
        return switch (action) {
            case START -> isServiceOfSystemd() ? Daemon.run(options()) : bySystemd(List.of("start"));
            case STOP -> bySystemd(List.of("stop", "wirescaled.socket"));
            case CLEAN -> Daemon.clean();
        };
    }

    private DaemonOptions options() {
        return new DaemonOptions(
                tunnel.iptablesAccept().orElse(false),
                tunnel.iptablesForward().orElse(false),
                tunnel.iptablesMasquerade().orElse(false),
                tunnel.suffix().orElse(false),
                tunnel.recoverTries().orElse(DaemonOptions.DEFAULT_RECOVER_TRIES),
                tunnel.recreateTries().orElse(DaemonOptions.DEFAULT_RECREATE_TRIES),
                restartTailscale);
    }

    /** {@code INVOCATION_ID} and {@code NOTIFY_SOCKET} are inherited by whatever a unit starts; this one names the process. */
    private boolean isServiceOfSystemd() {
        return surroundings
                .variable("SYSTEMD_EXEC_PID")
                .equals(Long.toString(ProcessHandle.current().pid()));
    }

    private int bySystemd(List<String> words) {
        if (tunnel.anyGiven() || restartTailscale) {
            throw WirescaleException.of(CliReason.DAEMON_OPTIONS_BY_HAND, "action", action);
        }
        List<String> arguments = new ArrayList<>(List.of("systemctl", "--no-ask-password"));
        arguments.addAll(words);
        arguments.add("wirescaled.service");
        Commands.Result result = Commands.Command.of(arguments).run();
        if (!result.ok()) {
            throw WirescaleException.of(
                    CliReason.SYSTEMD_REFUSED,
                    "action",
                    action,
                    "error",
                    result.stderr().strip().replace('\n', ' '));
        }
        return ExitCode.DONE.number();
    }
}
