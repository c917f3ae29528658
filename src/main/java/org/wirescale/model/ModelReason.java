package org.wirescale.model;

/** Why a text is not one of this package's values. */
public enum ModelReason implements Reason {
    INTERFACE_NAME(
            "'{text}' is not a valid interface name: use 1 to 15 of the characters a-z A-Z 0-9 _ . = - without '.', '=' or '-' in"
                    + " front, and not 'all', 'default', 'interfaces' or 'lo'"),
    PORT("'{text}' is not a UDP port: give a number from 1 to 65535"),
    KEY("the text is not a WireGuard key: give 32 bytes in base64, as 'wg genkey' prints them"),
    ADDRESS("'{text}' is not an IPv4 or IPv6 address"),
    NETWORK("'{text}' is not an IPv4 or IPv6 network such as 192.168.3.0/24 or fd00::/64"),
    ENDPOINT("'{text}' is not an endpoint such as 203.0.113.7:41641 or [2001:db8::7]:41641"),
    STABLE_ID("'{text}' is not the StableID of a Tailscale node, as 'tailscale whois --json' shows it"),
    UID("'{text}' is not the token of a session: it must be a UUID");

    private final String sentence;

    ModelReason(String sentence) {
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
