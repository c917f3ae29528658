package org.wirescale.tunnel;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.wirescale.model.Endpoint;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.IpAddress;
import org.wirescale.model.Port;
import org.wirescale.model.PublicKey;
import org.wirescale.model.WirescaleException;

/** The text of a state file. Unknown, missing, doubled and mistyped keys are refused. */
final class StateJson {
    static final int VERSION = 1;

    /** Any phase fits into this many characters, so that one can be written over another in place. */
    private static final int PHASE_WIDTH = 10;

    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final ChangeKinds kinds;

    StateJson(ChangeKinds kinds) {
        this.kinds = kinds;
    }

    /** The first bytes of every state file: of one length, whatever the phase. */
    static String opening(Phase phase) {
        String padding = " ".repeat(PHASE_WIDTH - phase.word().length());
        return "{\"phase\":\"" + phase.word() + "\"" + padding + ",";
    }

    String write(TunnelState state) {
        ObjectNode json = MAPPER.createObjectNode();
        json.put("version", VERSION);
        json.put("boot", state.bootId());
        TunnelHeader header = state.header();
        json.put("interface", header.interfaceName().text());
        json.put("public_key", header.publicKey().toString());
        json.put("peer_key", header.peerKey().toString());
        header.remoteInterface().ifPresent(name -> json.put("remote_interface", name.text()));
        json.put("initiator", header.initiator());
        json.put("session", header.session());
        ArrayNode features = json.putArray("peer_features");
        header.peerFeatures().stream().sorted().forEach(features::add);
        writePeer(json.putObject("peer"), header.peer());
        writeOptions(json.putObject("options"), header.options());
        state.way().ifPresent(way -> json.put("way", way.word()));
        state.ifindex().ifPresent(ifindex -> json.put("ifindex", ifindex));
        state.link().ifPresent(link -> writeLink(json.putObject("link"), link));
        json.put("last_handshake", state.lastHandshake());
        if (!state.recoveries().isEmpty()) {
            writeRecoveries(json.putObject("recoveries"), state.recoveries());
        }
        state.before().ifPresent(before -> {
            ObjectNode node = json.putObject("before");
            writeLink(node.putObject("link"), before.link());
            node.put("changes", before.entries());
        });
        ArrayNode changes = json.putArray("changes");
        for (TunnelState.Entry entry : state.entries()) {
            ObjectNode node = changes.addObject();
            node.put("progress", entry.progress().word());
            kinds.write(entry.change(), node);
        }
        try {
            return opening(state.phase()) + MAPPER.writeValueAsString(json).substring(1) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of texts and numbers can always be written", e);
        }
    }

    /**
     * @throws WirescaleException naming what is wrong
     */
    TunnelState read(String text) {
        StrictJson json;
        try {
            json = StrictJson.object(MAPPER.readTree(text), "state");
        } catch (JsonProcessingException e) {
            throw WirescaleException.causedBy(e, TunnelReason.VALUE, "what", "state", "text", "not JSON");
        }
        if (json.integer("version") != VERSION) {
            throw WirescaleException.of(TunnelReason.STATE_OTHER_VERSION, "version", json.integer("version"));
        }
        TunnelHeader header = new TunnelHeader(
                json.value("interface", InterfaceName::parse),
                readPeer(json.object("peer")),
                json.value("public_key", PublicKey::parse),
                json.value("peer_key", PublicKey::parse),
                readOptions(json.object("options")),
                json.optional("remote_interface", InterfaceName::parse),
                json.flag("initiator"),
                json.text("session"),
                Set.copyOf(json.values("peer_features", word -> word)));
        TunnelState state = new TunnelState(
                json.word("phase", Phase.class),
                json.text("boot"),
                header,
                json.has("way") ? Optional.of(json.word("way", Way.class)) : Optional.empty(),
                json.has("ifindex") ? OptionalInt.of(json.integer("ifindex")) : OptionalInt.empty(),
                json.has("link") ? Optional.of(readLink(json.object("link"))) : Optional.empty(),
                json.number("last_handshake"),
                json.has("recoveries") ? readRecoveries(json.object("recoveries")) : PastRecoveries.NONE,
                json.has("before") ? Optional.of(readBefore(json.object("before"))) : Optional.empty(),
                json.objects("changes", this::readEntry));
        json.end();
        return state;
    }

    private TunnelState.Entry readEntry(StrictJson json) {
        Progress progress = json.word("progress", Progress.class);
        Change change = kinds.read(json);
        json.end();
        return new TunnelState.Entry(progress, change);
    }

    private static void writePeer(ObjectNode json, PeerNode peer) {
        json.put("node", peer.stableId());
        json.put("name", peer.name());
        ArrayNode addresses = json.putArray("addresses");
        peer.addresses().forEach(address -> addresses.add(address.toString()));
    }

    private static PeerNode readPeer(StrictJson json) {
        PeerNode peer = new PeerNode(json.text("node"), json.text("name"), json.values("addresses", IpAddress::parse));
        json.end();
        return peer;
    }

    static void writeOptions(ObjectNode json, TunnelOptions options) {
        json.put("accept", options.accept());
        json.put("forward", options.forward());
        json.put("masquerade", options.masquerade());
        json.put("suffix", options.suffix());
        json.put("suffix_number", options.suffixNumber());
        json.put("recover_tries", options.recoverTries());
        json.put("recreate_tries", options.recreateTries());
    }

    static TunnelOptions readOptions(StrictJson json) {
        TunnelOptions options = new TunnelOptions(
                json.flag("accept"),
                json.flag("forward"),
                json.flag("masquerade"),
                json.flag("suffix"),
                json.integer("suffix_number"),
                json.integer("recover_tries"),
                json.integer("recreate_tries"));
        json.end();
        return options;
    }

    private static void writeLink(ObjectNode json, LinkSettings link) {
        json.put("port", link.listenPort().number());
        link.endpoint().ifPresent(endpoint -> json.put("endpoint", endpoint.toString()));
        link.remotePort().ifPresent(port -> json.put("remote_port", port.toString()));
    }

    private static LinkSettings readLink(StrictJson json) {
        LinkSettings link = new LinkSettings(
                new Port(json.integer("port")),
                json.optional("endpoint", Endpoint::parse),
                json.optional("remote_port", Port::parse));
        json.end();
        return link;
    }

    private static void writeRecoveries(ObjectNode json, PastRecoveries recoveries) {
        json.put("worked", recoveries.worked());
        json.put("put_back", recoveries.putBack());
        json.put("last", recoveries.last());
        json.put("last_worked", recoveries.lastWorked());
    }

    private static PastRecoveries readRecoveries(StrictJson json) {
        PastRecoveries recoveries = new PastRecoveries(
                json.integer("worked"), json.integer("put_back"), json.number("last"), json.flag("last_worked"));
        json.end();
        return recoveries;
    }

    private static TunnelState.Before readBefore(StrictJson json) {
        TunnelState.Before before = new TunnelState.Before(readLink(json.object("link")), json.integer("changes"));
        json.end();
        return before;
    }
}
