package org.wirescale.cli.manual;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.INegatableOptionTransformer;
import picocli.CommandLine.Model.OptionSpec;

/**
 * An option of a command.
 *
 * @param names short ones first, each with its dashes
 * @param negations the names that switch it off
 * @param shown its names as help shows them, {@code --[no-]suffix} for both
 * @param value empty where it takes none
 * @param ends whether it does its work alone and the rest of the line counts for nothing, as {@code --help}
 */
record Option(
        List<String> names,
        List<String> negations,
        List<String> shown,
        Optional<Value> value,
        String text,
        boolean ends) {
    /**
     * @param needed whether it cannot be left out
     */
    record Value(String label, boolean needed, Words words) {}

    Option {
        names = List.copyOf(names);
        negations = List.copyOf(negations);
        shown = List.copyOf(shown);
    }

    static Option of(String command, OptionSpec option) {
        INegatableOptionTransformer transformer = option.command().negatableOptionTransformer();
        List<String> names = Arrays.stream(option.names())
                .sorted((one, other) -> Integer.compare(one.length(), other.length()))
                .toList();
        List<String> negations = new ArrayList<>();
        List<String> shown = new ArrayList<>();
        for (String name : names) {
            if (option.negatable()) {
                negations.add(transformer.makeNegative(name, option.command()));
            }
            shown.add(option.negatable() ? transformer.makeSynopsis(name, option.command()) : name);
        }
        Optional<Value> value = option.arity().max() == 0
                ? Optional.empty()
                : Optional.of(new Value(option.paramLabel(), option.arity().min() > 0, Words.of(command, option)));
        return new Option(
                names,
                negations,
                shown,
                value,
                Texts.of(option.description()),
                option.usageHelp() || option.versionHelp());
    }

    String longestName() {
        return names.getLast();
    }

    /** All that can be typed for it. */
    List<String> allNames() {
        List<String> all = new ArrayList<>(names);
        all.addAll(negations);
        return all;
    }
}
