package org.wirescale.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.wirescale.config.Section.Entry;

/** What a user should know about a file that is good. */
final class Warnings {
    private final Path path;
    private final Map<Integer, String> byLine = new TreeMap<>();

    Warnings(Path path) {
        this.path = path;
    }

    /** A line has one key, and so at most one warning. */
    void add(Entry entry, String sentence) {
        byLine.put(entry.line(), "%s, line %d: '%s' %s".formatted(path, entry.line(), entry.shownKey(), sentence));
    }

    List<String> inOrder() {
        return new ArrayList<>(byLine.values());
    }
}
