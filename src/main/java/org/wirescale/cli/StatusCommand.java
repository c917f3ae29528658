package org.wirescale.cli;

import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.wirescale.cli.status.StatusForm;
import org.wirescale.cli.status.StatusReport;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code wirescale status}: {@link Wirescale} runs its usual forms without this class, which describes them. */
@Command(
        name = "status",
        header = "Show the tunnels of this machine.",
        description =
                "One row a tunnel. Whoever is not root sees the interfaces, their traffic, their watchers and the exit node alone.")
final class StatusCommand extends CommonOptions implements Callable<Integer> {
    /** One of these at most. */
    static final class Form {
        @Option(names = "--json", description = "Print a list with an object a tunnel, for programs.")
        private boolean json;

        @Option(names = "--watch", description = "Show it again every 2 s, with what goes through in a second.")
        private boolean watch;

        @Option(
                names = "--prometheus",
                description = "Print metrics for the textfile collector of Prometheus's node_exporter.")
        @SuppressWarnings("UnusedVariable") // it is what is left when the others are not given
        private boolean prometheus;
    }

    @ArgGroup(exclusive = true, multiplicity = "0..1")
    @Nullable
    private Form form;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    private final Surroundings surroundings;

    StatusCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        chooseVerbosity();
        StatusReport report = surroundings.status(
                spec.commandLine().getOut(), spec.commandLine().getErr());
        return report.write(Optional.ofNullable(form).map(StatusCommand::chosen).orElse(StatusForm.TABLE));
    }

    private static StatusForm chosen(Form form) {
        if (form.json) {
            return StatusForm.JSON;
        }
        return form.watch ? StatusForm.WATCH : StatusForm.PROMETHEUS;
    }
}
