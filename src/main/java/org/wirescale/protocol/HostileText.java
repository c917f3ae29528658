package org.wirescale.protocol;

/**
 * Text from a peer on its way to a terminal or a journal. Terminals obey control characters, bidirectional ones reorder what a
 * person reads, and a line separator makes one entry of a log look like two.
 */
public final class HostileText {
    private static final int REPLACEMENT = '?';

    private HostileText() {}

    /**
     * The text as one harmless line of at most {@link PeerLimits#TEXT_CHARACTERS} code points: control characters (C0, C1, DEL),
     * bidirectional ones (Unicode's Bidi_Control), line and paragraph separators and lone surrogates become {@code ?}.
     */
    public static String clean(String text) {
        return clean(text, PeerLimits.TEXT_CHARACTERS);
    }

    /**
     * Like {@link #clean(String)} with a length of its own; what is cut off leaves a {@code …}.
     *
     * @param characters code points, at least 1
     */
    public static String clean(String text, int characters) {
        StringBuilder line = new StringBuilder(Math.min(text.length(), 2 * characters));
        int length = 0;
        for (int i = 0; i < text.length(); length++) {
            int character = text.codePointAt(i);
            i += Character.charCount(character);
            if (length == characters - 1 && i < text.length()) {
                return line.append('…').toString();
            }
            line.appendCodePoint(isHarmful(character) ? REPLACEMENT : character);
        }
        return line.toString();
    }

    private static boolean isHarmful(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR, Character.SURROGATE ->
                true;
            default -> isBidiControl(character);
        };
    }

    /** PropList.txt of Unicode: Bidi_Control. */
    private static boolean isBidiControl(int character) {
        return character == 0x061C
                || character == 0x200E
                || character == 0x200F
                || (character >= 0x202A && character <= 0x202E)
                || (character >= 0x2066 && character <= 0x2069);
    }
}
