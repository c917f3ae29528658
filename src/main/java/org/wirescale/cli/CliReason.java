package org.wirescale.cli;

import org.wirescale.model.ErrorCode;
import org.wirescale.model.ExitCode;
import org.wirescale.model.Reason;

/** What a command itself refuses or cannot do. */
enum CliReason implements Reason {
    DAEMON_OPTIONS_BY_HAND(
            "options of 'wirescale daemon' belong to the unit: put them behind ExecStart with 'systemctl edit wirescaled.service', then"
                    + " run 'wirescale daemon {action}' without them"),
    SYSTEMD_REFUSED("systemd did not {action} wirescaled: {error}. 'journalctl -u wirescaled.service' may say more"),
    INTERNAL(
            "something unexpected happened: {what}. Run it again with --verbose and look into 'journalctl -t wirescale'");

    private final String sentence;

    CliReason(String sentence) {
        this.sentence = sentence;
    }

    @Override
    public ErrorCode errorCode() {
        return ErrorCode.GENERIC;
    }

    /** Not every failure of a command goes over the wire: bad usage has a code of its own. */
    ExitCode exitCode() {
        return this == DAEMON_OPTIONS_BY_HAND ? ExitCode.USAGE : errorCode().exitCode();
    }

    @Override
    public String sentence() {
        return sentence;
    }
}
