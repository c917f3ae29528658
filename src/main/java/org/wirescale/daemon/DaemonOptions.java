package org.wirescale.daemon;

/**
 * What incoming requests get where the peer's file says nothing: the options of {@code wirescale daemon}.
 *
 * @param recoverTries negative: without limit
 * @param recreateTries negative: without limit
 * @param restartTailscale free tailscaled's port by restarting it, even where it could be taken over
 */
public record DaemonOptions(
        boolean iptablesAccept,
        boolean iptablesForward,
        boolean iptablesMasquerade,
        boolean suffix,
        int recoverTries,
        int recreateTries,
        boolean restartTailscale) {
    public static final int DEFAULT_RECOVER_TRIES = 3;
    public static final int DEFAULT_RECREATE_TRIES = 0;

    public static DaemonOptions defaults() {
        return new DaemonOptions(false, false, false, false, DEFAULT_RECOVER_TRIES, DEFAULT_RECREATE_TRIES, false);
    }
}
