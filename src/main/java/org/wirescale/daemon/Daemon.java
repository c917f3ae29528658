package org.wirescale.daemon;

import org.wirescale.model.ExitCode;

/** The life of the daemon, from systemd's start to its stop. */
public final class Daemon {
    private Daemon() {}

    /** Serves until it is stopped. */
    public static int run(DaemonOptions options) {
        return ExitCode.DONE.number();
    }

    /** What {@code ExecStopPost} runs: undoes what the state files list of attempts that did not get to their end. */
    public static int clean() {
        return ExitCode.DONE.number();
    }
}
