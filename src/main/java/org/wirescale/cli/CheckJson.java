package org.wirescale.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import org.wirescale.config.FileCheck;
import org.wirescale.config.Warning;
import org.wirescale.model.WirescaleException;
import org.wirescale.protocol.HostileText;

/** What {@code wirescale check --json} prints, on one line. The names stay; what there is none of is null. */
final class CheckJson {
    /** A terminal that the answer is shown on obeys some characters beyond ASCII too. */
    private static final JsonFactory FACTORY =
            JsonFactory.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    private final JsonGenerator json;

    private CheckJson(JsonGenerator json) {
        this.json = json;
    }

    static String text(List<FileCheck> checks) {
        StringWriter text = new StringWriter();
        try (JsonGenerator generator = FACTORY.createGenerator(text)) {
            CheckJson writer = new CheckJson(generator);
            generator.writeStartArray();
            for (FileCheck check : checks) {
                writer.write(check);
            }
            generator.writeEndArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    private void write(FileCheck check) throws IOException {
        json.writeStartObject();
        json.writeStringField("file", check.path().toString());
        json.writeBooleanField("ok", check.errors().isEmpty());
        json.writeArrayFieldStart("errors");
        for (WirescaleException error : check.errors()) {
            json.writeStartObject();
            json.writeStringField("reason", error.reason().name().toLowerCase(Locale.ROOT));
            String line = error.detail("line");
            if (line.isEmpty()) {
                json.writeNullField("line");
            } else {
                json.writeNumberField("line", Integer.parseInt(line));
            }
            text("section", error.detail("section"));
            text("key", error.detail("key"));
            json.writeStringField("message", HostileText.clean(error.getMessage()));
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("warnings");
        for (Warning warning : check.warnings()) {
            json.writeStartObject();
            if (warning.line().isPresent()) {
                json.writeNumberField("line", warning.line().getAsInt());
            } else {
                json.writeNullField("line");
            }
            text("key", warning.key().orElse(""));
            json.writeStringField("message", HostileText.clean(warning.toString()));
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private void text(String name, String value) throws IOException {
        if (value.isEmpty()) {
            json.writeNullField(name);
        } else {
            json.writeStringField(name, HostileText.clean(value));
        }
    }
}
