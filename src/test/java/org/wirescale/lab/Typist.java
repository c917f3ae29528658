package org.wirescale.lab;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Who types into an interactive shell of a host, on a terminal of its own (zsh's zpty), with the completion that the host has. */
final class Typist {
    /** Starts a shell; for each two further arguments types the first once the shell is ready, and shows all that comes until the second. */
    private static final String ZPTY = """
            zmodload zsh/zpty
            zpty shell "$1"
            shift
            while (($#)); do
              zpty -r shell prompt '*READY>*'
              zpty -w -n shell "$1"
              zpty -r shell after "*$~2*"
              print -r -- "$after"
              shift 2
            done
            """;

    /** What a host needs for it, and for the manual pages beside, so that one layer serves both. */
    static final String PACKAGES = "zsh,fish,man-db,mandoc";

    private static final String TAB = "\t";
    /** To the front of the line, where the words of it become what is printed; and back. Its echo is not its output. */
    private static final String PRINT = "\u0001printf '<%s>' \u0005; echo DO''NE\n";

    private static final Pattern PRINTED = Pattern.compile("<([^\n]*)>DONE");

    /** Kinds of interactive shells, as a user would have them. */
    enum Shell {
        BASH("bash --rcfile /root/typist/bashrc -i"),
        ZSH("env ZDOTDIR=/root/typist zsh -i");

        private final String command;

        Shell(String command) {
            this.command = command;
        }
    }

    private final Host host;

    Typist(Host host) {
        this.host = host;
        host.write("/root/typist/type.zsh", ZPTY);
        host.write("/root/typist/bashrc", ". /usr/share/bash-completion/bash_completion; PS1='READY> '\n");
        host.write("/root/typist/.zshrc", "autoload -Uz compinit; compinit -D; PS1='READY> '\n");
    }

    /** The words of each line after the key for completion, as the shell itself takes them; a blank between two. */
    List<String> completed(Shell shell, List<String> lines) {
        String screen = typed(
                shell,
                lines.stream()
                        .flatMap(line -> Stream.of(line + TAB + PRINT, "DONE"))
                        .toList());
        return PRINTED.matcher(screen)
                .results()
                .map(MatchResult::group)
                .map(words ->
                        words.substring(1, words.length() - ">DONE".length()).replace("><", " "))
                .toList();
    }

    /**
     * What is listed behind the line.
     *
     * @param until what stands in it, one behind the other
     */
    String listed(Shell shell, String line, String... until) {
        return typed(shell, List.of(line + TAB + TAB, String.join("*", until)));
    }

    private String typed(Shell shell, List<String> keys) {
        List<String> command = new ArrayList<>(
                List.of("timeout", "40", "env", "TERM=xterm", "zsh", "-f", "/root/typist/type.zsh", shell.command));
        command.addAll(keys);
        return host.exec(command.toArray(String[]::new)).expect(0).text();
    }
}
