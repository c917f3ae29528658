package org.wirescale.config;

/** Numbers of this machine's routing that belong to wirescale and Tailscale. */
final class ReservedNumbers {
    /** The exit node's routing table. */
    static final long TABLE = 0xA08D037AL;

    private static final long EXIT_MARK = 0xA08D037BL;
    private static final long OTHERS_MARK = 0xA08D037CL;
    private static final long TAILSCALE_MASK = 0xff0000L;
    private static final long TAILSCALE_MARK = 0x80000L;

    private ReservedNumbers() {}

    static boolean isReserved(FwMark mark) {
        return mark.bits() == EXIT_MARK
                || mark.bits() == OTHERS_MARK
                || (mark.bits() & TAILSCALE_MASK) == TAILSCALE_MARK;
    }
}
