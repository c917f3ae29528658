package org.wirescale.config;

/** The keys of {@code [Wirescale]}, each once. */
enum WirescaleKey implements Key {
    INTERFACE,
    IPTABLES_ACCEPT,
    IPTABLES_FORWARD,
    IPTABLES_MASQUERADE,
    SUFFIX,
    RECOVER_TRIES,
    RECREATE_TRIES,
    NODE;

    @Override
    public Line line() {
        return switch (this) {
            case INTERFACE -> Line.once("interface", "NAME", OptionTexts.INTERFACE);
            case IPTABLES_ACCEPT -> Line.once("iptables-accept", "BOOLEAN", OptionTexts.IPTABLES_ACCEPT);
            case IPTABLES_FORWARD -> Line.once("iptables-forward", "BOOLEAN", OptionTexts.IPTABLES_FORWARD);
            case IPTABLES_MASQUERADE -> Line.once("iptables-masquerade", "BOOLEAN", OptionTexts.IPTABLES_MASQUERADE);
            case SUFFIX -> Line.once("suffix", "BOOLEAN", OptionTexts.SUFFIX);
            case RECOVER_TRIES -> Line.once("recover-tries", "N", OptionTexts.RECOVER_TRIES);
            case RECREATE_TRIES -> Line.once("recreate-tries", "N", OptionTexts.RECREATE_TRIES);
            case NODE ->
                Line.once(
                        "node",
                        "STABLEID",
                        "The only machine that the file is for, by the StableID that 'tailscale whois' shows. Default: whichever has the name.");
        };
    }
}
