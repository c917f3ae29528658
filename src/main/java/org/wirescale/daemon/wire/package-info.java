/**
 * The peer protocol's transport: WebSockets between daemons, bounded in every way in which a hostile machine of the tailnet could
 * stretch them. Sessions above see {@link org.wirescale.daemon.wire.PeerConnection} and blocking calls alone.
 */
@NullMarked
package org.wirescale.daemon.wire;

import org.jspecify.annotations.NullMarked;
