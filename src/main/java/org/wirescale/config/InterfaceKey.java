package org.wirescale.config;

/** The keys of {@code [Interface]}: those of wg(8) and wg-quick(8). */
enum InterfaceKey implements Key {
    ADDRESS,
    PRIVATE_KEY,
    DNS,
    MTU,
    TABLE,
    FWMARK,
    PRE_UP,
    POST_UP,
    PRE_DOWN,
    POST_DOWN,
    LISTEN_PORT,
    SAVE_CONFIG;

    @Override
    public Line line() {
        return switch (this) {
            case ADDRESS ->
                Line.repeatable(
                        "Address",
                        "ADDRESS[/LENGTH], ...",
                        "This end's addresses inside the tunnel, IPv4 or IPv6. One without a prefix length is a single host's. Required.");
            case PRIVATE_KEY ->
                Line.once(
                        "PrivateKey",
                        "KEY",
                        "This end's private key, 32 bytes in base64 as 'wg genkey' prints them. Default: a new one for each tunnel.");
            case DNS ->
                Line.repeatable(
                        "DNS",
                        "ADDRESS|DOMAIN, ...",
                        "DNS servers and search domains for as long as the tunnel is there. Needs resolvconf or systemd-resolved.");
            case MTU ->
                Line.once(
                        "MTU",
                        "BYTES",
                        "68 to 65535, and 1280 or more where the tunnel has IPv6. Default: that of the route to the peer's endpoint, less 80.");
            case TABLE ->
                Line.once(
                        "Table",
                        "auto|off|NUMBER",
                        "Where the routes to the allowed IPs go: auto means the main table, off none at all; the table of another number"
                                + " (0 to 4294967295, decimal, 0x hexadecimal or 0 octal; default, main and local too) is looked up by your own"
                                + " rules. Only auto makes an exit node of 0.0.0.0/0 or ::/0. Default: auto.");
            case FWMARK ->
                Line.once(
                        "FwMark",
                        "NUMBER|off",
                        "The mark of the tunnel's own packets, 32 bits, decimal or 0x hexadecimal. Default: off.");
            case PRE_UP ->
                Line.repeatable(
                        "PreUp",
                        "COMMAND",
                        "What root's bash runs before the interface is made, and before the peer is told to go on. When it fails, no tunnel is made.");
            case POST_UP ->
                Line.repeatable(
                        "PostUp",
                        "COMMAND",
                        "What root's bash runs once the handshake came. When it fails, the tunnel is taken down.");
            case PRE_DOWN ->
                Line.repeatable("PreDown", "COMMAND", "What root's bash runs before the tunnel is taken down.");
            case POST_DOWN ->
                Line.repeatable("PostDown", "COMMAND", "What root's bash runs when the tunnel has been taken down.");
            case LISTEN_PORT ->
                Line.once("ListenPort", "PORT", "Not used: the port is the one that Tailscale holds. It is warned of.");
            case SAVE_CONFIG ->
                Line.once("SaveConfig", "true|false", "Refused, since the file stays as it was written.");
        };
    }
}
