package org.wirescale.tunnel;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.wirescale.os.Commands;
import org.wirescale.os.Programs;

/** Whether this kernel has WireGuard, asked without leaving anything but a module that the kernel may load for the answer. */
public final class KernelWireGuard {
    private static final Path LOADED = Path.of("/sys/module/wireguard");

    private KernelWireGuard() {}

    /**
     * Looks by making a link in a network namespace that ends with the question, as root; the module alone is looked for where that
     * cannot be.
     *
     * @return empty where nobody can tell
     */
    public static Optional<Boolean> isThere() {
        if (Files.isDirectory(LOADED)) {
            return Optional.of(true);
        }
        if (Programs.isInstalled("unshare")) {
            Commands.Result made =
                    Commands.run("unshare", "--net", "ip", "link", "add", "dev", "wirescale", "type", "wireguard");
            if (made.ok() || LinkChange.isUnsupported(made)) {
                return Optional.of(made.ok());
            }
        }
        return Programs.isInstalled("modprobe")
                ? Optional.of(Commands.run("modprobe", "--dry-run", "--quiet", "wireguard")
                        .ok())
                : Optional.empty();
    }
}
