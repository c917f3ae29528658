package org.wirescale.protocol;

import org.wirescale.model.ErrorCode;

/** What the daemon answers: any number of {@link Info}, then one of the others. */
public sealed interface LocalReply {
    String message();

    /** Whether nothing follows. */
    default boolean isLast() {
        return switch (this) {
            case Info _ -> false;
            case Success _, Failure _ -> true;
        };
    }

    record Info(String message) implements LocalReply {}

    record Success(String message) implements LocalReply {}

    record Failure(ErrorCode errorCode, String message) implements LocalReply {}
}
