/**
 * What Tailscale knows and can be asked for: its LocalAPI with the command line as fallback, the peer that a name means, the
 * direct endpoint of a peer, and taking over the UDP port that tailscaled has. What comes in becomes types here; nothing above
 * reads Tailscale's JSON.
 */
@NullMarked
package org.wirescale.tailscale;

import org.jspecify.annotations.NullMarked;
