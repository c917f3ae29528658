package org.wirescale.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.wirescale.cli.doctor.Report;
import org.wirescale.cli.status.Terminal;
import org.wirescale.protocol.LocalRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code wirescale doctor}: what this machine lacks, or has in the way. */
@Command(
        name = "doctor",
        header = "Look at all that wirescale needs of this machine. Nothing is changed.",
        description =
                "A line each, and below it what to do: programs and their versions, the kernel, systemd, Tailscale, whether a tunnel can take"
                        + " tailscaled's port, the daemon, files, firewalls and other programs. Works without the daemon and without"
                        + " Tailscale; whoever is not root sees less. The exit code is 1 when something is broken; a warning is none.")
final class DoctorCommand extends CommonOptions implements Callable<Integer> {
    private static final Duration ANSWER = Duration.ofSeconds(5);

    @Option(names = "--json", description = "Print an object with a list of checks, for programs.")
    private boolean json;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    private final Surroundings surroundings;

    DoctorCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        chooseVerbosity();
        Report report = surroundings.doctor(this::askDaemon).examine();
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(report.json());
        } else {
            report.lines(Terminal.ofOutput(surroundings.environment()).colours())
                    .forEach(out::println);
        }
        return report.exitCode().number();
    }

    private void askDaemon() {
        try (LocalClient client = LocalClient.connect(surroundings.folders().socket(), ANSWER)) {
            client.ask(new LocalRequest.Status(), _ -> {});
        }
    }
}
