package org.wirescale.tailscale;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A node's own MagicDNS name as the control server gives it, in lower case and without the final dot:
 * {@code bob.tail1234.ts.net}.
 */
public record NodeName(String full) {
    private static final Pattern FORM =
            Pattern.compile("(?=.{1,253}$)[a-z0-9][a-z0-9_-]{0,62}(\\.[a-z0-9][a-z0-9_-]{0,62})*");

    public NodeName {
        if (!FORM.matcher(full).matches()) {
            throw new IllegalArgumentException("not the name of a node");
        }
    }

    /** Reads a name in any case, with or without the final dot; empty when it is none. */
    public static Optional<NodeName> parse(String text) {
        String folded = fold(text);
        return FORM.matcher(folded).matches() ? Optional.of(new NodeName(folded)) : Optional.empty();
    }

    /** Lower case, without one final dot. */
    static String fold(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    }

    /** The part before the first dot. */
    public String firstLabel() {
        int dot = full.indexOf('.');
        return dot < 0 ? full : full.substring(0, dot);
    }

    /** Whether this is a node of the tailnet with that suffix, and not one shared in from another. */
    public boolean isBelow(String suffix) {
        return full.equals(firstLabel() + "." + suffix);
    }

    /** How the node is called here: by its first label in our own tailnet, by its full name in any other. */
    public String shortIn(Optional<String> ourSuffix) {
        return ourSuffix.isPresent() && isBelow(ourSuffix.get()) ? firstLabel() : full;
    }

    @Override
    public String toString() {
        return full;
    }
}
