package org.wirescale.tunnel;

import java.util.OptionalInt;

/** A change that makes the tunnel's link, and so learns its ifindex. */
interface MadeLink extends Change {
    OptionalInt ifindex();
}
