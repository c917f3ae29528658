package org.wirescale.os;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * One line of the journal with its fields, in journald's native protocol
 * (<a href="https://systemd.io/JOURNAL_NATIVE_PROTOCOL/">systemd.io</a>).
 *
 * @param priority as in {@code syslog(3)}: 3 error, 4 warning, 6 information, 7 debug
 * @param uid the session that it speaks of; its prefix stands before the message once
 * @param step the step of a session, for tests
 */
record JournalEntry(int priority, String message, Optional<String> uid, Optional<String> step) {
    static final String IDENTIFIER = "wirescaled";

    /** More than any honest line; a datagram of this size always fits. */
    static final int MESSAGE_BYTES = 16 << 10;

    JournalEntry {
        message = prefixed(harmless(message), uid.map(JournalEntry::harmless));
        uid = uid.map(JournalEntry::harmless);
        step = step.map(JournalEntry::harmless);
    }

    byte[] datagram() {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("MESSAGE", message);
        fields.put("PRIORITY", Integer.toString(priority));
        fields.put("SYSLOG_IDENTIFIER", IDENTIFIER);
        uid.ifPresent(value -> fields.put("WIRESCALE_UID", value));
        step.ifPresent(value -> fields.put("WIRESCALE_STEP", value));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        fields.forEach((name, value) -> write(bytes, name, value));
        return bytes.toByteArray();
    }

    /** For a standard error that leads to the journal: {@code sd-daemon(3)}. */
    byte[] stderrLine() {
        return ("<" + priority + ">" + message + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /** The form with a length: no value can begin another field, whatever is in it. */
    private static void write(ByteArrayOutputStream bytes, String name, String value) {
        byte[] text = value.getBytes(StandardCharsets.UTF_8);
        bytes.writeBytes((name + "\n").getBytes(StandardCharsets.US_ASCII));
        bytes.writeBytes(ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(text.length)
                .array());
        bytes.writeBytes(text);
        bytes.write('\n');
    }

    private static String prefixed(String message, Optional<String> uid) {
        String prefix = uid.map(text -> text + " - ").orElse("");
        return message.startsWith(prefix) ? message : prefix + message;
    }

    /** One line that cannot look like two, nor move a terminal's cursor, whoever its words come from. */
    private static String harmless(String text) {
        StringBuilder line = new StringBuilder(text.length());
        int bytes = 0;
        for (int i = 0; i < text.length(); ) {
            int character = text.codePointAt(i);
            i += Character.charCount(character);
            bytes += 4;
            if (bytes > MESSAGE_BYTES) {
                return line.append('…').toString();
            }
            line.appendCodePoint(isHarmful(character) ? '?' : character);
        }
        return line.toString();
    }

    private static boolean isHarmful(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR, Character.SURROGATE ->
                true;
            // Bidirectional controls reorder what a person reads.
            default ->
                (character >= 0x202A && character <= 0x202E)
                        || (character >= 0x2066 && character <= 0x2069)
                        || character == 0x200E
                        || character == 0x200F
                        || character == 0x061C;
        };
    }
}
