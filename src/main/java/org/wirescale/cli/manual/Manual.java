package org.wirescale.cli.manual;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.wirescale.cli.Wirescale;
import org.wirescale.model.Version;

/**
 * Fills what is between two {@code @} in the files of {@code packaging/share}, with what the commands and the keys of a peer's file
 * say of themselves.
 */
public final class Manual {
    private static final Pattern BLANK = Pattern.compile("@(?<what>[a-z]+(?:-[a-z]+)*)(?: (?<of>[A-Za-z-]+))?@");

    private final Command root;
    private final String date;

    /**
     * @param date of the pages, such as 2026-01-01
     */
    Manual(Command root, String date) {
        this.root = root;
        this.date = date;
    }

    /**
     * @param args a folder with files to fill, one to put them into, and the time of the build, such as 2026-01-01T00:00:00Z
     */
    public static void main(String[] args) throws IOException {
        Manual manual = new Manual(Command.of(Wirescale.model()), args[2].substring(0, 10));
        Path from = Path.of(args[0]);
        List<Path> files;
        try (Stream<Path> found = Files.walk(from)) {
            files = found.filter(Files::isRegularFile).toList();
        }
        for (Path file : files) {
            Path to = Path.of(args[1]).resolve(from.relativize(file));
            Files.createDirectories(Optional.ofNullable(to.getParent()).orElseThrow());
            Files.writeString(to, manual.fill(Files.readString(file)));
        }
    }

    /**
     * @throws IllegalArgumentException where nobody knows what belongs somewhere
     */
    String fill(String text) {
        return BLANK.matcher(text)
                .replaceAll(found -> Matcher.quoteReplacement(part(
                        found.group("what"),
                        Optional.ofNullable(found.group("of")).orElse(""))));
    }

    private String part(String what, String of) {
        return switch (what) {
            case "date" -> date;
            case "version" -> Version.text();
            case "commands" -> Pages.commands(root);
            case "synopsis" -> Pages.synopsis(root, of);
            case "options" -> Pages.options(root, of);
            case "common-options" -> Pages.commonOptions(root);
            case "exit-codes" -> Pages.exitCodes(root);
            case "keys" -> Pages.keys(of);
            case "bash-commands" -> BashCompletion.commands(root);
            case "bash-values" -> BashCompletion.values(root);
            case "zsh-commands" -> ZshCompletion.commands(root);
            case "zsh-options" -> ZshCompletion.options(root);
            case "zsh-cases" -> ZshCompletion.cases(root);
            case "fish-lines" -> FishCompletion.lines(root);
            default -> throw new IllegalArgumentException("nobody knows what '@" + what + "@' is");
        };
    }
}
