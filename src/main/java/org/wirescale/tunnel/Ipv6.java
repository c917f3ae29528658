package org.wirescale.tunnel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.wirescale.model.WirescaleException;

/** Whether a new interface can have IPv6 addresses (ip-sysctl, {@code disable_ipv6}). */
public final class Ipv6 {
    private static final Path DEFAULT = Path.of("/proc/sys/net/ipv6/conf/default/disable_ipv6");

    private Ipv6() {}

    /**
     * @throws WirescaleException with {@link TunnelReason#IPV6_DISABLED}
     */
    static void requireEnabled() {
        if (!isEnabled()) {
            throw WirescaleException.of(TunnelReason.IPV6_DISABLED);
        }
    }

    public static boolean isEnabled() {
        try {
            return Files.readString(DEFAULT).strip().equals("0");
        } catch (IOException e) {
            // ipv6.disable=1: the kernel has no such setting.
            return false;
        }
    }
}
