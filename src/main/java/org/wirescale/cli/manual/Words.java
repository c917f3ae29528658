package org.wirescale.cli.manual;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import picocli.CommandLine.Model.ArgSpec;

/**
 * What can stand where an argument or the value of an option is typed; neither words nor a source where that is anybody's guess.
 *
 * @param fixed the same at any time
 * @param source where the others come from
 */
record Words(List<String> fixed, Optional<Source> source) {
    /** What is looked up while somebody types. Each completion has a function of this name. */
    enum Source {
        PEERS,
        INTERFACES,
        FILES
    }

    static final Words NONE = new Words(List.of(), Optional.empty());

    /** By the label that help shows, behind the command's name where it means something else there. */
    private static final Map<String, Source> SOURCES =
            Map.of("PEER", Source.PEERS, "check PEER", Source.FILES, "INTERFACE", Source.INTERFACES);

    /** Small letters in a label are words to be typed as they are. */
    private static final Pattern FIXED = Pattern.compile("[a-z0-9-]+(\\|[a-z0-9-]+)*");

    Words {
        fixed = List.copyOf(fixed);
    }

    static Words of(String command, ArgSpec argument) {
        String label = argument.paramLabel();
        if (FIXED.matcher(label).matches()) {
            return new Words(List.of(label.split("\\|")), Optional.empty());
        }
        Source source = SOURCES.getOrDefault(command + " " + label, SOURCES.get(label));
        if (source != null) {
            return new Words(List.of(), Optional.of(source));
        }
        if (argument.completionCandidates() != null) {
            return new Words(
                    StreamSupport.stream(argument.completionCandidates().spliterator(), false)
                            .toList(),
                    Optional.empty());
        }
        return NONE;
    }
}
