package org.wirescale.tunnel;

import java.util.Optional;

/**
 * A line below a change in the dry run: a command as it is run, a line of a file.
 *
 * @param open what everybody may see
 * @param secret what comes behind it for root alone
 */
public record Detail(String open, Optional<String> secret) {
    private static final String HIDDEN = "(shown to root only)";

    public static Detail open(String text) {
        return new Detail(text, Optional.empty());
    }

    public static Detail secret(String open, String secret) {
        return new Detail(open, Optional.of(secret));
    }

    /** The line for root, or for somebody else. */
    public String shownTo(boolean root) {
        return open + secret.map(text -> root ? text : HIDDEN).orElse("");
    }

    /** Without the secret. */
    @Override
    public String toString() {
        return shownTo(false);
    }
}
