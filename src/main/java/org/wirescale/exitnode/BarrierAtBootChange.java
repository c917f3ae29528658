package org.wirescale.exitnode;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.wirescale.os.Commands;
import org.wirescale.os.Folders;
import org.wirescale.os.Systemd;
import org.wirescale.tunnel.Change;
import org.wirescale.tunnel.ChangeContext;
import org.wirescale.tunnel.Progress;
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
    private static final LastingFile FILE = new LastingFile("closed.nft");

    static BarrierAtBootChange of(BarrierChange barrier) {
        return new BarrierAtBootChange(Optional.of(barrier.script()));
    }

    static BarrierAtBootChange read(StrictJson json) {
        return new BarrierAtBootChange(json.optional("script", text -> text));
    }

    /** Whether a boot finds the barrier. */
    static boolean isThere(Folders folders) {
        return FILE.isThere(folders);
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
        FILE.write(context.folders(), script.orElseThrow().getBytes(StandardCharsets.UTF_8));
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
        FILE.remove(folders);
        if (Systemd.isBooted()) {
            Commands.run("systemctl", "disable", UNIT);
        }
    }
}
