package org.wirescale.tunnel;

import java.util.Locale;

/** How the tunnel got the port that tailscaled had. */
public enum Way {
    /** By duplicates of tailscaled's sockets and a rebind; tailscaled never stopped. */
    TAKEOVER,
    /** By stopping tailscaled and starting it again. */
    RESTART;

    /** As it stands in state files. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
