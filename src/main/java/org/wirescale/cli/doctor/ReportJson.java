package org.wirescale.cli.doctor;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Optional;
import org.wirescale.model.Version;

/** For programs, on one line. The names stay; a fix that there is none of is null. */
final class ReportJson {
    /** A terminal that the answer is shown on obeys some characters beyond ASCII too. */
    private static final JsonFactory FACTORY =
            JsonFactory.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    private ReportJson() {}

    static String text(Report report) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = FACTORY.createGenerator(text)) {
            json.writeStartObject();
            json.writeStringField("version", Version.text());
            json.writeArrayFieldStart("checks");
            for (Finding finding : report.findings()) {
                write(json, finding);
            }
            json.writeEndArray();
            for (State state : State.values()) {
                json.writeNumberField(state.word(), report.count(state));
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    private static void write(JsonGenerator json, Finding finding) throws IOException {
        json.writeStartObject();
        json.writeStringField("id", finding.subject().id());
        json.writeStringField("state", finding.state().word());
        json.writeStringField("found", finding.verdict().found());
        Optional<String> fix = finding.verdict().fix();
        if (fix.isPresent()) {
            json.writeStringField("fix", fix.get());
        } else {
            json.writeNullField("fix");
        }
        json.writeEndObject();
    }
}
