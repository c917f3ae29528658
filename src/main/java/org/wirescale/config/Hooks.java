package org.wirescale.config;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.wirescale.model.InterfaceName;

/** The user's commands for bash, verbatim and in the file's order. */
public record Hooks(List<String> preUp, List<String> postUp, List<String> preDown, List<String> postDown) {
    public static final Hooks NONE = new Hooks(List.of(), List.of(), List.of(), List.of());

    private static final Pattern PLACEHOLDER = Pattern.compile("%[is]");

    public Hooks {
        preUp = List.copyOf(preUp);
        postUp = List.copyOf(postUp);
        preDown = List.copyOf(preDown);
        postDown = List.copyOf(postDown);
    }

    public boolean isEmpty() {
        return preUp.isEmpty() && postUp.isEmpty() && preDown.isEmpty() && postDown.isEmpty();
    }

    /**
     * The commands with every {@code %i} as the interface's name and every {@code %s} as the suffix number. In one pass, so that
     * what was put in is not read again.
     *
     * @param suffixNumber 0 when there is none
     */
    public Hooks expand(InterfaceName name, int suffixNumber) {
        return new Hooks(
                expand(preUp, name, suffixNumber),
                expand(postUp, name, suffixNumber),
                expand(preDown, name, suffixNumber),
                expand(postDown, name, suffixNumber));
    }

    private static List<String> expand(List<String> commands, InterfaceName name, int suffixNumber) {
        return commands.stream()
                .map(command -> PLACEHOLDER
                        .matcher(command)
                        .replaceAll(found -> Matcher.quoteReplacement(
                                found.group().equals("%i") ? name.text() : Integer.toString(suffixNumber))))
                .toList();
    }
}
