package org.wirescale.cli.status;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import org.wirescale.os.Systemd.ActiveState;
import org.wirescale.tunnel.LinkSettings;
import org.wirescale.tunnel.PastRecoveries;
import org.wirescale.tunnel.TunnelSummary;

/** For programs: a list with an object a tunnel, on one line. The names stay; what is not known is null. */
final class StatusJson {
    /** A terminal that the answer is shown on obeys some characters beyond ASCII too. */
    private static final JsonFactory FACTORY =
            JsonFactory.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    private final JsonGenerator json;

    private StatusJson(JsonGenerator json) {
        this.json = json;
    }

    static String text(Snapshot snapshot) {
        StringWriter text = new StringWriter();
        try (JsonGenerator generator = FACTORY.createGenerator(text)) {
            StatusJson writer = new StatusJson(generator);
            generator.writeStartArray();
            for (TunnelStatus tunnel : snapshot.tunnels()) {
                writer.write(tunnel);
            }
            generator.writeEndArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    private void write(TunnelStatus tunnel) throws IOException {
        json.writeStartObject();
        json.writeStringField("interface", tunnel.iface().text());
        text("peer", tunnel.peerName());
        text("node", tunnel.state().map(TunnelSummary::node));
        text("state", tunnel.condition().map(Condition::word));
        text("endpoint", tunnel.endpoint());
        Optional<LinkSettings> link = tunnel.state().flatMap(TunnelSummary::link);
        number("listen_port", link.map(found -> (long) found.listenPort().number()));
        time("latest_handshake", tunnel.latestHandshake());
        number("received_bytes", tunnel.traffic().map(Traffic::received));
        number("sent_bytes", tunnel.traffic().map(Traffic::sent));
        json.writeBooleanField("exit_node", tunnel.exitNode());
        text("way", tunnel.way());
        text("role", tunnel.role());
        text("session", tunnel.state().map(TunnelSummary::session));
        text("remote_interface", tunnel.state().flatMap(TunnelSummary::remoteInterface));
        text("watcher", tunnel.watcher().map(ActiveState::word));
        recoveries(tunnel.state().map(TunnelSummary::recoveries));
        json.writeEndObject();
    }

    private void recoveries(Optional<PastRecoveries> known) throws IOException {
        json.writeFieldName("recoveries");
        if (known.isEmpty()) {
            json.writeNull();
            return;
        }
        PastRecoveries past = known.get();
        json.writeStartObject();
        json.writeNumberField("worked", past.worked());
        json.writeNumberField("put_back", past.putBack());
        time("last", past.isEmpty() ? OptionalLong.empty() : OptionalLong.of(past.last()));
        json.writeFieldName("last_worked");
        if (past.isEmpty()) {
            json.writeNull();
        } else {
            json.writeBoolean(past.lastWorked());
        }
        json.writeEndObject();
    }

    private void text(String name, Optional<?> value) throws IOException {
        json.writeFieldName(name);
        if (value.isPresent()) {
            json.writeString(value.get().toString());
        } else {
            json.writeNull();
        }
    }

    private void number(String name, Optional<Long> value) throws IOException {
        json.writeFieldName(name);
        if (value.isPresent()) {
            json.writeNumber(value.get());
        } else {
            json.writeNull();
        }
    }

    /** ISO 8601 in UTC: {@code 2026-01-31T12:00:00Z}. */
    private void time(String name, OptionalLong epochSeconds) throws IOException {
        text(
                name,
                epochSeconds.isPresent()
                        ? Optional.of(Instant.ofEpochSecond(epochSeconds.getAsLong()))
                        : Optional.empty());
    }
}
