package org.wirescale.model;

import java.util.regex.Pattern;

/** Tailscale's StableID of a node: it stays when the node's name, addresses and keys change. */
public record StableId(String text) {
    private static final Pattern FORM = Pattern.compile("[a-zA-Z0-9_-]{1,64}");

    public StableId {
        if (!isValid(text)) {
            throw WirescaleException.of(ModelReason.STABLE_ID, "text", text);
        }
    }

    /**
     * @throws WirescaleException with {@link ModelReason#STABLE_ID}
     */
    public static StableId parse(String text) {
        return new StableId(text);
    }

    public static boolean isValid(String text) {
        return FORM.matcher(text).matches();
    }

    @Override
    public String toString() {
        return text;
    }
}
