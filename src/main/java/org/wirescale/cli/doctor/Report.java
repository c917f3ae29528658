package org.wirescale.cli.doctor;

import java.util.List;
import org.wirescale.model.ExitCode;

/** All that was found. */
public record Report(List<Finding> findings) {
    public Report {
        findings = List.copyOf(findings);
    }

    long count(State state) {
        return findings.stream().filter(finding -> finding.state() == state).count();
    }

    /** {@link ExitCode#FAILED} when something is broken; a warning is none. */
    public ExitCode exitCode() {
        return count(State.BROKEN) == 0 ? ExitCode.DONE : ExitCode.FAILED;
    }

    /** For a person, a line each and one for what to do. */
    public List<String> lines(boolean colours) {
        return ReportText.lines(this, colours);
    }

    /** For programs, on one line. */
    public String json() {
        return ReportJson.text(this);
    }
}
