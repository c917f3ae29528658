package org.wirescale.daemon;

import java.util.Optional;
import org.wirescale.model.ErrorCode;
import org.wirescale.model.Reason;

/** Why a session ended without a tunnel, in words for this machine's user and for the other's. */
public enum SessionReason implements Reason {
    OWN_ADDRESS("{address} is an address of this machine: a tunnel needs two machines"),
    UNKNOWN_CALLER("Tailscale does not know who {address} is: the session is refused"),
    EXPECTED_INTERFACE(
            ErrorCode.INTERFACE_EXISTS,
            "{peer} expects the interface '{expected}' here, but it would be '{interface}'",
            "the interface on {machine} would be '{interface}' and not '{expected}' as expected"),
    ADDRESSES_NOT_ALLOWED(
            ErrorCode.GENERIC,
            "the addresses {addresses} of {peer} are not within the AllowedIPs of {file} on this machine: add them",
            "the addresses {addresses} are not within the AllowedIPs of {file} on {machine}: add them there"),
    PUBLIC_KEY_DIFFERS(
            ErrorCode.GENERIC,
            "the PublicKey in {file} on this machine is not the one that {peer} presents ({key}): correct it, or leave it out",
            "the PublicKey in {file} on {machine} is not the one that this machine presents ({key}): correct it there"),
    OUR_PUBLIC_KEY_DIFFERS(
            ErrorCode.GENERIC,
            "the PublicKey that {peer} has on record for this machine is not that of the PrivateKey in {file}: correct one of them",
            "the PublicKey on record for {machine} is not that of its PrivateKey in {file}: correct one of them"),
    PSK_ONE_END(
            ErrorCode.GENERIC,
            "a pre-shared key is configured on {with} but not on {without}: set the same PresharedKey on both, or on none"),
    ENDPOINT_IN_TUNNEL(
            ErrorCode.GENERIC,
            "the endpoint {endpoint} of {peer} is reached through the tunnel '{device}' of this machine, and a tunnel inside a tunnel"
                    + " does not last: take '{device}' down or exclude the address from it",
            "the endpoint {endpoint} is reached through the tunnel '{device}' of {machine}: take it down there"),
    PORT_BLOCKED(
            ErrorCode.TS_UNREACHABLE,
            "{peer} answers Tailscale's ping, but not on port 41642: the tailnet's policy or a firewall on {peer} blocks TCP 41642"),
    PEER_SILENT(
            ErrorCode.TS_UNREACHABLE, "{peer} does not answer through Tailscale any more: try again when it is back"),
    PEER_LEFT(ErrorCode.CLOSED, "{peer} ended the session before it was complete: try again"),
    TOO_LATE(ErrorCode.CLOSED, "{peer} took longer than {seconds} s for its next step: try again"),
    PORT_LEFT(
            ErrorCode.CLOSED,
            "tailscaled left port {port} of this machine while the tunnel was being agreed on: try again",
            "tailscaled on {machine} left its port while the tunnel was being agreed on: try again"),
    NOT_LIVE(
            ErrorCode.GENERIC,
            "there is no live tunnel '{interface}' with that peer on this machine",
            "there is no live tunnel '{interface}' with this machine on {machine}"),
    MOVING(ErrorCode.CLOSED, "the tunnel '{interface}' is being changed at this moment: try again"),
    NOT_NOW(ErrorCode.CLOSED, "{why}"),
    NODE_GONE(
            ErrorCode.TS_UNREACHABLE,
            "{peer}, to which the tunnel leads, is no node of this tailnet at the moment: 'tailscale status' shows who is"),
    NOT_DEAD(
            ErrorCode.HANDSHAKE_MISMATCH,
            "the tunnel '{interface}' is not dead: nothing was changed",
            "the tunnel '{interface}' of {machine} is not dead: nothing was changed"),
    HANDSHAKES_DIFFER(
            ErrorCode.HANDSHAKE_MISMATCH,
            "the latest handshake that {peer} has seen is not that of '{interface}' on this machine: the tunnel is not dead",
            "the latest handshake of '{interface}' on {machine} is another one: the tunnel is not dead"),
    HANDSHAKES_OR_CLOCKS_DIFFER(
            ErrorCode.HANDSHAKE_MISMATCH,
            "the latest handshake that {peer} has seen is not that of '{interface}' on this machine: the tunnel is not dead, or the"
                    + " clocks of the two machines differ by more than 10 s",
            "the latest handshake of '{interface}' on {machine} is another one: the tunnel is not dead, or the clocks of the two"
                    + " machines differ by more than 10 s"),
    OTHER_PORT(
            ErrorCode.GENERIC,
            "'{interface}' on this machine does not listen where {peer} believes",
            "'{interface}' on {machine} does not listen on that port"),
    SEEN_BEFORE(
            ErrorCode.GENERIC,
            "a request for '{interface}' came twice: the second one is refused",
            "{machine} has seen that very request for '{interface}' before"),
    NOT_WATCHED(
            ErrorCode.GENERIC,
            "nothing watches the tunnel '{interface}': 'systemctl status {unit}' says since when, and 'wirescale down {interface}' takes"
                    + " it down"),
    OTHER_PEER(ErrorCode.GENERIC, "the tunnel '{interface}' does not lead to {address}"),
    TOO_SOON(
            ErrorCode.CLOSED,
            "too many tunnels were asked for in a short time: try again in {seconds} s",
            "{machine} was asked for too many tunnels in a short time: try again in {seconds} s"),
    TOO_MANY_TUNNELS(
            ErrorCode.GENERIC,
            "there are {count} tunnels with {peer} on this machine already: take one down with 'wirescale down'",
            "there are {count} tunnels with this machine on {machine} already: take one down there"),
    CANCELLED(
            ErrorCode.CLOSED,
            "the command ended before the tunnel was agreed on",
            "the request was cancelled on {machine}"),
    STOPPING(
            ErrorCode.CLOSED,
            "the daemon is being stopped: try again",
            "the daemon on {machine} is being stopped: try again"),
    NO_TAILSCALE_ADDRESS(
            ErrorCode.CLOSED,
            "Tailscale has no address on this machine yet: start it with 'systemctl start tailscaled' and 'tailscale up'"),
    FAULT(
            ErrorCode.GENERIC,
            "an error inside wirescale: {error}. The journal has more: journalctl -u wirescaled.service",
            "an error inside wirescale on {machine}: its journal has more");

    private final ErrorCode errorCode;
    private final String sentence;
    private final Optional<String> peerSentence;

    SessionReason(String sentence) {
        this(ErrorCode.GENERIC, sentence);
    }

    SessionReason(ErrorCode errorCode, String sentence) {
        this.errorCode = errorCode;
        this.sentence = sentence;
        this.peerSentence = Optional.empty();
    }

    SessionReason(ErrorCode errorCode, String sentence, String peerSentence) {
        this.errorCode = errorCode;
        this.sentence = sentence;
        this.peerSentence = Optional.of(peerSentence);
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
        return peerSentence.orElse(sentence);
    }
}
