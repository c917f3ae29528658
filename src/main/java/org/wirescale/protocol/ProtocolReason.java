package org.wirescale.protocol;

import org.wirescale.model.ErrorCode;
import org.wirescale.model.Reason;

/** What is wrong with a message that somebody sent. */
public enum ProtocolReason implements Reason {
    NOT_AN_OBJECT("the message is not one JSON object"),
    TOO_LONG("the message is longer than {limit} bytes"),
    DUPLICATE_KEY("the message has the key '{key}' twice"),
    MISSING_KEY("the message '{code}' lacks the key '{key}'"),
    ILL_TYPED_KEY("the key '{key}' of the message '{code}' must be {expected}"),
    BAD_VALUE("the key '{key}' of the message '{code}' is wrong: {problem}"),
    UNKNOWN_KEY(
            "the message '{code}' has a key '{key}' that this version does not know: command and daemon must be of one"
                    + " version, restart wirescaled.service after an update"),
    UNKNOWN_CODE("this version does not know the message '{code}'"),
    CODE_OR_ERROR("a message has either a code or an error_code, and not both"),
    NOT_SEALED("the message is not sealed with the keys of this tunnel"),
    UNUSABLE_KEY("the public key of the other side is none that a secret can be made with"),
    UNEXPECTED_MESSAGE("the message '{code}' came where '{expected}' was expected"),
    TOO_MANY_LINES("more than {limit} lines of information came in one session");

    private final String sentence;

    ProtocolReason(String sentence) {
        this.sentence = sentence;
    }

    @Override
    public ErrorCode errorCode() {
        return ErrorCode.GENERIC;
    }

    /** For the log and the user of this machine: the message is the other machine's. */
    @Override
    public String sentence() {
        return "A message from the other side was refused: " + sentence;
    }

    @Override
    public String peerSentence() {
        return "The message was refused: " + sentence;
    }
}
