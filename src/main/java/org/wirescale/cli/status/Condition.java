package org.wirescale.cli.status;

import java.util.Locale;
import org.wirescale.tunnel.Phase;

/** How a tunnel stands. */
enum Condition {
    BUILDING,
    UP,
    RECOVERING,
    REMOVING,
    /** It should stand, and its link is not there or is another one. */
    GONE,
    /** It died and was taken down, and {@code recreate-<interface>.service} tries to build it anew. */
    RECREATING;

    static Condition of(Phase phase, boolean hasItsLink) {
        return switch (phase) {
            case BUILDING -> BUILDING;
            case UP -> hasItsLink ? UP : GONE;
            case RECOVERING -> hasItsLink ? RECOVERING : GONE;
            case REMOVING -> REMOVING;
        };
    }

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
