package org.wirescale.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** A key that a peer's file may have: no key without what the manual says of it. */
public sealed interface Key permits InterfaceKey, PeerKey, WirescaleKey {
    /** How it is written. */
    Line line();

    /** The key as it is compared. */
    default String folded() {
        return line().key().toLowerCase(Locale.ROOT);
    }

    /**
     * A line of a file as the manual has it.
     *
     * @param key a file may write it in any case
     * @param repeatable whether there may be several of them
     * @param value small letters for words as they are, capitals for what they name
     * @param text what it does, within which bounds, and what holds without it
     */
    record Line(String key, boolean repeatable, String value, String text) {
        static Line once(String key, String value, String text) {
            return new Line(key, false, value, text);
        }

        static Line repeatable(String key, String value, String text) {
            return new Line(key, true, value, text);
        }
    }

    /** All that there are, by their section's name; both in the manual's order. */
    static Map<String, List<Line>> bySection() {
        Map<String, List<Line>> lines = new LinkedHashMap<>();
        lines.put(SectionName.INTERFACE.toString(), lines(InterfaceKey.values()));
        lines.put(SectionName.PEER.toString(), lines(PeerKey.values()));
        lines.put(SectionName.WIRESCALE.toString(), lines(WirescaleKey.values()));
        return lines;
    }

    private static List<Line> lines(Key[] keys) {
        return Stream.of(keys).map(Key::line).toList();
    }
}
