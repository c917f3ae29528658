package org.wirescale.cli.doctor;

import java.util.Locale;

/** How a subject is. */
enum State {
    GOOD,
    /** Works, and less well than it could, or not for everything. */
    WARNING,
    /** Something that wirescale does fails by it. */
    BROKEN,
    /** Nobody could tell; as a rule for lack of rights. */
    UNKNOWN;

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
