package org.wirescale.protocol;

import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** Words of the key {@code features}: what a daemon of ours can do beyond 1.0.3, used only when both ends named it. */
public final class Features {
    /** Each end sends {@link PeerMessage.Success} once its tunnel stands. */
    public static final String SUCCESS = "success";

    /** Each end sends {@link PeerMessage.Moved} once its tailscaled has left the port. */
    public static final String MOVED = "moved";

    /** A {@code down} is told to the other end by {@link PeerMessage.Stop}. */
    public static final String STOP = "stop";

    static final int MAX_COUNT = 32;
    private static final Predicate<String> FORM =
            Pattern.compile("[a-z0-9_]{1,32}").asMatchPredicate();

    private Features() {}

    static boolean areValid(Set<String> words) {
        return words.size() <= MAX_COUNT && words.stream().allMatch(FORM);
    }

    static Set<String> checked(Set<String> words) {
        if (!areValid(words)) {
            throw new IllegalArgumentException("features are at most " + MAX_COUNT + " words of a-z, 0-9 and _");
        }
        return Set.copyOf(words);
    }
}
