package org.wirescale.cli;

import org.wirescale.model.ErrorCode;
import org.wirescale.model.ExitCode;
import org.wirescale.model.Reason;

/** What a command itself refuses or cannot do. */
enum CliReason implements Reason {
    DAEMON_OPTIONS_BY_HAND(
            ExitCode.USAGE,
            "options of 'wirescale daemon' belong to the unit: put them behind ExecStart with 'systemctl edit wirescaled.service', then"
                    + " run 'wirescale daemon {action}' without them"),
    SYSTEMD_REFUSED(
            ExitCode.FAILED,
            "systemd did not {action} wirescaled: {error}. 'journalctl -u wirescaled.service' may say more"),
    DAEMON_UNREACHABLE(
            ExitCode.TRY_LATER,
            "the daemon's socket {socket} cannot be reached: {error}. Start it with 'sudo systemctl start wirescaled.socket"
                    + " wirescaled.service'"),
    DAEMON_SILENT(
            ExitCode.TRY_LATER,
            "the daemon did not answer within {seconds} s: 'systemctl status wirescaled.service' says what it does"),
    DAEMON_WENT_AWAY(
            ExitCode.TRY_LATER,
            "the daemon ended or restarted before the request was done: try again, and see 'journalctl -u wirescaled.service'"),
    NOT_ROOT(
            ExitCode.FAILED,
            "'wirescale {command}' changes this machine's network: run it as root, with sudo for example"),
    NO_TUNNEL(ExitCode.FAILED, "there is no tunnel '{interface}' of wirescale on this machine{others}"),
    NOT_WATCHED(
            ExitCode.FAILED,
            "the tunnel '{interface}' has lost its interface or its unit {unit}: 'wirescale down {interface}' takes away what is left"),
    LEFT_OVER(
            ExitCode.FAILED,
            "the tunnel '{interface}' was taken down, but not all of it could be undone: {problems}. 'ip link' and 'ip rule' show what is"
                    + " left"),
    SSH_SESSION(
            ExitCode.FAILED,
            "the SSH session from {client} that this is typed in would be cut off, since its answers would go through '{interface}':"
                    + " come over Tailscale, add --keep-inbound (not with --fail-closed), or use --force"),
    NO_ADDRESS(ExitCode.FAILED, "'{peer}' has no Tailscale address: look at 'tailscale status'"),
    INTERRUPTED(ExitCode.TRY_LATER, "the check was broken off: try again"),
    INTERNAL(
            ExitCode.FAILED,
            "something unexpected happened: {what}. Run it again with --verbose and look into 'journalctl -t wirescale'");

    private final ExitCode exitCode;
    private final String sentence;

    CliReason(ExitCode exitCode, String sentence) {
        this.exitCode = exitCode;
        this.sentence = sentence;
    }

    /** These never go over a wire. */
    @Override
    public ErrorCode errorCode() {
        return ErrorCode.GENERIC;
    }

    ExitCode exitCode() {
        return exitCode;
    }

    @Override
    public String sentence() {
        return sentence;
    }
}
