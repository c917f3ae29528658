package org.wirescale.config;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a user should know about a file that is good.
 *
 * @param line empty where it is about the whole file
 * @param key as written; empty where it is about none
 * @param sentence what goes behind the file, the line and the key
 */
public record Warning(Path file, OptionalInt line, Optional<String> key, String sentence) {
    static Warning ofFile(Path file, String sentence) {
        return new Warning(file, OptionalInt.empty(), Optional.empty(), sentence);
    }

    static Warning ofLine(Path file, Section.Entry entry, String sentence) {
        return new Warning(file, OptionalInt.of(entry.line()), Optional.of(entry.shownKey()), sentence);
    }

    /** The finished sentence. */
    @Override
    public String toString() {
        return file + (line.isPresent() ? ", line " + line.getAsInt() + ":" : "")
                + key.map(word -> " '" + word + "'").orElse("") + " " + sentence;
    }
}
