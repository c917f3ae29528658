package org.wirescale.os;

import java.nio.file.Path;

/**
 * Where wirescale's files are; tests put them elsewhere.
 *
 * @param configuration the users' files, {@code /etc/wirescale}
 * @param run the generated files, {@code /run/wirescale}
 * @param lasting what outlives a boot, {@code /var/lib/wirescale}
 */
public record Folders(Path configuration, Path run, Path lasting) {
    /** With what outlives a boot among the generated files. */
    public Folders(Path configuration, Path run) {
        this(configuration, run, run.resolve("lasting"));
    }

    public static Folders system() {
        return new Folders(Path.of("/etc/wirescale"), Path.of("/run/wirescale"), Path.of("/var/lib/wirescale"));
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
