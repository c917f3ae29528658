package org.wirescale.config;

import java.util.regex.Pattern;

/** The one node that a file is for, by its StableID: {@code node} in {@code [Wirescale]}. */
public record NodePin(String stableId) {
    private static final Pattern FORM = Pattern.compile("[a-zA-Z0-9_-]{1,64}");

    public NodePin {
        if (!isValid(stableId)) {
            throw new IllegalArgumentException("not a StableID");
        }
    }

    static boolean isValid(String text) {
        return FORM.matcher(text).matches();
    }

    @Override
    public String toString() {
        return stableId;
    }
}
