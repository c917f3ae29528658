/** The machine underneath: running programs, systemd, the journal, locks, system calls. Knows nothing of tunnels. */
@NullMarked
package org.wirescale.os;

import org.jspecify.annotations.NullMarked;
