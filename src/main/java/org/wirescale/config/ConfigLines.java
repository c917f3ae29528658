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

    private ConfigLines(Path path) {
        this.path = path;
    }

    static ConfigLines parse(Path path, String text) {
        ConfigLines lines = new ConfigLines(path);
        List<Entry> current = null;
        int number = 0;
        for (String line : text.split("\n", -1)) {
            number++;
            int comment = line.indexOf('#');
            String stripped = trim(comment < 0 ? line : line.substring(0, comment));
            // bash drops NUL when it reads a line, wg stops there: no two programs agree on such a file.
            if (line.indexOf('\0') >= 0) {
                throw lines.error(ConfigReason.NOT_TEXT, number);
            }
            if (stripped.isEmpty()) {
                continue;
            }
            if (stripped.startsWith("[")) {
                current = lines.open(stripped, number);
                continue;
            }
            int equals = stripped.indexOf('=');
            if (equals <= 0) {
                throw lines.error(ConfigReason.NO_KEY_AND_VALUE, number);
            }
            Entry entry = new Entry(number, trim(stripped.substring(0, equals)), trim(stripped.substring(equals + 1)));
            if (current == null) {
                throw lines.error(ConfigReason.OUTSIDE_SECTION, number, "key", entry.shownKey());
            }
            current.add(entry);
        }
        return lines;
    }

    /**
     * @throws WirescaleException with {@link ConfigReason#MISSING_SECTION}
     */
    Section required(SectionName name) {
        return optional(name)
                .orElseThrow(() -> WirescaleException.of(ConfigReason.MISSING_SECTION, "file", path, "section", name));
    }

    Optional<Section> optional(SectionName name) {
        return Optional.ofNullable(sections.get(name)).map(entries -> new Section(path, name, entries));
    }

    private List<Entry> open(String header, int number) {
        SectionName name = SectionName.ofHeader(header).orElseThrow(() -> error(ConfigReason.UNKNOWN_SECTION, number));
        if (sections.containsKey(name)) {
            throw error(ConfigReason.REPEATED_SECTION, number, "section", name);
        }
        List<Entry> entries = new ArrayList<>();
        sections.put(name, entries);
        return entries;
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
