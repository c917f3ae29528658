package org.wirescale.tailscale;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.wirescale.model.Port;

/** The UDP port that tailscaled is configured with, by its own command line. */
public final class HomePort {
    private static final String OPTION = "-port";

    private HomePort() {}

    /**
     * The port of the tailscaled that runs; empty where it takes any.
     *
     * @throws org.wirescale.model.WirescaleException with {@link TailscaleReason#NOT_RUNNING}
     */
    public static Optional<Port> of(LocalApi api) {
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
