package org.wirescale.os;

import java.nio.file.Path;

/**
 * Where wirescale's files are; tests put them elsewhere.
 *
 * @param configuration the users' files, {@code /etc/wirescale}
 * @param run the generated files, {@code /run/wirescale}
 */
public record Folders(Path configuration, Path run) {
    public static Folders system() {
        return new Folders(Path.of("/etc/wirescale"), Path.of("/run/wirescale"));
    }

    /** Locks and state files, {@code /run/wirescale/control}. */
    public Path control() {
        return run.resolve("control");
    }

    /** The daemon's local socket. */
    public Path socket() {
        return run.resolve("wirescaled.sock");
    }
}
