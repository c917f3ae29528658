package org.wirescale.exitnode;

import org.wirescale.model.ErrorCode;
import org.wirescale.model.Reason;

/** Why there is no exit node. */
public enum ExitNodeReason implements Reason {
    NO_TUNNEL("there is no tunnel '{interface}' that is up{others}"),
    NO_FAMILY("the tunnel '{interface}' has no address, so nothing can go through it"),
    TAILSCALE(
            "an exit node of Tailscale's is on ({route}), and two cannot be: turn it off with 'tailscale set --exit-node=' first"),
    OTHER_VPN(
            "another VPN takes all traffic before wirescale's rules ({rule}): take it down first, or it would go on getting it"),
    CHOSEN("'{interface}' stays the exit node, because a person chose it: 'wirescale exit-node {wanted}' replaces it"),
    NEEDS_NFT("--fail-closed=always needs nft: install nftables, or use --fail-closed"),
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
