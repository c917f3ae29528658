package org.wirescale.model;

import java.util.UUID;
import java.util.regex.Pattern;

/** The initiator's token, a UUID's text; its last six characters are the session's uid on both machines. */
public record SessionToken(String text) {
    private static final Pattern FORM =
            Pattern.compile("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}");

    public SessionToken {
        if (!FORM.matcher(text).matches()) {
            throw WirescaleException.of(ModelReason.UID, "text", text);
        }
    }

    public static SessionToken random() {
        return new SessionToken(UUID.randomUUID().toString());
    }

    /** Six hexadecimal digits, such as {@code defe22}. */
    public String uid() {
        return text.substring(text.length() - 6);
    }

    @Override
    public String toString() {
        return text;
    }
}
