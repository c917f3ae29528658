package org.wirescale.tunnel;

import org.wirescale.model.WirescaleException;

/**
 * A mark on packets, {@code fwmark} of wg(8) and ip-rule(8).
 *
 * @param bits 0 (none) to 0xffffffff, unsigned
 */
public record FirewallMark(long bits) {
    public static final FirewallMark NONE = new FirewallMark(0);

    public FirewallMark {
        if (bits < 0 || bits > 0xFFFF_FFFFL) {
            throw WirescaleException.of(TunnelReason.VALUE, "what", "mark", "text", bits);
        }
    }

    public boolean isNone() {
        return bits == 0;
    }

    @Override
    public String toString() {
        return "0x" + Long.toHexString(bits);
    }
}
