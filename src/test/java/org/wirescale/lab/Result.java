package org.wirescale.lab;

import java.time.Duration;
import java.util.List;

/** What became of a program. */
record Result(String command, List<String> lines, List<String> errors, int exitCode, Duration took) {
    Result {
        lines = List.copyOf(lines);
        errors = List.copyOf(errors);
    }

    /** Its standard output, without the last line's end. */
    String text() {
        return String.join("\n", lines);
    }

    String errorText() {
        return String.join("\n", errors);
    }

    double seconds() {
        return took.toNanos() / 1e9;
    }

    Result expect(int code) {
        if (exitCode != code) {
            throw new AssertionError("exit code " + exitCode + " instead of " + code + " from " + this);
        }
        return this;
    }

    @Override
    public String toString() {
        return "'%s' (exit code %d, %.2f s)%n%s%n%s".formatted(command, exitCode, seconds(), text(), errorText());
    }
}
