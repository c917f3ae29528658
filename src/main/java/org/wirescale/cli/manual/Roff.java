package org.wirescale.cli.manual;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Text in the language of man(7): what any text says stays what it says. */
final class Roff {
    /** Of a line of the source. */
    private static final int WIDTH = 80;

    /** Bold what is typed as it is, slanted what stands for something else. */
    private static final Pattern USAGE =
            Pattern.compile("(?<typed>(?:--?)?(?:\\[no-])?[a-z0-9][a-z0-9-]*)|(?<meant>[A-Z]+)");

    private Roff() {}

    /** Sentences, each on a line of its own or some more. */
    static String paragraph(String text) {
        List<String> lines = new ArrayList<>();
        for (String sentence : text.split("(?<=[.:]) +")) {
            StringBuilder line = new StringBuilder();
            for (String plain : sentence.split(" +")) {
                String word = escape(plain);
                if (!line.isEmpty() && line.length() + 1 + word.length() > WIDTH) {
                    lines.add(line.toString());
                    line.setLength(0);
                }
                line.append(line.isEmpty() ? "" : " ").append(word);
            }
            lines.add(line.toString());
        }
        return String.join("\n", lines.stream().map(Roff::harmless).toList());
    }

    /** A single line. */
    static String line(String text) {
        return harmless(escape(text));
    }

    /** A line that is no request, whatever it begins with; an apostrophe is escaped already. */
    private static String harmless(String line) {
        return line.startsWith(".") ? "\\&" + line : line;
    }

    /** Words of a command's usage: {@code -i, --interface=NAME}. */
    static String usage(String text) {
        StringBuilder line = new StringBuilder();
        Matcher found = USAGE.matcher(text);
        int from = 0;
        while (found.find()) {
            line.append(escape(text.substring(from, found.start())))
                    .append(found.group("typed") == null ? "\\fI" : "\\fB")
                    .append(escape(found.group()))
                    .append("\\fR");
            from = found.end();
        }
        return line.append(escape(text.substring(from))).toString();
    }

    private static String escape(String text) {
        StringBuilder escaped = new StringBuilder();
        text.codePoints().forEach(character -> {
            switch (character) {
                case '\\' -> escaped.append("\\e");
                case '-' -> escaped.append("\\-");
                case '\'' -> escaped.append("\\(aq");
                case '`' -> escaped.append("\\(ga");
                case '^' -> escaped.append("\\(ha");
                case '~' -> escaped.append("\\(ti");
                default -> {
                    if (character < 0x7F) {
                        escaped.appendCodePoint(character);
                    } else {
                        escaped.append("\\[u%04X]".formatted(character));
                    }
                }
            }
        });
        return escaped.toString();
    }
}
