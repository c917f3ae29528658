package org.wirescale.daemon;

import org.wirescale.model.ErrorCode;
import org.wirescale.model.Reason;

/** What the local socket refuses before any session begins. */
public enum LocalReason implements Reason {
    NOT_ALLOWED(
            ErrorCode.GENERIC,
            "you may choose the peer, the interface's name, --suffix and the tries; --iptables-accept, --iptables-forward,"
                    + " --iptables-masquerade and the internal options need root or the group 'wirescale': run it with sudo, or have an"
                    + " administrator run 'usermod -aG wirescale YOUR_NAME'"),
    ROOT_ONLY(ErrorCode.GENERIC, "only root may do that: run it with sudo"),
    TOO_MANY_REQUESTS(
            ErrorCode.CLOSED, "{limit} requests of yours are waiting already: try again when one of them is done"),
    TOO_SLOW(ErrorCode.CLOSED, "no complete request came within {seconds} s"),
    NO_ANSWER(ErrorCode.GENERIC, "the daemon failed on this request: 'journalctl -u wirescaled.service' says why"),
    NOT_SERVED(ErrorCode.GENERIC, "the local socket {socket} cannot be served: {error}"),
    NOT_ACTIVATED(
            ErrorCode.GENERIC,
            "systemd handed over {count} sockets where one was expected: is wirescaled.socket the one that came with this version?");

    private final ErrorCode errorCode;
    private final String sentence;

    LocalReason(ErrorCode errorCode, String sentence) {
        this.errorCode = errorCode;
        this.sentence = sentence;
    }

    @Override
    public ErrorCode errorCode() {
        return errorCode;
    }

    @Override
    public String sentence() {
        return sentence;
    }
}
