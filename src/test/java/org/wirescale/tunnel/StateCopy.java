package org.wirescale.tunnel;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Function;

/** What comes back when a change is written to a state file and read from it. */
final class StateCopy {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private StateCopy() {}

    static Change of(Change change, Function<StrictJson, Change> reader) {
        ObjectNode json = MAPPER.createObjectNode();
        change.write(json);
        try {
            JsonNode read = MAPPER.readTree(MAPPER.writeValueAsString(json));
            StrictJson strict = StrictJson.object(read, "change");
            Change copy = reader.apply(strict);
            strict.end();
            return copy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
