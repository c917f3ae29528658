package org.wirescale.tunnel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.wirescale.model.WirescaleException;
import org.wirescale.os.Commands;

/**
 * One kernel setting with the value that tunnels need; see the kernel's ip-sysctl.
 *
 * @param path below {@code /proc/sys}; only those that this type makes
 */
public record Sysctl(String path, String value) {
    private static final Path ROOT = Path.of("/proc/sys");
    private static final Pattern FORM = Pattern.compile("net/ipv4/ip_forward|net/ipv6/conf/all/forwarding"
            + "|net/ipv4/conf/all/src_valid_mark|net/ipv6/conf/(?!\\.\\.?/)[^/\\s]{1,15}/accept_ra");
    private static final Pattern VALUE = Pattern.compile("[0-9]{1,3}");

    static final Sysctl FORWARD_IPV4 = new Sysctl("net/ipv4/ip_forward", "1");
    static final Sysctl FORWARD_IPV6 = new Sysctl("net/ipv6/conf/all/forwarding", "1");
    static final Sysctl SRC_VALID_MARK = new Sysctl("net/ipv4/conf/all/src_valid_mark", "1");

    public Sysctl {
        if (!FORM.matcher(path).matches() || !VALUE.matcher(value).matches()) {
            throw WirescaleException.of(TunnelReason.VALUE, "what", "kernel setting", "text", path + "=" + value);
        }
    }

    /**
     * For each interface whose IPv6 routes the kernel has from router advertisements: with forwarding it would listen to them no
     * more, and the machine would lose its own IPv6. Where another program reads them, {@code accept_ra} is 0, and stays so.
     */
    static List<Sysctl> keepingRouterAdvertisements() {
        return Commands.run("ip", "-6", "-o", "route", "show", "table", "all", "proto", "ra")
                .stdout()
                .lines()
                .flatMap(line -> interfaceOf(line).stream())
                .distinct()
                .map(name -> new Sysctl("net/ipv6/conf/" + name + "/accept_ra", "2"))
                .filter(setting -> setting.current().equals(Optional.of("1")))
                .toList();
    }

    private static Optional<String> interfaceOf(String route) {
        List<String> words = List.of(route.strip().split("\\s+"));
        int dev = words.indexOf("dev");
        return dev < 0 || dev + 1 == words.size() ? Optional.empty() : Optional.of(words.get(dev + 1));
    }

    /** Forwarding stays on when the last tunnel went, for others may have come to rely on it; so does what it needs. */
    boolean staysOn() {
        return path.endsWith("ip_forward")
                || path.endsWith("forwarding")
                || (path.endsWith("accept_ra") && FORWARD_IPV6.current().equals(Optional.of("1")));
    }

    /** Empty where this kernel has no such setting, or the interface went. */
    Optional<String> current() {
        try {
            return Optional.of(Files.readString(ROOT.resolve(path)).strip());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    boolean isSet() {
        return current().equals(Optional.of(value));
    }

    /**
     * @throws WirescaleException with {@link TunnelReason#SETTING}
     */
    void set() {
        try {
            Files.writeString(ROOT.resolve(path), value);
        } catch (IOException e) {
            throw WirescaleException.causedBy(e, TunnelReason.SETTING, "setting", this, "error", e.toString());
        }
    }

    /** {@code net.ipv4.ip_forward=1}; an interface's name may hold dots. */
    @Override
    public String toString() {
        return path.replace('.', ':').replace('/', '.').replace(':', '/') + "=" + value;
    }
}
