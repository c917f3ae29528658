package org.wirescale.cli.status;

import java.io.PrintWriter;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.wirescale.model.ExitCode;

/**
 * The table again and again: on a terminal on a screen of its own, which is gone when the watch ends, elsewhere one table behind the
 * other.
 */
final class StatusWatch {
    private static final String OWN_SCREEN = "\u001b[?1049h\u001b[?25l";
    private static final String FORMER_SCREEN = "\u001b[?25h\u001b[?1049l";
    private static final String TO_THE_TOP = "\u001b[H";
    private static final String CLEAR_LINE = "\u001b[K";
    private static final String CLEAR_BELOW = "\u001b[J";

    private final Look look;
    private final Terminal terminal;
    private final PrintWriter out;
    private final Duration every;
    private boolean ended;

    StatusWatch(Look look, Terminal terminal, PrintWriter out, Duration every) {
        this.look = look;
        this.terminal = terminal;
        this.out = out;
        this.every = every;
    }

    /**
     * Until the thread is interrupted, or nobody reads any more. Ctrl-C ends the whole program; the terminal is left as it was.
     *
     * @return the exit code
     */
    int run() {
        Thread restore = new Thread(this::end);
        if (terminal.redraws()) {
            Runtime.getRuntime().addShutdownHook(restore);
        }
        try {
            Optional<Snapshot> earlier = Optional.empty();
            while (true) {
                Snapshot now = look.now();
                if (!draw(now, StatusTable.linesWithRates(now, earlier, terminal.colours()), earlier.isEmpty())) {
                    return ExitCode.DONE.number();
                }
                earlier = Optional.of(now);
                Thread.sleep(every);
            }
        } catch (InterruptedException e) {
            return ExitCode.DONE.number();
        } finally {
            end();
        }
    }

    /** @return whether somebody still reads */
    private synchronized boolean draw(Snapshot now, List<String> table, boolean first) {
        if (ended) {
            return false;
        }
        if (first && terminal.redraws()) {
            out.print(OWN_SCREEN);
        }
        String lineEnd = (terminal.redraws() ? CLEAR_LINE : "") + "\n";
        StringBuilder frame = new StringBuilder(terminal.redraws() ? TO_THE_TOP : first ? "" : "\n");
        frame.append(now.at().truncatedTo(ChronoUnit.SECONDS)).append(lineEnd).append(lineEnd);
        table.forEach(line -> frame.append(line).append(lineEnd));
        now.warnings()
                .forEach(warning -> frame.append(lineEnd)
                        .append("Warning: ")
                        .append(warning)
                        .append(lineEnd));
        out.print(terminal.redraws() ? frame.append(CLEAR_BELOW) : frame);
        return !out.checkError();
    }

    private synchronized void end() {
        if (!ended && terminal.redraws()) {
            out.print(FORMER_SCREEN);
            out.flush();
        }
        ended = true;
    }
}
