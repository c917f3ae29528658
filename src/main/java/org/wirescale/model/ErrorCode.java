package org.wirescale.model;

import java.util.Locale;
import java.util.Optional;

/** What {@code error_code} of both protocols can hold, and the exit code that the command ends with. */
public enum ErrorCode {
    CLOSED(ExitCode.TRY_LATER),
    CONFIG_PATH_ERROR(ExitCode.NO_CONFIGURATION),
    GENERIC(ExitCode.FAILED),
    HANDSHAKE_MISMATCH(ExitCode.HANDSHAKE_MOVED),
    INTERFACE_EXISTS(ExitCode.USAGE),
    TS_UNREACHABLE(ExitCode.TRY_LATER);

    private final ExitCode exitCode;

    ErrorCode(ExitCode exitCode) {
        this.exitCode = exitCode;
    }

    public ExitCode exitCode() {
        return exitCode;
    }

    /** The word on the wire. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<ErrorCode> ofWord(String word) {
        for (ErrorCode code : values()) {
            if (code.word().equals(word)) {
                return Optional.of(code);
            }
        }
        return Optional.empty();
    }
}
