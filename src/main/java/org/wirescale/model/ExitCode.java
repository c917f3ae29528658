package org.wirescale.model;

/** The exit codes of every command; users' scripts and the autoremove unit rely on the numbers. */
public enum ExitCode {
    DONE(0),
    FAILED(1),
    /** Bad usage, or the interface exists. */
    USAGE(2),
    /** No configuration file for the peer. */
    NO_CONFIGURATION(3),
    /** May be better in a while: the peer is away, busy, or only relayed; a daemon does not answer; no handshake came. */
    TRY_LATER(4),
    /** {@code recover}: the handshake moved on, the tunnel is not dead. */
    HANDSHAKE_MOVED(5),
    /** {@code recover}: Tailscale is offline on this machine. */
    OFFLINE(6);

    private final int number;

    ExitCode(int number) {
        this.number = number;
    }

    public int number() {
        return number;
    }
}
