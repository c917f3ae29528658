package org.wirescale.exitnode;

import org.wirescale.model.ErrorCode;
import org.wirescale.model.Reason;

/** Why there is no exit node. */
public enum ExitNodeReason implements Reason {
    NO_TUNNEL("there is no tunnel '{interface}' that is up{others}"),
    NO_FAMILY(
            "nothing can go through the tunnel '{interface}': it has no IPv4 address, and no IPv6 address with a far end that said it"
                    + " forwards IPv6"),
    TAILSCALE(
            "an exit node of Tailscale's is on ({route}), and two cannot be: turn it off with 'tailscale set --exit-node=' first"),
    OTHER_VPN(
            "another VPN takes all traffic before wirescale's rules ({rule}): take it down first, or it would go on getting it"),
    CHOSEN("'{interface}' stays the exit node, because a person chose it: 'wirescale exit-node {wanted}' replaces it"),
    NEEDS_NFT("{option} needs nft: install nftables, or leave it out"),
    STATE_UNWRITABLE("the file {file} cannot be written: {error}"),
    UNREADABLE("{what} cannot be read: {error}"),
    NOT_STOPPED("of the exit node '{interface}' something is left: {problems}");

    private final String sentence;

    ExitNodeReason(String sentence) {
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
