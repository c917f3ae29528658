package org.wirescale.tunnel;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.wirescale.model.Endpoint;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.Port;
import org.wirescale.model.PublicKey;
import org.wirescale.model.WirescaleException;

/**
 * Reads the summary of a state file from jackson's events: with {@link StateJson}, which reads all of it through a tree, a command
 * that shows five tunnels would take half as long again. Refuses what it reads of and has the wrong form, and passes over the rest.
 */
final class SummaryJson {
    private static final int MAX_NESTING = 16;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(MAX_NESTING).build())
            .build();

    private final Map<String, Object> values;

    private SummaryJson(Map<String, Object> values) {
        this.values = values;
    }

    /**
     * @param bootId of this boot
     * @throws WirescaleException naming what is wrong
     */
    static TunnelSummary parse(String text, String bootId) {
        try (JsonParser parser = FACTORY.createParser(text)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw wrong("state", "no object");
            }
            SummaryJson json = object(parser);
            if (parser.nextToken() != null) {
                throw wrong("state", "more than an object");
            }
            return json.summary(bootId);
        } catch (IOException e) {
            throw WirescaleException.causedBy(e, TunnelReason.VALUE, "what", "state", "text", "not JSON");
        }
    }

    /** Lists stay out: nothing in them is shown. */
    private static SummaryJson object(JsonParser parser) throws IOException {
        Map<String, Object> values = new HashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            JsonToken token = parser.nextToken();
            if (token == JsonToken.START_OBJECT) {
                values.put(key, object(parser));
            } else if (token == JsonToken.VALUE_STRING) {
                values.put(key, parser.getText());
            } else if (token == JsonToken.VALUE_NUMBER_INT
                    && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER) {
                values.put(key, parser.getLongValue());
            } else if (token == JsonToken.VALUE_TRUE || token == JsonToken.VALUE_FALSE) {
                values.put(key, token == JsonToken.VALUE_TRUE);
            } else {
                parser.skipChildren();
            }
        }
        return new SummaryJson(values);
    }

    private TunnelSummary summary(String bootId) {
        if (number("version") != StateJson.VERSION) {
            throw WirescaleException.of(TunnelReason.STATE_OTHER_VERSION, "version", number("version"));
        }
        if (!text("boot").equals(bootId)) {
            throw WirescaleException.of(TunnelReason.STATE_OTHER_BOOT);
        }
        SummaryJson json = get("peer", SummaryJson.class);
        PeerNode peer = new PeerNode(json.text("node"), json.text("name"), List.of());
        return new TunnelSummary(
                word("phase", Phase.values()),
                InterfaceName.parse(text("interface")),
                peer.stableId(),
                peer.name(),
                PublicKey.parse(text("public_key")),
                PublicKey.parse(text("peer_key")),
                get("initiator", Boolean.class),
                optionalText("remote_interface").map(InterfaceName::parse),
                text("session"),
                has("way") ? Optional.of(word("way", Way.values())) : Optional.empty(),
                has("link") ? Optional.of(get("link", SummaryJson.class).link()) : Optional.empty(),
                number("last_handshake"),
                has("recoveries") ? get("recoveries", SummaryJson.class).recoveries() : PastRecoveries.NONE);
    }

    private LinkSettings link() {
        return new LinkSettings(
                new Port(integer("port")),
                optionalText("endpoint").map(Endpoint::parse),
                optionalText("remote_port").map(Port::parse));
    }

    private PastRecoveries recoveries() {
        return new PastRecoveries(
                integer("worked"), integer("put_back"), number("last"), get("last_worked", Boolean.class));
    }

    private boolean has(String name) {
        return values.containsKey(name);
    }

    private String text(String name) {
        return get(name, String.class);
    }

    private Optional<String> optionalText(String name) {
        return has(name) ? Optional.of(text(name)) : Optional.empty();
    }

    private long number(String name) {
        return get(name, Long.class);
    }

    private int integer(String name) {
        long number = number(name);
        if (number != (int) number) {
            throw wrong(name, Long.toString(number));
        }
        return (int) number;
    }

    /** A constant of an enum by its name in lower case. */
    private <E extends Enum<E>> E word(String name, E[] constants) {
        String text = text(name);
        for (E constant : constants) {
            if (constant.name().equalsIgnoreCase(text) && !constant.name().equals(text)) {
                return constant;
            }
        }
        throw wrong(name, text);
    }

    private <T> T get(String name, Class<T> type) {
        Object value = values.get(name);
        if (!type.isInstance(value)) {
            throw wrong(name, value == null ? "" : value.toString());
        }
        return type.cast(value);
    }

    private static WirescaleException wrong(String what, String text) {
        return WirescaleException.of(TunnelReason.VALUE, "what", what, "text", text);
    }

    /** For a sentence that names what stands in place of a value. */
    @Override
    public String toString() {
        return "an object";
    }
}
