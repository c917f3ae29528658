package org.wirescale.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.wirescale.config.Section.Entry;
import org.wirescale.model.WirescaleException;

/**
 * A file's lines by section, read by wg-quick's own rule: a line ends at {@code \n}, is cut at the first {@code #}, its key stands
 * before the first {@code =}, blanks around both go. What neither wg-quick nor wg would understand is refused with its line.
 */
final class ConfigLines {
    private final Path path;
    private final Map<SectionName, List<Entry>> sections = new EnumMap<>(SectionName.class);
    private Optional<List<Entry>> current = Optional.empty();

    private ConfigLines(Path path) {
        this.path = path;
    }

    static ConfigLines parse(Path path, String text, Problems problems) {
        ConfigLines lines = new ConfigLines(path);
        int number = 0;
        for (String line : text.split("\n", -1)) {
            number++;
            int comment = line.indexOf('#');
            String stripped = trim(comment < 0 ? line : line.substring(0, comment));
            int at = number;
            problems.attempt(() -> lines.read(line, stripped, at, problems));
        }
        return lines;
    }

    private void read(String line, String stripped, int number, Problems problems) {
        // bash drops NUL when it reads a line, wg stops there: no two programs agree on such a file.
        if (line.indexOf('\0') >= 0) {
            throw error(ConfigReason.NOT_TEXT, number);
        }
        if (stripped.isEmpty()) {
            return;
        }
        if (stripped.startsWith("[")) {
            open(stripped, number, problems);
            return;
        }
        int equals = stripped.indexOf('=');
        if (equals <= 0) {
            throw error(ConfigReason.NO_KEY_AND_VALUE, number);
        }
        Entry entry = new Entry(number, trim(stripped.substring(0, equals)), trim(stripped.substring(equals + 1)));
        if (current.isEmpty()) {
            throw error(ConfigReason.OUTSIDE_SECTION, number, "key", entry.shownKey());
        }
        current.get().add(entry);
    }

    /** Empty, and a problem, where the file has none. */
    Optional<Section> required(SectionName name, Problems problems) {
        Optional<Section> found = optional(name);
        if (found.isEmpty()) {
            problems.add(WirescaleException.of(ConfigReason.MISSING_SECTION, "file", path, "section", name));
        }
        return found;
    }

    Optional<Section> optional(SectionName name) {
        return Optional.ofNullable(sections.get(name)).map(entries -> new Section(path, name, entries));
    }

    /** Lines below an unknown header belong nowhere; those below a second one of a name are read with the first one's. */
    private void open(String header, int number, Problems problems) {
        Optional<SectionName> name = SectionName.ofHeader(header);
        if (name.isEmpty()) {
            current = Optional.of(new ArrayList<>());
            throw error(ConfigReason.UNKNOWN_SECTION, number);
        }
        if (sections.containsKey(name.get())) {
            problems.add(error(ConfigReason.REPEATED_SECTION, number, "section", name.get()));
        }
        current = Optional.of(sections.computeIfAbsent(name.get(), _ -> new ArrayList<>()));
    }

    private WirescaleException error(ConfigReason reason, int line, Object... more) {
        List<Object> details = new ArrayList<>(List.of("file", path, "line", line));
        details.addAll(List.of(more));
        return WirescaleException.of(reason, details.toArray());
    }

    /** Takes off what the C locale calls blank, in which wg-quick runs; {@link String#strip} takes off more. */
    static String trim(String text) {
        int from = 0;
        int to = text.length();
        while (from < to && isBlank(text.charAt(from))) {
            from++;
        }
        while (to > from && isBlank(text.charAt(to - 1))) {
            to--;
        }
        return text.substring(from, to);
    }

    private static boolean isBlank(char character) {
        return character == ' ' || (character >= '\t' && character <= '\r');
    }
}
