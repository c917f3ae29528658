package org.wirescale.config;

import org.wirescale.model.ErrorCode;
import org.wirescale.model.Reason;

/**
 * Why a configuration file is refused. Sentences name file, line and key, and never the value: it may be a key that slipped into
 * the wrong line. The other machine's user learns only that there is something to look at.
 */
public enum ConfigReason implements Reason {
    MISSING_FILE(
            ErrorCode.CONFIG_PATH_ERROR,
            "there is no configuration file for this peer: create {file}",
            "the peer has no configuration file for this machine: its administrator must create one"),
    PEER_NAME("'{text}' is not a DNS name, so no configuration file can belong to it: rename the machine in Tailscale"),
    NOT_A_FILE("{file}: this, or a folder above it, is a link or no regular file: put the file itself there"),
    FILE_NAME(
            "{file}: no peer is called like that: name the file as 'tailscale status' shows the peer, in lower case, with .conf behind it"),
    UNREADABLE("{file} cannot be read: {error}"),
    ROOTS_OWN("{file} is for root to read: run it as root, with sudo for example"),
    WRONG_OWNER(
            "{file}: '{path}' belongs to user {owner}, who could run commands as root this way: chown root '{path}'"),
    WRITABLE_BY_OTHERS(
            "{file}: '{path}' can be written by others than root, who could run commands as root this way: chmod"
                    + " go-w '{path}'"),
    TOO_LARGE("{file} is larger than {limit} bytes: no configuration file needs that much"),
    NOT_TEXT("{file}, line {line}: this is no UTF-8 text: save the file as UTF-8"),

    NO_KEY_AND_VALUE("{file}, line {line}: write 'key = value', a '[section]' or a '# comment'"),
    OUTSIDE_SECTION("{file}, line {line}: '{key}' stands before the first section: put it below [Interface], [Peer] or"
            + " [Wirescale]"),
    UNKNOWN_SECTION("{file}, line {line}: the sections are [Interface], [Peer] and [Wirescale]: remove this one"),
    REPEATED_SECTION("{file}, line {line}: there is a second [{section}]: keep one (a file is for one peer)"),
    MISSING_SECTION("{file}: there is no [{section}] section: add it"),
    UNKNOWN_KEY("{file}, line {line}: '{key}' is no key of [{section}]: remove it, or look for a typing error"),
    REPEATED_KEY("{file}, line {line}: '{key}' was already set in line {first}: keep one of them"),
    MISSING_KEY("{file}: '{key}' is missing in [{section}]: add it, for example '{key} = {example}'"),
    SAVE_CONFIG(
            "{file}, line {line}: '{key}' does not work here, since the file stays as you wrote it: remove the line"),

    ADDRESS(
            "{file}, line {line}: '{key}' needs IPv4 or IPv6 addresses such as 192.168.3.1 or fd00::1/64, separated by commas"),
    NETWORK("{file}, line {line}: '{key}' needs IPv4 or IPv6 networks such as 192.168.3.0/24 or fd00::/64, separated by"
            + " commas"),
    KEY(
            "{file}, line {line}: '{key}' needs a WireGuard key: 32 bytes in base64, as 'wg genkey' and 'wg genpsk' print them"),
    ZERO_KEY(
            "{file}, line {line}: '{key}' is all zeros, which is no key to WireGuard: remove the line or set a real one"),
    DNS("{file}, line {line}: '{key}' needs addresses of DNS servers or search domains, separated by commas"),
    MTU("{file}, line {line}: '{key}' needs a number of bytes from 68 to 65535"),
    MTU_TOO_SMALL_FOR_IPV6(
            "{file}, line {line}: '{key}' must be 1280 or more, as the tunnel has IPv6: raise it, or remove the"
                    + " IPv6 addresses and networks"),
    TABLE("{file}, line {line}: '{key}' must be auto, off, or a routing table's number from 0 to 4294967295"),
    FWMARK("{file}, line {line}: '{key}' must be off or a number of 32 bits such as 51820 or 0xca6c"),
    LISTEN_PORT("{file}, line {line}: '{key}' must be a number from 0 to 65535 (or leave it out: it is replaced)"),
    KEEPALIVE(
            "{file}, line {line}: '{key}' must be off or a number of seconds from 0 to 65535 (or leave it out: it is replaced)"),
    ENDPOINT("{file}, line {line}: '{key}' must be host:port or [IPv6]:port (or leave it out: it is replaced)"),

    BOOLEAN("{file}, line {line}: '{key}' must be true or false (yes, no, on, off, 1 and 0 are taken too)"),
    TRIES("{file}, line {line}: '{key}' must be a whole number; a negative one means without limit"),
    INTERFACE_NAME(
            "{file}, line {line}: '{key}' must be an interface name: 1 to 15 of the characters a-z A-Z 0-9 _ . = - without"
                    + " '.', '=' or '-' in front, and not 'all', 'default', 'interfaces' or 'lo'"),
    NODE(
            "{file}, line {line}: '{key}' must be the peer's StableID, as 'tailscale whois' and 'tailscale status --json' show it"),

    NO_INTERFACE_NAME(
            "the peer's name '{name}' is no valid interface name: set 'interface = NAME' (at most 15 characters) in the"
                    + " [Wirescale] section of {file}"),
    INTERFACE_EXISTS(
            ErrorCode.INTERFACE_EXISTS,
            "a network interface '{interface}' already exists: take it down, choose another name (--interface), or use --suffix",
            "the peer already has a network interface of the name that it wants for this tunnel"),
    NO_SUFFIX_FREE(
            ErrorCode.INTERFACE_EXISTS,
            "a network interface '{interface}' already exists and no number behind it gives a free name of at most 15"
                    + " characters: choose a shorter name (--interface)",
            "the peer already has a network interface of the name that it wants for this tunnel"),
    WRONG_NODE(
            "{file} is for the node {pinned} alone ('node' in [Wirescale]), and this is {node}: if the machine was replaced by a"
                    + " new one of yours, change 'node'"),
    ROUTING_LOOP(
            "{file}: the network {network} in 'AllowedIPs' covers the peer's own endpoint {endpoint}, so that the tunnel would"
                    + " swallow its own packets: choose a smaller network, or set 'Table = off'");

    private static final String FOR_THE_PEER =
            "the peer refuses with its own configuration file for this machine: the log of its daemon names the line to change";

    private final ErrorCode errorCode;
    private final String sentence;
    private final String peerSentence;

    ConfigReason(String sentence) {
        this(ErrorCode.GENERIC, sentence, FOR_THE_PEER);
    }

    ConfigReason(ErrorCode errorCode, String sentence, String peerSentence) {
        this.errorCode = errorCode;
        this.sentence = sentence;
        this.peerSentence = peerSentence;
    }

    @Override
    public ErrorCode errorCode() {
        return errorCode;
    }

    @Override
    public String sentence() {
        return sentence;
    }

    @Override
    public String peerSentence() {
        return peerSentence;
    }
}
