package org.wirescale.config;

/** The keys of {@code [Peer]}: those of wg(8). */
enum PeerKey implements Key {
    PUBLIC_KEY,
    PRESHARED_KEY,
    ALLOWED_IPS,
    ENDPOINT,
    PERSISTENT_KEEPALIVE;

    @Override
    public Line line() {
        return switch (this) {
            case PUBLIC_KEY ->
                Line.once(
                        "PublicKey",
                        "KEY",
                        "The peer's public key; a peer that has another one is refused. Default: the one that it tells for each tunnel.");
            case PRESHARED_KEY ->
                Line.once(
                        "PresharedKey",
                        "KEY",
                        "A secret of both ends, as 'wg genpsk' prints it; it has to be in both files. Default: one is agreed on for each tunnel.");
            case ALLOWED_IPS ->
                Line.repeatable(
                        "AllowedIPs",
                        "NETWORK, ...",
                        "What may come out of the tunnel, and what goes into it by routes (see Table). The peer's addresses have to lie in it, and"
                                + " its endpoint outside of it. 0.0.0.0/0 or ::/0 make the tunnel an exit node when it comes up. Required.");
            case ENDPOINT ->
                Line.once(
                        "Endpoint",
                        "HOST:PORT",
                        "Not used: the endpoint is the one that Tailscale finds. It is warned of.");
            case PERSISTENT_KEEPALIVE ->
                Line.once(
                        "PersistentKeepalive",
                        "SECONDS|off",
                        "Not used: it is " + GeneratedFile.PERSISTENT_KEEPALIVE
                                + " seconds, so that the routers' mappings stay.");
        };
    }
}
