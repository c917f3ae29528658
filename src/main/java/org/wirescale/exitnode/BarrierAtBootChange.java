package org.wirescale.exitnode;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.wirescale.model.WirescaleException;
import org.wirescale.os.Commands;
import org.wirescale.os.Folders;
import org.wirescale.os.Systemd;
import org.wirescale.tunnel.Change;
import org.wirescale.tunnel.ChangeContext;
import org.wirescale.tunnel.Progress;
import org.wirescale.tunnel.SmallFiles;
import org.wirescale.tunnel.StrictJson;

/**
 * The barrier of {@code --fail-closed=always}: a script of nft's in {@code /var/lib/wirescale}, which {@code wirescale-closed.service}
 * loads before the network is up.
 *
 * @param script as {@link BarrierChange#script}; empty when read back
 */
record BarrierAtBootChange(Optional<String> script) implements Change {
    static final String KIND = "barrier-at-boot";
    static final String UNIT = "wirescale-closed.service";
    private static final String FILE = "closed.nft";

    static BarrierAtBootChange of(BarrierChange barrier) {
        return new BarrierAtBootChange(Optional.of(barrier.script()));
    }

    static BarrierAtBootChange read(StrictJson json) {
        return new BarrierAtBootChange(json.optional("script", text -> text));
    }

    static Path path(Folders folders) {
        return folders.lasting().resolve(FILE);
    }

    /** Whether a boot finds the barrier. */
    static boolean isThere(Folders folders) {
        return Files.exists(path(folders));
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public String describe() {
        return "the barrier at boot";
    }

    @Override
    public void write(ObjectNode json) {
        script.ifPresent(text -> json.put("script", text));
    }

    @Override
    public Change apply(ChangeContext context) {
        Path file = path(context.folders());
        try {
            Files.createDirectories(context.folders().lasting());
            SmallFiles.replace(file, script.orElseThrow().getBytes(StandardCharsets.UTF_8), SmallFiles.FOR_ROOT);
        } catch (IOException e) {
            throw WirescaleException.causedBy(
                    e, ExitNodeReason.STATE_UNWRITABLE, "file", file, "error", SmallFiles.why(e));
        }
        if (Systemd.isBooted()) {
            Commands.run("systemctl", "enable", UNIT).expectOk();
        }
        return this;
    }

    @Override
    public void undo(ChangeContext context, Progress progress) {
        remove(context.folders());
    }

    /** Works without any exit node too: the barrier may be all that a boot left of one. */
    static void remove(Folders folders) {
        try {
            Files.deleteIfExists(path(folders));
        } catch (IOException e) {
            throw WirescaleException.causedBy(
                    e, ExitNodeReason.STATE_UNWRITABLE, "file", path(folders), "error", SmallFiles.why(e));
        }
        if (Systemd.isBooted()) {
            Commands.run("systemctl", "disable", UNIT);
        }
    }
}
