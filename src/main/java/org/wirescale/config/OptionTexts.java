package org.wirescale.config;

/**
 * What each option of a tunnel is, in the words that the help, both manual pages and the completions have. Constants, since
 * annotations take nothing else; the options of a command line are those of a file's {@code [Wirescale]} section.
 */
public final class OptionTexts {
    public static final String INTERFACE = "The name of the new interface. Default: the peer's name.";
    public static final String IPTABLES_ACCEPT =
            "Accept incoming traffic from the new interface, and UDP to its port. Default: no.";
    public static final String IPTABLES_FORWARD = "Forward traffic that comes through the new interface. Default: no.";
    public static final String IPTABLES_MASQUERADE =
            "Masquerade (NAT) traffic that comes through the new interface. Default: no.";
    public static final String SUFFIX = "When the interface's name is taken, add a number to it. Default: no.";
    public static final String RECOVER_TRIES =
            "How often a dead tunnel is tried to be brought back before it is taken down. Negative: without limit."
                    + " Default: 3.";
    public static final String RECREATE_TRIES =
            "How often a new tunnel is tried to be built after that. Negative: without limit. Default: 0.";

    private OptionTexts() {}
}
