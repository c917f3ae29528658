@NullMarked
package org.wirescale.tailscale;

import org.jspecify.annotations.NullMarked;
