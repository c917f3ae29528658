package org.wirescale.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.wirescale.model.WirescaleException;

/** One section's lines in their order. */
record Section(Path path, SectionName name, List<Entry> entries) {
    Section {
        entries = List.copyOf(entries);
    }

    /**
     * One {@code key = value}.
     *
     * @param line counted from 1
     * @param key as written, for messages
     * @param value verbatim between the blanks
     */
    record Entry(int line, String key, String value) {
        /** A key that can be shown: short, so that a WireGuard key in the wrong place is not. */
        private static final Pattern SHOWN = Pattern.compile("[a-zA-Z][a-zA-Z0-9_-]{0,31}");

        /** The key as it is compared. */
        String folded() {
            return key.toLowerCase(Locale.ROOT);
        }

        String shownKey() {
            return SHOWN.matcher(key).matches() ? key : "(not a key)";
        }
    }

    /** Reads each line, whatever is wrong with those before it. */
    void each(Problems problems, Consumer<Entry> reader) {
        entries.forEach(entry -> problems.attempt(() -> reader.accept(entry)));
    }

    /**
     * The entry's key.
     *
     * @param keys all of the section
     * @throws WirescaleException with {@link ConfigReason#UNKNOWN_KEY}
     */
    <K extends Key> K key(K[] keys, Entry entry) {
        return Arrays.stream(keys)
                .filter(key -> key.folded().equals(entry.folded()))
                .findFirst()
                .orElseThrow(() -> unknownKey(entry));
    }

    /** A key that stands twice without being repeatable is a problem: wg would silently take the last one. */
    void requireOnce(Key[] keys, Problems problems) {
        Set<String> repeatable = Arrays.stream(keys)
                .filter(key -> key.line().repeatable())
                .map(Key::folded)
                .collect(Collectors.toSet());
        Map<String, Entry> seen = new HashMap<>();
        for (Entry entry : entries) {
            Entry first = seen.putIfAbsent(entry.folded(), entry);
            if (first != null && !repeatable.contains(entry.folded())) {
                problems.add(error(ConfigReason.REPEATED_KEY, entry, "first", first.line()));
            }
        }
    }

    WirescaleException unknownKey(Entry entry) {
        return error(ConfigReason.UNKNOWN_KEY, entry);
    }

    /** A failure of one line; {@code more} are further details as name, value, name, value. */
    WirescaleException error(ConfigReason reason, Entry entry, Object... more) {
        List<Object> details =
                new ArrayList<>(List.of("file", path, "line", entry.line(), "key", entry.shownKey(), "section", name));
        details.addAll(List.of(more));
        return WirescaleException.of(reason, details.toArray());
    }

    /** That a key has no value is a problem, unless it has one that is a problem already. */
    void missing(String key, String example, Problems problems) {
        if (!problems.concern(name, key)) {
            problems.add(WirescaleException.of(
                    ConfigReason.MISSING_KEY, "file", path, "section", name, "key", key, "example", example));
        }
    }
}
