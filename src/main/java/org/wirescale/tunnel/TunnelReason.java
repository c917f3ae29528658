package org.wirescale.tunnel;

import org.wirescale.model.ErrorCode;
import org.wirescale.model.Reason;

/** Why a tunnel could not be made, read or taken down. */
public enum TunnelReason implements Reason {
    STATE_DAMAGED("the state file {file} is damaged ({what}) and was discarded"),
    STATE_OTHER_BOOT("the state file {file} is from before the last boot and was discarded"),
    STATE_UNWRITABLE("the state file {file} cannot be written: {error}"),
    FILE_UNWRITABLE("the file {file} cannot be written: {error}"),
    VALUE("'{text}' is not a valid {what}"),
    LINK_EXISTS(
            "the interface '{interface}' exists already: choose another name with --interface, or let --suffix find one") {
        @Override
        public ErrorCode errorCode() {
            return ErrorCode.INTERFACE_EXISTS;
        }
    },
    UNDO("'{change}' could not be undone: {error}"),
    LINK_GONE("the interface '{interface}' is gone or is another one now");

    private final String sentence;

    TunnelReason(String sentence) {
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
