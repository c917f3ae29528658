package org.wirescale.cli.status;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.function.Supplier;
import org.wirescale.model.ExitCode;

/** Writes a status in one of its forms. */
public final class StatusReport {
    private static final Duration EVERY = Duration.ofSeconds(2);

    private final Look look;
    private final Supplier<Terminal> terminal;
    private final PrintWriter out;
    private final PrintWriter err;

    /**
     * @param terminal what {@code out} is; asked only by a form that hangs on it
     */
    public StatusReport(Look look, Supplier<Terminal> terminal, PrintWriter out, PrintWriter err) {
        this.look = look;
        this.terminal = terminal;
        this.out = out;
        this.err = err;
    }

    /**
     * A watch returns when nobody reads it any more.
     *
     * @return the exit code
     * @throws org.wirescale.model.WirescaleException when WireGuard's links cannot be looked at
     */
    public int write(StatusForm form) {
        if (form == StatusForm.WATCH) {
            return new StatusWatch(look, terminal.get(), out, EVERY).run();
        }
        Snapshot snapshot = look.now();
        switch (form) {
            case TABLE -> StatusTable.lines(snapshot, terminal.get().colours()).forEach(out::println);
            case JSON -> out.println(StatusJson.text(snapshot));
            case PROMETHEUS -> out.print(StatusMetrics.text(snapshot));
            case WATCH -> throw new IllegalStateException("a watch writes itself");
        }
        out.flush();
        snapshot.warnings().forEach(warning -> err.println("Warning: " + warning));
        return ExitCode.DONE.number();
    }
}
