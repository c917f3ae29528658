package org.wirescale.tailscale;

import java.util.Optional;

/**
 * A notification of tailscaled: something changed, and the status is worth another look.
 *
 * @param state the state, where the notification carries one
 * @param selfChanged whether this machine's own node or the whole network map may have changed (addresses, name, tailnet)
 */
public record BusEvent(Optional<BackendState> state, boolean selfChanged) {}
