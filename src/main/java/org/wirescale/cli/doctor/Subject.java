package org.wirescale.cli.doctor;

import java.util.Locale;

/** What is looked at, in the report's order. */
enum Subject {
    KERNEL,
    SYSTEMD,
    SYSTEMD_RUN,
    WIREGUARD,
    TUN,
    IP,
    WG,
    PING,
    BASH,
    IPTABLES,
    IP6TABLES,
    NFT,
    /** The tables that tunnels and exit nodes have. */
    NFT_TABLES,
    DNS,
    IPV6,
    FORWARDING,
    RP_FILTER,
    TAILSCALED,
    TAILNET,
    TAILSCALE_INTERFACE,
    TAILSCALE_HEALTH,
    SHIELDS_UP,
    TAKEOVER,
    SOCKET_UNIT,
    SERVICE_UNIT,
    OLDER_VERSION,
    UNIT_RIGHTS,
    GROUP,
    DAEMON,
    PEER_PORT,
    PEER_FILES,
    /** {@code /run/wirescale}. */
    RUN_FOLDER,
    /** {@code /var/lib/wirescale}. */
    LASTING_FOLDER,
    TUNNELS,
    LEFTOVERS,
    EXIT_NODE,
    FIREWALLD,
    UFW,
    NETWORKD,
    NETWORKMANAGER,
    APPARMOR,
    OTHER_VPN;

    /** Its name for programs, which stays: {@code peer-files}. */
    String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
