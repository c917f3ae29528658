package org.wirescale.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.wirescale.config.Section.Entry;

/** The warnings of one file. */
final class Warnings {
    private final Path path;
    private final Map<Integer, Warning> byLine = new TreeMap<>();

    Warnings(Path path) {
        this.path = path;
    }

    /** A line has one key, and so at most one warning. */
    void add(Entry entry, String sentence) {
        byLine.put(entry.line(), Warning.ofLine(path, entry, sentence));
    }

    List<Warning> inOrder() {
        return new ArrayList<>(byLine.values());
    }
}
