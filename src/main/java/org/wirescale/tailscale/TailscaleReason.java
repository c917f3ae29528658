package org.wirescale.tailscale;

import org.wirescale.model.ErrorCode;
import org.wirescale.model.Reason;

/** Why Tailscale is no help. What may be better in a while has {@link ErrorCode#TS_UNREACHABLE}. */
public enum TailscaleReason implements Reason {
    NOT_RUNNING(ErrorCode.TS_UNREACHABLE, "Tailscale is not running: start it with 'systemctl start tailscaled'"),
    NO_ANSWER(
            ErrorCode.TS_UNREACHABLE,
            "tailscaled did not answer within {seconds} s: look at 'systemctl status tailscaled'"),
    BROKEN_OFF(ErrorCode.TS_UNREACHABLE, "tailscaled broke off its answer ({what}): it may be restarting, try again"),
    UNREADABLE(
            ErrorCode.GENERIC, "tailscaled gave an answer that cannot be read ({what}): is its version 1.60 or newer?"),
    REFUSED(ErrorCode.GENERIC, "tailscaled refused '{request}' with status {status}: {text}"),
    STARTING(ErrorCode.TS_UNREACHABLE, "Tailscale is still starting: try again in a moment"),
    LOGGED_OUT(ErrorCode.TS_UNREACHABLE, "Tailscale is logged out: log in with 'tailscale up'"),
    NEEDS_APPROVAL(
            ErrorCode.TS_UNREACHABLE,
            "this machine waits for the approval of an administrator of the tailnet: approve it in the admin console"),
    STOPPED(ErrorCode.TS_UNREACHABLE, "Tailscale is stopped: start it with 'tailscale up'"),
    USERSPACE(
            ErrorCode.GENERIC,
            "tailscaled runs in userspace-networking mode, which has no network interface: run it without"
                    + " '--tun=userspace-networking'",
            "the peer's tailscaled runs in userspace-networking mode"),
    NO_SUFFIX(
            ErrorCode.GENERIC,
            "the tailnet has no MagicDNS suffix, so '{peer}' cannot be found by name: give its Tailscale IP address"),
    PEER_TEXT(ErrorCode.GENERIC, "'{peer}' is neither a MagicDNS name nor a Tailscale IP address"),
    PEER_UNKNOWN(ErrorCode.GENERIC, "there is no peer '{peer}' in the tailnet: look at 'tailscale status'"),
    PEER_MISSPELT(ErrorCode.GENERIC, "there is no peer '{peer}' in the tailnet; did you mean {near}?"),
    PEER_IS_SELF(ErrorCode.GENERIC, "'{peer}' is this machine: name another one"),
    PEER_OFFLINE(ErrorCode.TS_UNREACHABLE, "peer '{peer}' is offline: start Tailscale there"),
    PEER_EXPIRED(
            ErrorCode.TS_UNREACHABLE,
            "the key of peer '{peer}' has expired: log in there with 'tailscale up --force-reauth'"),
    PEER_SILENT(
            ErrorCode.TS_UNREACHABLE,
            "peer '{peer}' did not answer a Tailscale ping within {seconds} s: is it online?"),
    ONLY_RELAYED(
            ErrorCode.TS_UNREACHABLE,
            "it is impossible to find a public endpoint for peer '{peer}': Tailscale reaches it only through the relay"
                    + " {relay}; see 'tailscale netcheck' on both machines"),
    ENDPOINT_REFUSED(
            ErrorCode.TS_UNREACHABLE,
            "Tailscale reaches peer '{peer}' at {endpoint}, which cannot be the endpoint of a tunnel: {why}"),
    NODE_UNKNOWN(ErrorCode.GENERIC, "Tailscale does not know the machine with the address {address}"),
    NO_PORT(
            ErrorCode.GENERIC,
            "the UDP port of tailscaled cannot be found: {why}",
            "the peer could not find the UDP port of its tailscaled"),
    PORT_TAKEN(
            ErrorCode.GENERIC,
            "UDP port {port} is in use over {family} by a program that is not tailscaled: see 'ss -lnup sport = :{port}'",
            "UDP port {port} is in use on the peer by a program that is not tailscaled"),
    PORT_MOVED(
            ErrorCode.TS_UNREACHABLE,
            "tailscaled left its UDP port {port} meanwhile: try again",
            "the peer's tailscaled left its UDP port {port} meanwhile: try again"),
    PORT_KEPT(
            ErrorCode.GENERIC,
            "tailscaled did not move away from its UDP port {port} within {millis} ms",
            "the peer's tailscaled did not move away from its UDP port"),
    TAKEOVER_UNAVAILABLE(
            ErrorCode.GENERIC,
            "the port of tailscaled cannot be taken over while it runs: {why}",
            "the peer cannot take over the port of its tailscaled while it runs"),
    TAILSCALED_ENDED(ErrorCode.TS_UNREACHABLE, "tailscaled ended in the middle of the takeover of its port: try again"),
    RESTART_IMPOSSIBLE(
            ErrorCode.GENERIC,
            "tailscaled cannot be restarted to get its port: {why}",
            "the peer's tailscaled cannot be restarted to get its port"),
    RESTART_FAILED(
            ErrorCode.GENERIC,
            "tailscaled did not come back after its restart: {why}; start it with 'systemctl start tailscaled'",
            "the peer's tailscaled did not come back after its restart");

    private final ErrorCode errorCode;
    private final String sentence;
    private final String peerSentence;

    TailscaleReason(ErrorCode errorCode, String sentence) {
        this(errorCode, sentence, sentence);
    }

    TailscaleReason(ErrorCode errorCode, String sentence, String peerSentence) {
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
