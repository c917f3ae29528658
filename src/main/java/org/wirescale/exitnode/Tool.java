package org.wirescale.exitnode;

import java.util.Locale;
import org.wirescale.tunnel.Nft;

/** What the rules of a firewall are made with. */
enum Tool {
    NFT,
    IPTABLES;

    static Tool here() {
        return Nft.works() ? NFT : IPTABLES;
    }

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
