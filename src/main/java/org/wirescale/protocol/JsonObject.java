package org.wirescale.protocol;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import org.wirescale.model.WirescaleException;

/**
 * One received object whose values are text, whole numbers, booleans, null or lists of text; anything else is kept as "other" and
 * fails only when it is asked for. Read from jackson's events: a command that decodes two lines need not load data binding.
 */
final class JsonObject {
    private static final int MAX_NESTING = 16;
    private static final int MAX_LIST = 256;

    /** Names are neither interned nor kept: they come from strangers. */
    static final JsonFactory FACTORY = JsonFactory.builder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_NESTING)
                    .maxNumberLength(32)
                    .maxNameLength(1024)
                    .maxStringLength(PeerLimits.MESSAGE_BYTES)
                    .maxDocumentLength(PeerLimits.MESSAGE_BYTES)
                    .build())
            .build();

    private sealed interface Value {
        record Text(String text) implements Value {}

        record Whole(long number) implements Value {}

        record Truth(boolean truth) implements Value {}

        record Texts(List<String> texts) implements Value {}

        record Nothing() implements Value {}

        record Other() implements Value {}
    }

    private final Map<String, Value> values;
    private final Set<String> read = new HashSet<>();
    private String code = "";

    private JsonObject(Map<String, Value> values) {
        this.values = values;
    }

    /**
     * @throws WirescaleException with NOT_AN_OBJECT, TOO_LONG or DUPLICATE_KEY
     */
    static JsonObject parse(String json) {
        if (isTooLong(json)) {
            throw WirescaleException.of(ProtocolReason.TOO_LONG, "limit", PeerLimits.MESSAGE_BYTES);
        }
        try (JsonParser parser = FACTORY.createParser(json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw WirescaleException.of(ProtocolReason.NOT_AN_OBJECT);
            }
            Map<String, Value> values = new LinkedHashMap<>();
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String key = parser.currentName();
                parser.nextToken();
                if (values.put(key, value(parser)) != null) {
                    throw WirescaleException.of(ProtocolReason.DUPLICATE_KEY, "key", HostileText.clean(key, 64));
                }
            }
            if (parser.nextToken() != null) {
                throw WirescaleException.of(ProtocolReason.NOT_AN_OBJECT);
            }
            return new JsonObject(values);
        } catch (IOException e) {
            throw WirescaleException.causedBy(e, ProtocolReason.NOT_AN_OBJECT);
        }
    }

    static boolean isTooLong(String text) {
        return text.length() > PeerLimits.MESSAGE_BYTES
                || text.getBytes(StandardCharsets.UTF_8).length > PeerLimits.MESSAGE_BYTES;
    }

    private static Value value(JsonParser parser) throws IOException {
        JsonToken token = parser.currentToken();
        if (token == JsonToken.VALUE_STRING) {
            return new Value.Text(parser.getText());
        }
        if (token == JsonToken.VALUE_NUMBER_INT) {
            return parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
                    ? new Value.Other()
                    : new Value.Whole(parser.getLongValue());
        }
        if (token == JsonToken.VALUE_TRUE || token == JsonToken.VALUE_FALSE) {
            return new Value.Truth(token == JsonToken.VALUE_TRUE);
        }
        if (token == JsonToken.VALUE_NULL) {
            return new Value.Nothing();
        }
        if (token == JsonToken.START_ARRAY) {
            return list(parser);
        }
        parser.skipChildren();
        return new Value.Other();
    }

    private static Value list(JsonParser parser) throws IOException {
        List<String> texts = new ArrayList<>();
        boolean plain = true;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            plain &= parser.currentToken() == JsonToken.VALUE_STRING && texts.size() < MAX_LIST;
            if (plain) {
                texts.add(parser.getText());
            }
            parser.skipChildren();
        }
        return plain ? new Value.Texts(texts) : new Value.Other();
    }

    /** Names the message in the failures from here on. */
    void isCalled(String theCode) {
        code = HostileText.clean(theCode, 64);
    }

    String text(String key) {
        return optionalText(key).orElseThrow(() -> missing(key));
    }

    Optional<String> optionalText(String key) {
        return switch (take(key)) {
            case Value.Text(String text) -> Optional.of(text);
            case Value.Nothing() -> Optional.empty();
            case Value.Whole _, Value.Truth _, Value.Texts _, Value.Other _ -> throw illTyped(key, "a text");
        };
    }

    /** A value that is written as text, such as a key or an address. */
    <T> T parsed(String key, Function<String, T> parse) {
        return optionalParsed(key, parse).orElseThrow(() -> missing(key));
    }

    <T> Optional<T> optionalParsed(String key, Function<String, T> parse) {
        return optionalText(key).map(text -> checked(key, () -> parse.apply(text)));
    }

    int number(String key) {
        return optionalNumber(key).orElseThrow(() -> missing(key));
    }

    OptionalInt optionalNumber(String key) {
        return switch (take(key)) {
            case Value.Whole(long number) when number == (int) number -> OptionalInt.of((int) number);
            case Value.Nothing() -> OptionalInt.empty();
            case Value.Whole _, Value.Text _, Value.Truth _, Value.Texts _, Value.Other _ ->
                throw illTyped(key, "a whole number");
        };
    }

    long longNumber(String key) {
        return switch (take(key)) {
            case Value.Whole(long number) -> number;
            case Value.Nothing() -> throw missing(key);
            case Value.Text _, Value.Truth _, Value.Texts _, Value.Other _ -> throw illTyped(key, "a whole number");
        };
    }

    <T> T ofNumber(String key, Function<Integer, T> make) {
        int number = number(key);
        return checked(key, () -> make.apply(number));
    }

    boolean truth(String key) {
        return optionalTruth(key).orElseThrow(() -> missing(key));
    }

    Optional<Boolean> optionalTruth(String key) {
        return switch (take(key)) {
            case Value.Truth(boolean truth) -> Optional.of(truth);
            case Value.Nothing() -> Optional.empty();
            case Value.Text _, Value.Whole _, Value.Texts _, Value.Other _ -> throw illTyped(key, "true or false");
        };
    }

    /** Refuses a list of more than {@code limit} texts. */
    List<String> texts(String key, int limit) {
        return optionalTexts(key, limit).orElseThrow(() -> missing(key));
    }

    Optional<List<String>> optionalTexts(String key, int limit) {
        String expected = "a list of at most " + limit + " texts";
        return switch (take(key)) {
            case Value.Texts(List<String> texts) -> {
                if (texts.size() > limit) {
                    throw illTyped(key, expected);
                }
                yield Optional.of(texts);
            }
            case Value.Nothing() -> Optional.empty();
            case Value.Text _, Value.Whole _, Value.Truth _, Value.Other _ -> throw illTyped(key, expected);
        };
    }

    /** Runs the check of a value, and names the key where it fails. */
    <T> T checked(String key, java.util.function.Supplier<T> make) {
        try {
            return make.get();
        } catch (WirescaleException e) {
            throw WirescaleException.causedBy(
                    e,
                    ProtocolReason.BAD_VALUE,
                    "code",
                    code,
                    "key",
                    key,
                    "problem",
                    HostileText.clean(e.getMessage(), 300));
        }
    }

    WirescaleException missing(String key) {
        return WirescaleException.of(ProtocolReason.MISSING_KEY, "code", code, "key", key);
    }

    WirescaleException illTyped(String key, String expected) {
        return WirescaleException.of(ProtocolReason.ILL_TYPED_KEY, "code", code, "key", key, "expected", expected);
    }

    /** Refuses a key that nobody asked for. */
    void nothingElse() {
        for (String key : values.keySet()) {
            if (!read.contains(key)) {
                throw WirescaleException.of(
                        ProtocolReason.UNKNOWN_KEY, "code", code, "key", HostileText.clean(key, 64));
            }
        }
    }

    private Value take(String key) {
        read.add(key);
        return values.getOrDefault(key, new Value.Nothing());
    }
}
