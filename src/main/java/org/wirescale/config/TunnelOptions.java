package org.wirescale.config;

/**
 * The options of a tunnel, each decided. Who decides depends on the role: a client's command line goes over its file, a server's
 * file over the daemon's command line.
 *
 * @param accept {@code iptables-accept}
 * @param forward {@code iptables-forward}
 * @param masquerade {@code iptables-masquerade}
 * @param suffix whether a taken interface name gets a number
 * @param recoverTries {@code recover-tries}
 * @param recreateTries {@code recreate-tries}
 */
public record TunnelOptions(
        boolean accept, boolean forward, boolean masquerade, boolean suffix, Tries recoverTries, Tries recreateTries) {
    public static final TunnelOptions DEFAULTS = new TunnelOptions(false, false, false, false, Tries.of(3), Tries.NONE);

    /** For {@code wirescale upgrade}. */
    public static TunnelOptions forClient(PartialOptions commandLine, PartialOptions file) {
        return commandLine.orElse(file).orDefaults();
    }

    /** For a request that comes in. */
    public static TunnelOptions forServer(PartialOptions file, PartialOptions daemonCommandLine) {
        return file.orElse(daemonCommandLine).orDefaults();
    }
}
