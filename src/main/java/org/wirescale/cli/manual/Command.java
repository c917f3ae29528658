package org.wirescale.cli.manual;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * A command as its users see it: what is hidden is not there.
 *
 * @param name a single word
 * @param synopsis its whole line, as help shows it
 * @param header a sentence
 * @param description more of them, or nothing
 * @param options by their long names
 * @param rivals what excludes each other, in groups: names of options and labels of arguments
 * @param exitCodes each with its meaning
 * @param commands those below it
 */
record Command(
        String name,
        String synopsis,
        String header,
        String description,
        List<Option> options,
        List<Argument> arguments,
        List<Set<String>> rivals,
        Map<String, String> exitCodes,
        List<Command> commands) {
    /** No line of a synopsis is as long. */
    private static final int UNBROKEN = 2000;

    Command {
        options = List.copyOf(options);
        arguments = List.copyOf(arguments);
        rivals = List.copyOf(rivals);
        commands = List.copyOf(commands);
    }

    static Command of(CommandSpec spec) {
        String name = spec.name();
        return new Command(
                name,
                synopsis(spec),
                Texts.of(spec.usageMessage().header()),
                Texts.of(spec.usageMessage().description()),
                spec.options().stream()
                        .filter(option -> !option.hidden())
                        .map(option -> Option.of(name, option))
                        .sorted(Comparator.comparing(
                                option -> option.longestName().replaceFirst("^-+", "")))
                        .toList(),
                spec.positionalParameters().stream()
                        .filter(argument -> !argument.hidden())
                        .map(argument -> Argument.of(name, argument))
                        .toList(),
                spec.argGroups().stream()
                        .filter(ArgGroupSpec::exclusive)
                        .map(Command::rivals)
                        .toList(),
                spec.usageMessage().exitCodeList(),
                spec.subcommands().values().stream()
                        .map(CommandLine::getCommandSpec)
                        .filter(below -> !below.usageMessage().hidden())
                        .map(Command::of)
                        .toList());
    }

    private static Set<String> rivals(ArgGroupSpec group) {
        return group.args().stream()
                .filter(arg -> !arg.hidden())
                .flatMap(Command::names)
                .collect(Collectors.toSet());
    }

    private static Stream<String> names(ArgSpec arg) {
        return switch (arg) {
            case OptionSpec option -> Stream.of(option.names());
            case PositionalParamSpec argument -> Stream.of(argument.paramLabel());
            default -> throw new IllegalStateException("an argument that is no option and no parameter: " + arg);
        };
    }

    private static String synopsis(CommandSpec spec) {
        int before = spec.usageMessage().width();
        spec.usageMessage().width(UNBROKEN);
        try {
            return new Help(spec, Help.defaultColorScheme(Help.Ansi.OFF))
                    .synopsis(0)
                    .strip();
        } finally {
            spec.usageMessage().width(before);
        }
    }

    /** The command below this one. */
    Command command(String wanted) {
        return commands.stream()
                .filter(command -> command.name.equals(wanted))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no command is called '" + wanted + "'"));
    }

    /** Its own options: those that every command has are said once. */
    List<Option> optionsBeside(Command above) {
        return options.stream()
                .filter(option -> !above.options.contains(option))
                .toList();
    }

    /** The names and labels that cannot stand beside these. */
    List<String> excludedBy(List<String> names) {
        return rivals.stream()
                .filter(group -> names.stream().anyMatch(group::contains))
                .flatMap(Set::stream)
                .filter(name -> !names.contains(name))
                .sorted()
                .toList();
    }
}
