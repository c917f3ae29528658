package org.wirescale.exitnode;

import java.util.Locale;

/** What becomes of traffic when the exit node's tunnel dies, or somebody removes our rules. */
public enum FailClosed {
    /** The exit node ends with its tunnel, and traffic goes out as it did before. */
    OFF,
    /** Traffic is unreachable until {@code --stop}, or the next boot. */
    ON,
    /** The same, and after the next boot too. */
    ALWAYS;

    /** As in {@code --fail-closed=always} and in the output of {@code --status --json}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
