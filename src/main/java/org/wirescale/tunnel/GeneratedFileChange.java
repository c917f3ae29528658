package org.wirescale.tunnel;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.WirescaleException;
import org.wirescale.os.Folders;

/**
 * {@code /run/wirescale/<interface>.conf}, what a person reads to see what runs: mode 0600, in wg-quick's format, removed with
 * the tunnel.
 *
 * @param text never written down elsewhere, for it holds keys; empty when read back
 */
public record GeneratedFileChange(InterfaceName name, Optional<GeneratedText> text) implements Change {
    static final String KIND = "file";

    private static final String END = ".conf";
    private static final String LISTEN_PORT = "ListenPort = ";
    private static final String ENDPOINT = "Endpoint = ";

    /** What everybody sees of a tunnel that stands, by ip(8) or in /etc/resolv.conf, or may know. */
    private static final Set<String> OPEN_KEYS = Set.of(
            "Address = ",
            LISTEN_PORT,
            "DNS = ",
            "MTU = ",
            "Table = ",
            "FwMark = ",
            "PublicKey = ",
            "AllowedIPs = ",
            ENDPOINT,
            "PersistentKeepalive = ");

    /** A file's content that no log shows. */
    public record GeneratedText(String text) {
        @Override
        public String toString() {
            return "(hidden)";
        }
    }

    public GeneratedFileChange(InterfaceName name, String text) {
        this(name, Optional.of(new GeneratedText(text)));
    }

    static GeneratedFileChange read(StrictJson json) {
        return new GeneratedFileChange(json.value("name", InterfaceName::parse), Optional.empty());
    }

    public static Path path(Folders folders, InterfaceName name) {
        return folders.run().resolve(name + END);
    }

    /** The interfaces that have one. */
    static List<InterfaceName> interfaces(Folders folders) {
        return StateFolder.names(folders.run(), "", END);
    }

    /**
     * Writes or replaces the file; recovery does so again.
     *
     * @throws WirescaleException with {@link TunnelReason#FILE_UNWRITABLE}
     */
    public static void replace(Folders folders, InterfaceName name, String text) {
        Path path = path(folders, name);
        try {
            SmallFiles.replace(path, text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw WirescaleException.causedBy(
                    e, TunnelReason.FILE_UNWRITABLE, "file", path, "error", SmallFiles.why(e));
        }
    }

    /**
     * Writes another port and endpoint into the file as it is, all other lines kept.
     *
     * @throws WirescaleException with {@link TunnelReason#FILE_UNWRITABLE}
     */
    public static void move(Folders folders, InterfaceName name, LinkSettings to) {
        Path path = path(folders, name);
        try {
            replace(folders, name, moved(Files.readString(path), to));
        } catch (IOException e) {
            throw WirescaleException.causedBy(
                    e, TunnelReason.FILE_UNWRITABLE, "file", path, "error", SmallFiles.why(e));
        }
    }

    static String moved(String text, LinkSettings to) {
        return text.lines()
                .map(line -> {
                    if (line.startsWith(LISTEN_PORT)) {
                        return LISTEN_PORT + to.listenPort();
                    }
                    return line.startsWith(ENDPOINT) && to.endpoint().isPresent()
                            ? ENDPOINT + to.endpoint().get()
                            : line;
                })
                .collect(Collectors.joining("\n", "", "\n"));
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public String describe() {
        return "generated file " + name + ".conf";
    }

    @Override
    public List<Detail> details(ChangeContext context) {
        return text.map(GeneratedText::text)
                .orElse("")
                .lines()
                .map(GeneratedFileChange::detail)
                .toList();
    }

    /** What is not known to be harmless is a key or a command. */
    private static Detail detail(String line) {
        int equals = line.indexOf(" = ");
        if (equals < 0 || line.startsWith("#")) {
            return Detail.open(line);
        }
        int value = equals + " = ".length();
        return OPEN_KEYS.contains(line.substring(0, value))
                ? Detail.open(line)
                : Detail.secret(line.substring(0, value), line.substring(value));
    }

    @Override
    public void write(ObjectNode json) {
        json.put("name", name.text());
    }

    @Override
    public Change apply(ChangeContext context) {
        GeneratedText content =
                text.orElseThrow(() -> new IllegalStateException("a text that was read back is unknown"));
        replace(context.folders(), name, content.text());
        return this;
    }

    @Override
    public void undo(ChangeContext context, Progress progress) {
        Path path = path(context.folders(), name);
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw WirescaleException.causedBy(
                    e, TunnelReason.FILE_UNWRITABLE, "file", path, "error", SmallFiles.why(e));
        }
    }

    @Override
    public Optional<Area> area() {
        return Optional.of(Area.OTHER);
    }

    /** Its keys are written down nowhere else. */
    @Override
    public boolean canPutBack() {
        return false;
    }

    @Override
    public boolean isInPlace(ChangeContext context) {
        return Files.exists(path(context.folders(), name));
    }
}
