package org.wirescale.protocol;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.wirescale.model.WirescaleException;

/** Writes one flat object, with {@code code} and {@code error_code} first. An absent value is written as null. */
final class JsonText {
    private final StringWriter text = new StringWriter();
    private final JsonGenerator generator;

    private JsonText() {
        try {
            generator = JsonObject.FACTORY.createGenerator(text);
            generator.writeStartObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private JsonText(String key, String word) {
        this();
        try {
            boolean isError = key.equals("error_code");
            if (isError) {
                generator.writeNullField("code");
            }
            generator.writeStringField(key, word);
            if (!isError) {
                generator.writeNullField("error_code");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Without the two codes, for what is no message by itself. */
    static JsonText ofObject() {
        return new JsonText();
    }

    static JsonText ofCode(String code) {
        return new JsonText("code", code);
    }

    static JsonText ofError(String errorCode) {
        return new JsonText("error_code", errorCode);
    }

    JsonText text(String key, Object value) {
        return write(key, () -> generator.writeString(value.toString()));
    }

    JsonText text(String key, Optional<?> value) {
        return value.isPresent() ? text(key, value.get()) : write(key, generator::writeNull);
    }

    JsonText number(String key, long value) {
        return write(key, () -> generator.writeNumber(value));
    }

    JsonText number(String key, OptionalInt value) {
        return value.isPresent() ? number(key, value.getAsInt()) : write(key, generator::writeNull);
    }

    JsonText truth(String key, boolean value) {
        return write(key, () -> generator.writeBoolean(value));
    }

    /** For a key that 1.0.3 does not have: without it, false is meant. */
    JsonText truthWhenTrue(String key, boolean value) {
        return value ? truth(key, true) : this;
    }

    JsonText truth(String key, Optional<Boolean> value) {
        return value.isPresent() ? truth(key, value.get()) : write(key, generator::writeNull);
    }

    JsonText texts(String key, List<?> values) {
        return write(key, () -> {
            generator.writeStartArray();
            for (Object value : values) {
                generator.writeString(value.toString());
            }
            generator.writeEndArray();
        });
    }

    /** The key {@code features}, left out where there are none: its presence tells a daemon of ours from 1.0.3. */
    JsonText features(Set<String> features) {
        return features.isEmpty()
                ? this
                : texts("features", features.stream().sorted().toList());
    }

    /**
     * @throws WirescaleException with TOO_LONG
     */
    String end() {
        try {
            generator.writeEndObject();
            generator.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        String json = text.toString();
        if (JsonObject.isTooLong(json)) {
            throw WirescaleException.of(ProtocolReason.TOO_LONG, "limit", PeerLimits.MESSAGE_BYTES);
        }
        return json;
    }

    private interface Step {
        void run() throws IOException;
    }

    private JsonText write(String key, Step value) {
        try {
            generator.writeFieldName(key);
            value.run();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
