package org.wirescale.tunnel;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.wirescale.model.WirescaleException;

/**
 * Reads a JSON object by name and type; {@link #end} refuses what nobody asked for. State files are as hostile as messages.
 * Every failure is a {@link WirescaleException} with {@link TunnelReason#VALUE}, or the one of the value's own type.
 */
public final class StrictJson {
    private final ObjectNode node;
    private final Set<String> read = new HashSet<>();

    private StrictJson(ObjectNode node) {
        this.node = node;
    }

    /**
     * @param what names the object in a failure
     */
    public static StrictJson object(JsonNode node, String what) {
        if (node instanceof ObjectNode object) {
            return new StrictJson(object);
        }
        throw wrong(what, node.toString());
    }

    public String text(String name) {
        JsonNode value = required(name);
        if (!value.isTextual()) {
            throw wrong(name, value.toString());
        }
        return value.textValue();
    }

    public <T> T value(String name, Function<String, T> parse) {
        return parse.apply(text(name));
    }

    public <T> Optional<T> optional(String name, Function<String, T> parse) {
        return has(name) ? Optional.of(value(name, parse)) : Optional.empty();
    }

    public int integer(String name) {
        JsonNode value = required(name);
        if (!value.canConvertToInt() || !value.isIntegralNumber()) {
            throw wrong(name, value.toString());
        }
        return value.intValue();
    }

    public long number(String name) {
        JsonNode value = required(name);
        if (!value.canConvertToLong() || !value.isIntegralNumber()) {
            throw wrong(name, value.toString());
        }
        return value.longValue();
    }

    public boolean flag(String name) {
        JsonNode value = required(name);
        if (!value.isBoolean()) {
            throw wrong(name, value.toString());
        }
        return value.booleanValue();
    }

    /** A constant of an enum by its name in lower case. */
    public <E extends Enum<E>> E word(String name, Class<E> type) {
        String text = text(name);
        for (E constant : type.getEnumConstants()) {
            if (constant.name().toLowerCase(Locale.ROOT).equals(text)) {
                return constant;
            }
        }
        throw wrong(name, text);
    }

    public StrictJson object(String name) {
        return object(required(name), name);
    }

    public <T> List<T> values(String name, Function<String, T> parse) {
        List<T> values = new ArrayList<>();
        for (JsonNode item : array(name)) {
            if (!item.isTextual()) {
                throw wrong(name, item.toString());
            }
            values.add(parse.apply(item.textValue()));
        }
        return List.copyOf(values);
    }

    public <T> List<T> objects(String name, Function<StrictJson, T> parse) {
        List<T> values = new ArrayList<>();
        for (JsonNode item : array(name)) {
            values.add(parse.apply(object(item, name)));
        }
        return List.copyOf(values);
    }

    public boolean has(String name) {
        return node.has(name);
    }

    /** To be called when everything known was read. */
    public void end() {
        node.fieldNames().forEachRemaining(name -> {
            if (!read.contains(name)) {
                throw wrong("key", name);
            }
        });
    }

    private ArrayNode array(String name) {
        if (required(name) instanceof ArrayNode array) {
            return array;
        }
        throw wrong(name, node.get(name).toString());
    }

    private JsonNode required(String name) {
        read.add(name);
        JsonNode value = node.get(name);
        if (value == null) {
            throw wrong(name, "");
        }
        return value;
    }

    private static WirescaleException wrong(String what, String text) {
        return WirescaleException.of(
                TunnelReason.VALUE, "what", what, "text", text.length() <= 80 ? text : text.substring(0, 80) + "…");
    }
}
