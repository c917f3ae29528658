package org.wirescale.tailscale;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wirescale.model.Port;
import org.wirescale.model.WirescaleException;

/** The UDP port that tailscaled is configured with, by its own command line. */
public final class HomePort {
    private static final Logger LOG = LoggerFactory.getLogger(HomePort.class);
    private static final String OPTION = "-port";

    private HomePort() {}

    /**
     * Asks tailscaled to come back to its port, now that a tunnel which had it is gone. A port that is not tailscaled's own is
     * nobody's business here, and a tailscaled that does not run comes to its port by itself.
     */
    public static void comeBackTo(LocalApi api, Port freed) {
        try {
            if (of(api).filter(freed::equals).isPresent()) {
                api.rebind();
                LOG.debug("tailscaled was asked to come back to port {}", freed);
            }
        } catch (WirescaleException e) {
            LOG.debug("tailscaled was not asked to come back to port {}: {}", freed, e.getMessage());
        }
    }

    private static Optional<Port> of(LocalApi api) {
        Path commandLine = Path.of("/proc", Long.toString(Tailscaled.find(api).pid()), "cmdline");
        try {
            return ofCommandLine(List.of(
                    Files.readString(commandLine, StandardCharsets.ISO_8859_1).split("\0")));
        } catch (IOException e) {
            // It ended meanwhile.
            return Optional.empty();
        }
    }

    /** Go's flags: one or two dashes, the value behind {@code =} or in the next word. 0 means any port. */
    static Optional<Port> ofCommandLine(List<String> words) {
        for (int i = 1; i < words.size(); i++) {
            String word = words.get(i).startsWith("--") ? words.get(i).substring(1) : words.get(i);
            String value = word.equals(OPTION) && i + 1 < words.size()
                    ? words.get(i + 1)
                    : word.startsWith(OPTION + "=") ? word.substring(OPTION.length() + 1) : "";
            if (value.matches("[1-9][0-9]{0,4}")) {
                return Optional.of(Port.parse(value));
            }
        }
        return Optional.empty();
    }
}
