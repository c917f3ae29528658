package org.wirescale.tailscale;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.wirescale.model.IpAddress;
import org.wirescale.model.Port;
import org.wirescale.os.Sockets.Family;

/** The bound UDP sockets of a network namespace: {@code /proc/net/udp} and {@code udp6}, proc_net(5). */
final class UdpTable {
    /** {@code 337: 00000000:A2B9 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 12345 2 …} */
    private static final Pattern LINE = Pattern.compile(
            "\\s*[0-9]+: (?<local>[0-9A-F]{8}|[0-9A-F]{32}):(?<port>[0-9A-F]{4})"
                    + " (?<remote>[0-9A-F]+):(?<remotePort>[0-9A-F]{4}) \\S+ \\S+ \\S+ \\S+ +[0-9]+ +[0-9]+ +(?<inode>[0-9]+) .*");

    private UdpTable() {}

    /**
     * One socket.
     *
     * @param connected whether it receives from one sender only
     */
    record Entry(Family family, IpAddress address, Port port, boolean connected, long inode) {
        /** Whether it receives from everybody at every address, as a socket for all peers does. */
        boolean isOpenToAll() {
            return address.isUnspecified() && !connected;
        }
    }

    /** The sockets in the network namespace of a process; none of a family that the kernel does not have. */
    static List<Entry> of(Path process) throws IOException {
        List<Entry> entries = new ArrayList<>();
        for (Family family : Family.values()) {
            Path table = process.resolve(family == Family.IPV4 ? "net/udp" : "net/udp6");
            if (Files.exists(table)) {
                for (String line : Files.readAllLines(table)) {
                    entry(family, line).ifPresent(entries::add);
                }
            }
        }
        return entries;
    }

    static Optional<Entry> entry(Family family, String line) {
        Matcher matcher = LINE.matcher(line);
        if (!matcher.matches() || matcher.group("port").equals("0000")) {
            return Optional.empty();
        }
        return Optional.of(new Entry(
                family,
                address(matcher.group("local")),
                new Port(Integer.parseInt(matcher.group("port"), 16)),
                !matcher.group("remotePort").equals("0000"),
                Long.parseLong(matcher.group("inode"))));
    }

    /** The kernel prints words of 32 bits as numbers: on the little-endian machines that we run on, each is reversed. */
    private static IpAddress address(String hex) {
        byte[] printed = HexFormat.of().parseHex(hex);
        byte[] bytes = new byte[printed.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = printed[i / 4 * 4 + 3 - i % 4];
        }
        return IpAddress.ofBytes(bytes);
    }
}
