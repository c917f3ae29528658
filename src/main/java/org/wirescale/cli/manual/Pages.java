package org.wirescale.cli.manual;

import java.util.ArrayList;
import java.util.List;
import org.wirescale.config.Key;

/** What commands and keys put into the manual pages of {@code packaging/share/man}. */
final class Pages {
    private Pages() {}

    /** A section for each command. */
    static String commands(Command root) {
        List<String> parts = new ArrayList<>();
        for (Command command : root.commands()) {
            parts.add(".SS " + Roff.line(command.name()));
            parts.add(Roff.usage(command.synopsis()));
            parts.add(".PP");
            parts.add(Roff.paragraph((command.header() + " " + command.description()).strip()));
            parts.add(options(root, command));
        }
        return joined(parts);
    }

    static String synopsis(Command root, String command) {
        return Roff.usage(root.command(command).synopsis());
    }

    static String options(Command root, String command) {
        return options(root, root.command(command));
    }

    /** Arguments and options, but for what every command has. */
    private static String options(Command root, Command command) {
        List<String> parts = new ArrayList<>();
        for (Argument argument : command.arguments()) {
            parts.add(tagged(Roff.usage(argument.label() + (argument.many() ? "..." : "")), argument.text()));
        }
        command.optionsBeside(root).forEach(option -> parts.add(option(option)));
        return joined(parts);
    }

    static String commonOptions(Command root) {
        return joined(root.options().stream().map(Pages::option).toList());
    }

    private static String option(Option option) {
        String names = String.join(", ", option.shown());
        String value = option.value()
                .map(found -> found.needed() ? "=" + found.label() : "[=" + found.label() + "]")
                .orElse("");
        return tagged(Roff.usage(names + value), option.text());
    }

    static String exitCodes(Command root) {
        List<String> parts = new ArrayList<>();
        root.exitCodes().forEach((code, meaning) -> parts.add(tagged(Roff.usage(code.strip()), meaning)));
        return joined(parts);
    }

    /** The keys of a section of a peer's file. */
    static String keys(String section) {
        List<Key.Line> lines = Key.bySection().get(section);
        if (lines == null) {
            throw new IllegalArgumentException("no section is called '" + section + "'");
        }
        return joined(lines.stream().map(Pages::key).toList());
    }

    private static String key(Key.Line line) {
        return tagged(
                "\\fB" + Roff.line(line.key()) + "\\fR = " + Roff.usage(line.value()),
                line.text() + (line.repeatable() ? " On several lines, too." : ""));
    }

    private static String tagged(String tag, String text) {
        return ".TP\n" + tag + "\n" + Roff.paragraph(text);
    }

    private static String joined(List<String> parts) {
        return String.join("\n", parts.stream().filter(part -> !part.isEmpty()).toList());
    }
}
