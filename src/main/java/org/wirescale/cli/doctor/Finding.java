package org.wirescale.cli.doctor;

/** One line of the report. */
record Finding(Subject subject, Verdict verdict) {
    State state() {
        return verdict.state();
    }
}
