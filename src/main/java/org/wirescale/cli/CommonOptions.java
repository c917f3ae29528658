package org.wirescale.cli;

import org.wirescale.os.JournalConfigurator;
import picocli.CommandLine.Option;

/** What every command takes. */
abstract class CommonOptions {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help and exit.")
    private boolean help;

    @Option(
            names = "--verbose",
            description =
                    "Write more into the journal, the trace of an error included. WIRESCALE_DEBUG=1 does the same.")
    private boolean verbose;

    boolean help() {
        return help;
    }

    /** For a command that logs, before it does. */
    void chooseVerbosity() {
        if (verbose) {
            System.setProperty(JournalConfigurator.VERBOSE, "true");
        }
    }
}
