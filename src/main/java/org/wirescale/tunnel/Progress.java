package org.wirescale.tunnel;

import java.util.Locale;

/** How far a change is known to have come. */
public enum Progress {
    /** Written down; whether it was applied is not known. */
    INTENDED,
    /** Applied wholly. */
    DONE;

    /** As it stands in state files. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
