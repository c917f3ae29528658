package org.wirescale.cli.manual;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What the commands put into {@code packaging/share/fish/vendor_completions.d/wirescale.fish}. */
final class FishCompletion {
    private FishCompletion() {}

    static String lines(Command root) {
        List<String> lines = new ArrayList<>();
        String first = "complete -c wirescale -n __wirescale_needs_command";
        root.options().forEach(option -> lines.addAll(options(first, option)));
        for (Command command : root.commands()) {
            lines.add(first + " -a " + command.name() + description(command.header()));
        }
        for (Command command : root.commands()) {
            String below = "complete -c wirescale -n '__wirescale_is " + command.name() + "'";
            command.options().forEach(option -> lines.addAll(options(below, option)));
            command.arguments().forEach(argument -> lines.add(below + candidates(argument.words())));
        }
        return String.join("\n", lines);
    }

    private static List<String> options(String start, Option option) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder(start);
        option.names().forEach(name -> line.append(name(name)));
        option.value()
                .ifPresent(value -> line.append(value.needed() ? " -x" : "").append(candidates(value.words())));
        lines.add(line + description(option.text()));
        option.negations()
                .forEach(
                        name -> lines.add(start + name(name) + description("The opposite of " + option.longestName())));
        return lines;
    }

    private static String name(String name) {
        return name.startsWith("--") ? " -l " + name.substring(2) : " -s " + name.substring(1);
    }

    private static String candidates(Words words) {
        if (words.source().isPresent()) {
            // In their order: peers with a file come first.
            return " -k -a '(__wirescale_" + words.source().get().name().toLowerCase(Locale.ROOT) + ")'";
        }
        return words.fixed().isEmpty() ? "" : " -a '" + String.join(" ", words.fixed()) + "'";
    }

    private static String description(String text) {
        return " -d '" + Texts.brief(text).replace("\\", "\\\\").replace("'", "\\'") + "'";
    }
}
