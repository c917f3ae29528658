package org.wirescale.os;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** The programs that wirescale runs, and the packages that bring them. */
public final class Programs {
    private static final Map<String, String> PACKAGES = Map.ofEntries(
            Map.entry("ip", "iproute2"),
            Map.entry("wg", "wireguard-tools"),
            Map.entry("wireguard-go", "wireguard-go, or a kernel with WireGuard"),
            Map.entry("nft", "nftables"),
            Map.entry("ping", "iputils-ping"),
            Map.entry("resolvconf", "openresolv, or enable systemd-resolved and install systemd-resolvconf"),
            Map.entry("tailscale", "Tailscale 1.60 or newer, see https://tailscale.com/download"));

    private Programs() {}

    /** The package to install for a program: its own name where no other is known. */
    public static String packageOf(String program) {
        return PACKAGES.getOrDefault(program, program);
    }

    /** Whether a program of that name can be started, as looked up in {@code PATH}. */
    public static boolean isInstalled(String program) {
        if (program.indexOf('/') >= 0) {
            return Files.isExecutable(Path.of(program));
        }
        String path = System.getenv().getOrDefault("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        for (String folder : path.split(":")) {
            if (!folder.isEmpty() && Files.isExecutable(Path.of(folder, program))) {
                return true;
            }
        }
        return false;
    }
}
