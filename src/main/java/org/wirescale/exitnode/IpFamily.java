package org.wirescale.exitnode;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.wirescale.model.IpNetwork;
import org.wirescale.model.WirescaleException;
import org.wirescale.tunnel.TunnelReason;

/** IPv4 or IPv6, as ip(8) is told. */
enum IpFamily {
    IPV4("-4", 7),
    IPV6("-6", 3);

    private static final Path IPV6_HERE = Path.of("/proc/sys/net/ipv6");

    /** The option of ip(8). */
    final String option;
    /** Routes of the main table up to this length are passed over: a default, and the halves or quarters that stand for one. */
    final int suppressed;

    IpFamily(String option, int suppressed) {
        this.option = option;
        this.suppressed = suppressed;
    }

    /**
     * @throws WirescaleException with {@link TunnelReason#VALUE}
     */
    static IpFamily parse(String text) {
        for (IpFamily family : values()) {
            if (family.name().equals(text)) {
                return family;
            }
        }
        throw WirescaleException.of(TunnelReason.VALUE, "what", "family", "text", text);
    }

    static IpFamily of(IpNetwork network) {
        return network.isIpv6() ? IPV6 : IPV4;
    }

    IpNetwork everything() {
        return IpNetwork.parse(this == IPV6 ? "::/0" : "0.0.0.0/0");
    }

    /** Those that this kernel has. */
    static List<IpFamily> present() {
        return Files.isDirectory(IPV6_HERE) ? List.of(IPV4, IPV6) : List.of(IPV4);
    }
}
