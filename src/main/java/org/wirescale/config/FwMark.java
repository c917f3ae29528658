package org.wirescale.config;

import java.util.Optional;

/**
 * The mark of a tunnel's own packets, {@code FwMark} of wg(8).
 *
 * @param bits 1 to 0xffffffff, as an unsigned number
 */
public record FwMark(long bits) {
    private static final long MAX = 0xFFFF_FFFFL;

    public FwMark {
        if (bits < 1 || bits > MAX) {
            throw new IllegalArgumentException("a mark has 32 bits, not all zero");
        }
    }

    /** Whether wg takes the text: {@code off}, decimal digits, or hexadecimal ones behind {@code 0x}. */
    static boolean isValid(String text) {
        return text.equalsIgnoreCase("off") || (text.matches("[0-9]{1,10}|0x[0-9a-fA-F]{1,8}") && number(text) <= MAX);
    }

    /** The mark of a valid text; {@code off} and 0 are none. */
    static Optional<FwMark> parse(String text) {
        long bits = text.equalsIgnoreCase("off") ? 0 : number(text);
        return bits == 0 ? Optional.empty() : Optional.of(new FwMark(bits));
    }

    private static long number(String text) {
        return text.startsWith("0x") ? Long.parseLong(text, 2, text.length(), 16) : Long.parseLong(text);
    }

    @Override
    public String toString() {
        return "0x" + Long.toHexString(bits);
    }
}
