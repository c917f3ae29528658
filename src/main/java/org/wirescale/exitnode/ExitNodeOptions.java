package org.wirescale.exitnode;

/**
 * What a user decides about an exit node.
 *
 * @param chosen whether a person asked for it by command: then no incoming request replaces it
 * @param keepInbound whether connections from outside are answered the way they came
 */
public record ExitNodeOptions(boolean chosen, FailClosed failClosed, boolean keepInbound) {
    /** For a tunnel whose file asks for it. */
    public static ExitNodeOptions byFile() {
        return new ExitNodeOptions(false, FailClosed.OFF, false);
    }
}
