package org.wirescale.tunnel;

import java.util.Locale;

/** What a tunnel is in the middle of; the clean-up after a crash hangs on it. */
public enum Phase {
    /** Being made: undone after a crash. */
    BUILDING,
    /** Stands: left alone. */
    UP,
    /** Port and endpoint are changing: put back to what they were. */
    RECOVERING,
    /** Being taken down: the rest is undone. */
    REMOVING;

    /** As it stands in state files. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
