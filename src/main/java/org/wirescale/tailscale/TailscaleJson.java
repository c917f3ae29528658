package org.wirescale.tailscale;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.wirescale.model.Endpoint;
import org.wirescale.model.IpAddress;
import org.wirescale.model.StableId;
import org.wirescale.model.WirescaleException;

/**
 * Reads Tailscale's JSON (its {@code ipnstate.Status}, {@code apitype.WhoIsResponse}, {@code ipnstate.PingResult} and
 * {@code ipn.Notify}). It is no stable interface: a missing key is a value that is not known, an ill-typed one an error that
 * names it, and a single address, name or endpoint that is none is left out.
 */
final class TailscaleJson {
    private static final ObjectMapper MAPPER =
            new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private TailscaleJson() {}

    static JsonNode tree(byte[] bytes) {
        try {
            JsonNode tree = MAPPER.readTree(bytes);
            if (!tree.isObject()) {
                throw unreadable("no JSON object");
            }
            return tree;
        } catch (JsonProcessingException e) {
            throw WirescaleException.causedBy(e, TailscaleReason.UNREADABLE, "what", "no JSON");
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    static TailscaleStatus status(JsonNode tree) {
        String word = text(tree, "BackendState").orElseThrow(() -> unreadable("BackendState"));
        BackendState state = BackendState.ofWord(word)
                .orElseThrow(() -> unreadable("BackendState is neither Running nor Stopped …"));
        List<Node> peers = new ArrayList<>();
        for (JsonNode peer : object(tree, "Peer")) {
            node(peer).ifPresent(peers::add);
        }
        Optional<String> suffix = text(object(tree, "CurrentTailnet"), "MagicDNSSuffix")
                .or(() -> text(tree, "MagicDNSSuffix"))
                .map(TailscaleJson::withoutDots);
        return new TailscaleStatus(
                state,
                text(tree, "Version").orElse("unknown"),
                // Versions before the key had no such mode to speak of.
                flag(tree, "TUN", true),
                suffix,
                node(object(tree, "Self")),
                peers,
                texts(tree, "Health"));
    }

    static WhoIs whoIs(JsonNode tree) {
        JsonNode node = object(tree, "Node");
        String id = text(node, "StableID").orElseThrow(() -> unreadable("Node.StableID"));
        String name = text(node, "Name").orElseThrow(() -> unreadable("Node.Name"));
        List<IpAddress> addresses = new ArrayList<>();
        for (String network : texts(node, "Addresses")) {
            int slash = network.indexOf('/');
            address(slash < 0 ? network : network.substring(0, slash)).ifPresent(addresses::add);
        }
        if (!StableId.isValid(id)) {
            throw unreadable("Node.StableID");
        }
        List<Endpoint> endpoints = texts(node, "Endpoints").stream()
                .flatMap(text -> endpoint(text).stream())
                .toList();
        NodeName parsed = NodeName.parse(name).orElseThrow(() -> unreadable("Node.Name"));
        return new WhoIs(new StableId(id), parsed, addresses, endpoints);
    }

    static PingResult ping(JsonNode tree) {
        JsonNode latency = tree.path("LatencySeconds");
        if (!latency.isMissingNode() && !latency.isNumber()) {
            throw unreadable("LatencySeconds");
        }
        double seconds = latency.asDouble(0);
        if (!(seconds >= 0 && seconds < 3600)) {
            throw unreadable("LatencySeconds");
        }
        return new PingResult(
                text(tree, "Endpoint"),
                text(tree, "DERPRegionCode"),
                text(tree, "PeerRelay"),
                Duration.ofNanos((long) (seconds * 1e9)),
                text(tree, "Err"));
    }

    static BusEvent event(JsonNode tree) {
        JsonNode state = tree.path("State");
        Optional<BackendState> known =
                state.isInt() ? BackendState.ofNumber(state.intValue()) : Optional.<BackendState>empty();
        boolean self = tree.hasNonNull("SelfChange") || tree.hasNonNull("NetMap");
        return new BusEvent(known, self);
    }

    private static Optional<Node> node(JsonNode tree) {
        Optional<String> id = text(tree, "ID").filter(StableId::isValid);
        if (id.isEmpty()) {
            return Optional.empty();
        }
        List<IpAddress> addresses = new ArrayList<>();
        for (String text : texts(tree, "TailscaleIPs")) {
            address(text).ifPresent(addresses::add);
        }
        List<Endpoint> endpoints = new ArrayList<>();
        for (String text : texts(tree, "Addrs")) {
            endpoint(text).ifPresent(endpoints::add);
        }
        return Optional.of(new Node(
                new StableId(id.get()),
                text(tree, "DNSName").flatMap(NodeName::parse),
                addresses,
                endpoints,
                text(tree, "CurAddr").flatMap(TailscaleJson::endpoint),
                text(tree, "Relay"),
                text(tree, "PeerRelay"),
                text(tree, "OS").orElse(""),
                flag(tree, "Online", false),
                flag(tree, "Active", false),
                flag(tree, "ShareeNode", false),
                flag(tree, "Expired", false)));
    }

    private static Optional<IpAddress> address(String text) {
        return IpAddress.isValid(text) ? Optional.of(IpAddress.parse(text)) : Optional.empty();
    }

    static Optional<Endpoint> endpoint(String text) {
        try {
            return Optional.of(Endpoint.parse(text));
        } catch (WirescaleException e) {
            return Optional.empty();
        }
    }

    private static String withoutDots(String suffix) {
        String text = suffix.toLowerCase(Locale.ROOT);
        int from = text.startsWith(".") ? 1 : 0;
        return text.substring(from, text.endsWith(".") && text.length() > from ? text.length() - 1 : text.length());
    }

    private static JsonNode object(JsonNode tree, String key) {
        JsonNode value = tree.path(key);
        if (value.isMissingNode() || value.isNull()) {
            return MAPPER.createObjectNode();
        }
        if (!value.isObject()) {
            throw unreadable(key);
        }
        return value;
    }

    /** A text that says something: Go writes an empty one for what is not known. */
    private static Optional<String> text(JsonNode tree, String key) {
        JsonNode value = tree.path(key);
        if (value.isMissingNode() || value.isNull()) {
            return Optional.empty();
        }
        if (!value.isTextual()) {
            throw unreadable(key);
        }
        return value.textValue().isEmpty() ? Optional.empty() : Optional.of(value.textValue());
    }

    private static List<String> texts(JsonNode tree, String key) {
        JsonNode value = tree.path(key);
        List<String> texts = new ArrayList<>();
        if (value.isMissingNode() || value.isNull()) {
            return texts;
        }
        if (!value.isArray()) {
            throw unreadable(key);
        }
        for (JsonNode element : value) {
            if (!element.isTextual()) {
                throw unreadable(key);
            }
            texts.add(element.textValue());
        }
        return texts;
    }

    private static boolean flag(JsonNode tree, String key, boolean otherwise) {
        JsonNode value = tree.path(key);
        if (value.isMissingNode() || value.isNull()) {
            return otherwise;
        }
        if (!value.isBoolean()) {
            throw unreadable(key);
        }
        return value.booleanValue();
    }

    private static WirescaleException unreadable(String what) {
        return WirescaleException.of(TailscaleReason.UNREADABLE, "what", what);
    }
}
