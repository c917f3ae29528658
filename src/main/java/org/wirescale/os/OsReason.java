package org.wirescale.os;

import org.wirescale.model.ErrorCode;
import org.wirescale.model.Reason;

/** Failures of the machine itself. */
public enum OsReason implements Reason {
    PROGRAM_MISSING("the program '{program}' is not installed: install {hint}"),
    PROGRAM_FAILED("'{command}' failed with exit code {code}: {stderr}"),
    PROGRAM_TIMED_OUT("'{command}' did not end within {seconds} s and was killed"),
    SYSTEM_CALL("{call} failed: {error}"),
    LOCKED(ErrorCode.CLOSED, "{what} is in use by {holder}: try again when it is done"),
    DAEMON_RUNS(
            ErrorCode.GENERIC, "another wirescale daemon runs already: {holder}. Stop it with 'wirescale daemon stop'");

    private final ErrorCode errorCode;
    private final String sentence;

    OsReason(String sentence) {
        this(ErrorCode.GENERIC, sentence);
    }

    OsReason(ErrorCode errorCode, String sentence) {
        this.errorCode = errorCode;
        this.sentence = sentence;
    }

    @Override
    public ErrorCode errorCode() {
        return errorCode;
    }

    @Override
    public String sentence() {
        return sentence;
    }
}
