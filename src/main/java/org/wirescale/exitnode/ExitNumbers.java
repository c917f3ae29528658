package org.wirescale.exitnode;

import org.wirescale.tunnel.FirewallMark;

/** The numbers of the exit node's policy routing; other software may rely on them. */
public final class ExitNumbers {
    /** The routing table with the default route through the tunnel. */
    static final long TABLE = 0xA08D037AL;
    /** Of the exit node's own tunnel, where its file names no other. */
    static final FirewallMark EXIT = new FirewallMark(0xA08D037BL);
    /** Of every other tunnel of ours without a mark of its own. */
    public static final FirewallMark OTHERS = new FirewallMark(0xA08D037CL);

    static final int FIRST_PRIORITY = 5500;
    static final int LAST_PRIORITY = 6000;

    /** {@code tsconst.LinuxBypassMark} of Tailscale, and {@code LinuxFwmarkMask}. */
    static final String TAILSCALE = "meta mark & 0xff0000 == 0x80000";

    /** Of tailscaled's own packets; its rules send them by the main table. */
    public static final FirewallMark TAILSCALES = new FirewallMark(0x80000);

    private ExitNumbers() {}

    /** Whether a policy rule is the exit node's, or of the priority that another VPN's gets while there are ours. */
    public static boolean concerns(long priority) {
        return priority >= FIRST_PRIORITY - 1 && priority <= LAST_PRIORITY;
    }

    /** Whether a link with that mark got it from the exit node. */
    static boolean isOurs(FirewallMark mark) {
        return mark.equals(EXIT) || mark.equals(OTHERS);
    }
}
