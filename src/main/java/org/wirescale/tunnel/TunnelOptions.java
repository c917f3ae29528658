package org.wirescale.tunnel;

/**
 * The options that this end's tunnel was made with; recovery and recreation use them again.
 *
 * @param suffixNumber 0 when the interface has none
 * @param recoverTries negative: without limit
 * @param recreateTries negative: without limit
 */
public record TunnelOptions(
        boolean accept,
        boolean forward,
        boolean masquerade,
        boolean suffix,
        int suffixNumber,
        int recoverTries,
        int recreateTries) {}
