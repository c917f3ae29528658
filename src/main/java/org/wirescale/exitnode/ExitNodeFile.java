package org.wirescale.exitnode;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.PublicKey;
import org.wirescale.model.WirescaleException;
import org.wirescale.os.Folders;
import org.wirescale.tunnel.BootId;
import org.wirescale.tunnel.Change;
import org.wirescale.tunnel.ChangeKinds;
import org.wirescale.tunnel.FirewallMark;
import org.wirescale.tunnel.Phase;
import org.wirescale.tunnel.Progress;
import org.wirescale.tunnel.SmallFiles;
import org.wirescale.tunnel.StrictJson;
import org.wirescale.tunnel.TunnelState;

/** {@code exit-node.json} in {@code /run/wirescale/control}, mode 0644 and without secrets: anybody may ask which one is on. */
final class ExitNodeFile {
    private static final Logger LOG = LoggerFactory.getLogger(ExitNodeFile.class);

    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private static final ChangeKinds KINDS = ChangeKinds.standard()
            .with(AllowedIpsChange.KIND, AllowedIpsChange::read)
            .with(MarkChange.KIND, MarkChange::read)
            .with(KeepMarksChange.KIND, KeepMarksChange::read)
            .with(ExitRoutesChange.KIND, ExitRoutesChange::read)
            .with(PolicyRulesChange.KIND, PolicyRulesChange::read)
            .with(BarrierChange.KIND, BarrierChange::read)
            .with(TailscaleDnsChange.KIND, _ -> new TailscaleDnsChange())
            .with(BarrierAtBootChange.KIND, BarrierAtBootChange::read);

    private final Path path;

    ExitNodeFile(Folders folders) {
        path = ExitNodeStatus.path(folders);
    }

    /** What is on in this boot; a file that is damaged is removed with a line in the log. */
    Optional<ExitNodeState> read() {
        try {
            ExitNodeState state = parse(SmallFiles.read(path));
            return Optional.of(state).filter(found -> found.bootId().equals(BootId.current()));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException | WirescaleException e) {
            LOG.warn(
                    "The file {} is damaged ({}): 'wirescale exit-node --stop' removes what is left of the exit node",
                    path,
                    e.getMessage());
            return Optional.empty();
        }
    }

    void write(ExitNodeState state) {
        try {
            SmallFiles.replace(path, text(state).getBytes(StandardCharsets.UTF_8), SmallFiles.FOR_ALL);
        } catch (IOException e) {
            throw WirescaleException.causedBy(
                    e, ExitNodeReason.STATE_UNWRITABLE, "file", path, "error", SmallFiles.why(e));
        }
    }

    void delete() {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            LOG.warn("{} cannot be removed: {}", path, SmallFiles.why(e));
        }
    }

    private static String text(ExitNodeState state) {
        ObjectNode json = MAPPER.createObjectNode();
        // First, and alone in its form: what answers --status looks for it without a parser.
        json.put("interface", state.name().text());
        json.put("phase", state.phase().word());
        json.put("boot", state.bootId());
        json.put("since", state.since());
        json.put("public_key", state.publicKey().toString());
        json.put("peer_key", state.peerKey().toString());
        state.ifindex().ifPresent(ifindex -> json.put("ifindex", ifindex));
        json.put("mark", state.mark().bits());
        ArrayNode through = json.putArray("through");
        state.through().forEach(family -> through.add(family.name()));
        json.put("chosen", state.options().chosen());
        json.put("fail_closed", state.options().failClosed().word());
        json.put("keep_inbound", state.options().keepInbound());
        ArrayNode changes = json.putArray("changes");
        for (TunnelState.Entry entry : state.entries()) {
            ObjectNode node = changes.addObject();
            node.put("progress", entry.progress().word());
            KINDS.write(entry.change(), node);
        }
        return json + "\n";
    }

    private static ExitNodeState parse(String text) throws IOException {
        StrictJson json = StrictJson.object(MAPPER.readTree(text), "exit node");
        ExitNodeState state = new ExitNodeState(
                json.word("phase", Phase.class),
                json.text("boot"),
                json.number("since"),
                json.value("interface", InterfaceName::parse),
                json.value("public_key", PublicKey::parse),
                json.value("peer_key", PublicKey::parse),
                json.has("ifindex") ? OptionalInt.of(json.integer("ifindex")) : OptionalInt.empty(),
                new FirewallMark(json.number("mark")),
                json.values("through", IpFamily::parse),
                new ExitNodeOptions(
                        json.flag("chosen"), json.word("fail_closed", FailClosed.class), json.flag("keep_inbound")),
                json.objects("changes", ExitNodeFile::readEntry));
        json.end();
        return state;
    }

    private static TunnelState.Entry readEntry(StrictJson json) {
        Progress progress = json.word("progress", Progress.class);
        Change change = KINDS.read(json);
        json.end();
        return new TunnelState.Entry(progress, change);
    }
}
