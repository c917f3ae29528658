package org.wirescale.cli.manual;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What the commands put into {@code packaging/share/zsh/site-functions/_wirescale}: specifications of {@code _arguments}. */
final class ZshCompletion {
    private ZshCompletion() {}

    static String commands(Command root) {
        return root.commands().stream()
                .map(command -> " ".repeat(8) + quoted(command.name() + ":" + plain(Texts.brief(command.header()))))
                .collect(Collectors.joining("\n"));
    }

    static String options(Command root) {
        return specifications(root).stream()
                .map(line -> " ".repeat(8) + line + " \\")
                .collect(Collectors.joining("\n"));
    }

    static String cases(Command root) {
        List<String> lines = new ArrayList<>();
        for (Command command : root.commands()) {
            List<String> words = new ArrayList<>(List.of("_arguments -s"));
            words.addAll(specifications(command));
            lines.add(" ".repeat(12) + command.name() + ")");
            lines.add(" ".repeat(16) + String.join(" \\\n" + " ".repeat(20), words) + " && ret=0");
            lines.add(" ".repeat(16) + ";;");
        }
        return String.join("\n", lines);
    }

    private static List<String> specifications(Command command) {
        List<String> specifications = new ArrayList<>();
        for (Option option : command.options()) {
            for (String name : option.allNames()) {
                specifications.add(quoted(exclusion(command, option) + name + suffix(option, name) + "["
                        + plain(description(option, name)) + "]"
                        + option.value().map(ZshCompletion::value).orElse("")));
            }
        }
        int position = 0;
        for (Argument argument : command.arguments()) {
            position++;
            List<String> rivals = command.excludedBy(List.of(argument.label()));
            String exclusion = rivals.isEmpty() ? "" : "(" + String.join(" ", rivals) + ")";
            specifications.add(quoted(exclusion + (argument.many() ? "*" : position) + ":" + argument.label() + ":"
                    + action(argument.words())));
        }
        return specifications;
    }

    /** What counts for nothing once the option is there: its other names, and its rivals. */
    private static String exclusion(Command command, Option option) {
        if (option.ends()) {
            return "(- : *)";
        }
        List<String> excluded = new ArrayList<>(option.allNames());
        for (String rival : command.excludedBy(option.names())) {
            int position = positionOf(command, rival);
            excluded.add(position < 0 ? rival : Integer.toString(position + 1));
        }
        return excluded.size() == 1 ? "" : "(" + String.join(" ", excluded) + ")";
    }

    private static int positionOf(Command command, String label) {
        return command.arguments().stream().map(Argument::label).toList().indexOf(label);
    }

    private static String description(Option option, String name) {
        return option.negations().contains(name)
                ? "The opposite of " + option.longestName()
                : Texts.brief(option.text());
    }

    /** Where the value stands: in the same word, behind a {@code =}, or in the next one. */
    private static String suffix(Option option, String name) {
        if (option.value().isEmpty()) {
            return "";
        }
        if (!option.value().get().needed()) {
            return "=-";
        }
        return name.startsWith("--") ? "=" : "+";
    }

    private static String value(Option.Value value) {
        return (value.needed() ? ":" : "::") + value.label() + ":" + action(value.words());
    }

    private static String action(Words words) {
        if (words.source().isPresent()) {
            return "_wirescale_" + words.source().get().name().toLowerCase(Locale.ROOT);
        }
        // A blank: there is something to type that nobody can guess.
        return words.fixed().isEmpty() ? " " : "(" + String.join(" ", words.fixed()) + ")";
    }

    /** Brackets and colons mean something in a specification. */
    private static String plain(String text) {
        return text.replace("\\", "").replace('[', '(').replace(']', ')').replace(":", "\\:");
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }
}
