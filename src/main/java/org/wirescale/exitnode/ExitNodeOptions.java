package org.wirescale.exitnode;

import java.util.Optional;

/**
 * What a user decides about an exit node.
 *
 * @param chosen whether a person asked for it by command: then no incoming request replaces it
 * @param keepInbound whether connections from outside are answered the way they came
 */
public record ExitNodeOptions(boolean chosen, FailClosed failClosed, boolean keepInbound) {
    /**
     * For a tunnel whose file asks for it.
     *
     * @param before of the exit node whose place it takes; what a person decided to let out stays decided
     */
    public static ExitNodeOptions byFile(Optional<ExitNodeOptions> before) {
        return before.filter(options -> options.failClosed() != FailClosed.OFF)
                .orElseGet(() -> new ExitNodeOptions(false, FailClosed.OFF, false));
    }
}
