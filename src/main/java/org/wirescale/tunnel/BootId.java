package org.wirescale.tunnel;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The kernel's id of this boot, see random(4). */
public final class BootId {
    private static final Path FILE = Path.of("/proc/sys/kernel/random/boot_id");

    private BootId() {}

    public static String current() {
        try {
            return Files.readString(FILE).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
