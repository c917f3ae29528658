package org.wirescale.tunnel;

/** Where it shows that others took a change of a tunnel away, and so when somebody looks at it. */
public enum Area {
    /** The link, its addresses and its routes: the kernel tells of them, by the link's number. */
    LINK,
    /** Rules of firewalls: nft tells; nobody does where {@code iptables} is iptables-legacy. */
    FIREWALL,
    /** WireGuard's own settings: nobody tells. */
    WIREGUARD,
    /** Policy rules and tables of routes of the exit node's: the kernel tells of them. */
    ROUTING,
    /** Files and kernel settings: nobody tells. A look costs no program: they are looked at with everything else. */
    OTHER
}
