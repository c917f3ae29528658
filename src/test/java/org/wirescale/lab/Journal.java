package org.wirescale.lab;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;

/** A host's journal from the moment at which this was made. */
final class Journal {
    /** @param uid the field WIRESCALE_UID, empty where there is none */
    record Entry(String unit, String uid, String message) {}

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Host host;
    private final String cursor;

    Journal(Host host) {
        this.host = host;
        this.cursor = host.sh("journalctl -q -n 1 --show-cursor | sed -n 's/^-- cursor: //p'");
    }

    /** What the daemon and its units wrote since then. */
    List<Entry> entries() {
        return host
                .exec(
                        "journalctl",
                        "-q",
                        "-o",
                        "json",
                        "--after-cursor=" + cursor,
                        "--output-fields=MESSAGE,WIRESCALE_UID,_SYSTEMD_UNIT")
                .expect(0)
                .lines()
                .stream()
                .map(Journal::parse)
                .toList();
    }

    /** The daemon's lines. */
    List<String> daemonLines() {
        return entries().stream()
                .filter(entry -> entry.unit().equals("wirescaled.service"))
                .map(Entry::message)
                .toList();
    }

    /**
     * The steps of {@link org.wirescale.os.Trace}, in their order, of whatever ran with WIRESCALE_DEBUG=1: the daemon, its clean-up,
     * a command.
     */
    List<String> steps() {
        return entries().stream()
                .map(entry -> entry.message().replaceFirst(".*\\bstep ([a-z0-9_.-]+)$", "step $1"))
                .filter(line -> line.startsWith("step "))
                .map(line -> line.substring("step ".length()))
                .toList();
    }

    /** Lines by their field WIRESCALE_UID, as {@code journalctl WIRESCALE_UID=defe22} shows them. */
    List<String> session(String uid) {
        return entries().stream()
                .filter(entry -> entry.uid().equals(uid))
                .map(Entry::message)
                .toList();
    }

    private static Entry parse(String line) {
        try {
            JsonNode node = JSON.readTree(line);
            return new Entry(text(node, "_SYSTEMD_UNIT"), text(node, "WIRESCALE_UID"), text(node, "MESSAGE"));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(JsonNode node, String field) {
        return Optional.ofNullable(node.get(field)).map(JsonNode::asText).orElse("");
    }
}
