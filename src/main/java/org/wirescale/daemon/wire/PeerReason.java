package org.wirescale.daemon.wire;

import org.wirescale.model.ErrorCode;
import org.wirescale.model.Reason;

/** Why a connection to a peer did not come about, or ended. */
public enum PeerReason implements Reason {
    NOT_RUNNING(
            ErrorCode.CLOSED,
            "The peer {peer} does not have Wirescale running: start wirescaled.service on it, then try again"),
    CONNECT_TIMED_OUT(ErrorCode.TS_UNREACHABLE, "The peer {peer} did not answer on TCP port {port}: it may be offline"),
    UNREACHABLE(ErrorCode.TS_UNREACHABLE, "The peer {peer} cannot be reached: {error}"),
    NOT_WIRESCALE(
            ErrorCode.GENERIC,
            "What answers on TCP port {port} of the peer {peer} is not Wirescale, or it refused the connection"),
    CLOSED(ErrorCode.CLOSED, "The peer {peer} closed the connection"),
    TIMED_OUT(
            ErrorCode.CLOSED,
            "The peer {peer} did not send the next message within {seconds} s",
            "The next message did not come within {seconds} s"),
    BAD_FRAME(
            ErrorCode.GENERIC,
            "The peer {peer} sent what is no WebSocket text: {problem}",
            "The connection was closed: {problem}"),
    TOO_FAST(
            ErrorCode.GENERIC,
            "The peer {peer} sent more messages than this machine takes at once",
            "The connection was closed: too many messages at once"),
    TOO_MANY_SESSIONS(
            ErrorCode.GENERIC,
            "The peer {peer} has too many sessions with this machine, or all peers together have: {limit} are taken",
            "Too many sessions are open: {limit} are taken. Try again when one has ended"),
    STOPPING(ErrorCode.CLOSED, "This machine's daemon is stopping", "The daemon is stopping: try again in a while"),
    INTERNAL(
            ErrorCode.GENERIC,
            "An error of the program itself ended the session with {peer}: its log has the details",
            "An error of the program itself ended the session: the log of wirescaled.service on that machine has the details"),
    ADDRESS_IN_USE(
            ErrorCode.GENERIC,
            "TCP port {port} of {address} is taken by another program: 'ss -tlnp sport = :{port}' names it; stop it, then"
                    + " restart wirescaled.service"),
    BIND_FAILED(ErrorCode.GENERIC, "This machine cannot listen on TCP port {port} of {address}: {error}");

    private final ErrorCode errorCode;
    private final String sentence;
    private final String peerSentence;

    PeerReason(ErrorCode errorCode, String sentence) {
        this(errorCode, sentence, sentence);
    }

    PeerReason(ErrorCode errorCode, String sentence, String peerSentence) {
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
