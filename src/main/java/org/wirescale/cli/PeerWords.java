package org.wirescale.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.wirescale.config.PeerFileName;
import org.wirescale.config.PeerFiles;

/**
 * {@code wirescale complete-peers}: what the shells' completions ask for while a PEER is being typed. No command of picocli's: it is
 * for no person, and the parser takes as long to load as the answer.
 */
final class PeerWords {
    static final String COMMAND = "complete-peers";

    /** Somebody waits for it with a finger on the key. */
    private static final Duration PATIENCE = Duration.ofMillis(800);

    private PeerWords() {}

    /**
     * A line for each peer, those with a file first: its name, a tab, and what there is to say of it. None where nothing can be learnt:
     * who types has no use for an error.
     */
    static void print(PrintWriter out, Surroundings surroundings) {
        Set<String> files = orNone(() -> new PeerFiles(surroundings.folders().configuration()).names()).stream()
                .map(PeerFileName::text)
                .collect(Collectors.toSet());
        orNone(() -> surroundings.peers().known(PATIENCE)).stream()
                .sorted(Comparator.comparing((Peers.Known peer) -> !files.contains(peer.name()))
                        .thenComparing(Peers.Known::name))
                .map(peer -> peer.name() + "\t" + (files.contains(peer.name()) ? "with a file" : "without a file")
                        + (peer.online() ? "" : ", offline"))
                .forEach(out::println);
    }

    private static <T> List<T> orNone(Supplier<List<T>> source) {
        try {
            return source.get();
        } catch (RuntimeException e) {
            return List.of();
        }
    }
}
