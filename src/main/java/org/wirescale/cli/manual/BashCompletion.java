package org.wirescale.cli.manual;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** What the commands put into {@code packaging/share/bash-completion/completions/wirescale}. */
final class BashCompletion {
    private static final int MANY = 1000;

    private BashCompletion() {}

    /** The cases of {@code _wirescale_syntax}. */
    static String commands(Command root) {
        List<String> lines = new ArrayList<>();
        lines.addAll(syntax(
                "''",
                root,
                1,
                new Words(root.commands().stream().map(Command::name).toList(), Optional.empty())));
        for (Command command : root.commands()) {
            int arguments = command.arguments().stream().anyMatch(Argument::many)
                    ? MANY
                    : command.arguments().size();
            Words words = command.arguments().isEmpty()
                    ? Words.NONE
                    : command.arguments().getFirst().words();
            lines.addAll(syntax(command.name(), command, arguments, words));
        }
        return lines.stream().map(line -> " ".repeat(8) + line).collect(Collectors.joining("\n"));
    }

    private static List<String> syntax(String pattern, Command command, int arguments, Words words) {
        List<String> options = new ArrayList<>();
        List<String> needing = new ArrayList<>();
        for (Option option : command.options()) {
            options.addAll(option.allNames());
            option.value().ifPresent(value -> {
                if (value.needed()) {
                    needing.addAll(option.names());
                } else {
                    value.words().fixed().forEach(word -> options.add(option.longestName() + "=" + word));
                }
            });
        }
        return List.of(
                pattern + ")",
                "    options=(" + String.join(" ", options) + ")",
                "    needing=(" + String.join(" ", needing) + ")",
                "    arguments=" + arguments,
                "    " + assignment(words),
                "    ;;");
    }

    /** The cases of {@code _wirescale_value}. */
    static String values(Command root) {
        List<String> lines = new ArrayList<>();
        for (Command command : root.commands()) {
            for (Option option : command.options()) {
                option.value()
                        .map(Option.Value::words)
                        .filter(words -> !words.equals(Words.NONE))
                        .ifPresent(words -> {
                            String pattern = option.names().stream()
                                    .map(name -> "'" + command.name() + " " + name + "'")
                                    .collect(Collectors.joining(" | "));
                            lines.add(" ".repeat(8) + pattern + ") " + assignment(words) + " ;;");
                        });
            }
        }
        return String.join("\n", lines);
    }

    private static String assignment(Words words) {
        String source = words.source()
                .map(found -> found.name().toLowerCase(Locale.ROOT))
                .orElse("''");
        return "fixed=(" + String.join(" ", words.fixed()) + ") source=" + source;
    }
}
