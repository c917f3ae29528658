package org.wirescale.os;

import org.wirescale.model.ErrorCode;
import org.wirescale.model.Reason;

/** Failures of the machine itself. */
public enum OsReason implements Reason {
    PROGRAM_MISSING("the program '{program}' is not installed: install {hint}"),
    PROGRAM_FAILED("'{command}' failed with exit code {code}: {stderr}"),
    PROGRAM_TIMED_OUT("'{command}' did not end within {seconds} s and was killed"),
    SYSTEM_CALL("{call} failed: {error}");

    private final String sentence;

    OsReason(String sentence) {
        this.sentence = sentence;
    }

    @Override
    public ErrorCode errorCode() {
        return ErrorCode.GENERIC;
    }

    @Override
    public String sentence() {
        return sentence;
    }
}
