package org.wirescale.config;

import java.nio.file.Files;
import java.nio.file.Path;
import org.wirescale.os.Commands;
import org.wirescale.os.Commands.Command;

/** What the real wg(8) says to a file. */
final class WgReading {
    private WgReading() {}

    static boolean isThere() {
        return Files.isExecutable(Path.of("/usr/bin/wg"));
    }

    /** wg reads the whole file before it looks for the interface, which does not exist here. */
    static boolean accepts(String text) {
        Commands.Result result = Command.of("wg", "setconf", "wg-no-such-if", "/dev/stdin")
                .withStdin(text)
                .run();
        return !result.stderr().contains("Configuration parsing error");
    }
}
