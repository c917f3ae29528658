package org.wirescale.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** systemd-networkd in charge of a host's IPv4, with the address that the lab gave, leased by a DHCP server on the host's router. */
final class Networkd implements AutoCloseable {
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final String FILE = "/etc/systemd/network/10-eth0.network";

    /** The lab's images have it masked. It is a user of its own who reads the file. */
    private static final String START =
            "chmod 644 " + FILE + "; rm -f /etc/systemd/system/systemd-networkd.{service,socket};"
                    + " systemctl daemon-reload; systemctl start systemd-networkd";

    private final Host host;
    private final Run server;
    /** What the lab had given the host: networkd may take an address away that it leased, or not, when it stops. */
    private final String restore;

    private Networkd(Host host, Run server, String restore) {
        this.host = host;
        this.server = server;
        this.restore = restore;
    }

    /**
     * In charge from now on.
     *
     * @param routes that the server hands out (option 121, RFC 3442): destination and router, as {@code udhcpd.conf} has them
     */
    static Networkd start(Host host, String... routes) {
        String restore = host.sh("ip -j -4 addr show dev eth0 |"
                + " jq -r '.[0].addr_info[0] | \"ip addr replace \\(.local)/\\(.prefixlen) brd + dev eth0; \"';"
                + " ip -4 route show default dev eth0 | sed 's/^/ip route replace dev eth0 /'");
        Networkd networkd = new Networkd(host, server(host, routes), restore);
        host.write(FILE, """
                [Match]
                Name=eth0
                [Network]
                DHCP=ipv4
                IPv6AcceptRA=no
                LinkLocalAddressing=ipv6
                """);
        host.sh(START);
        networkd.awaitConfigured();
        return networkd;
    }

    void restart() {
        host.sh("systemctl restart systemd-networkd");
        awaitConfigured();
    }

    private void awaitConfigured() {
        Await.until(
                SOON,
                "configured eth0",
                () -> host.sh("networkctl --no-legend list eth0").endsWith(" configured"));
    }

    private static Run server(Host host, String... routes) {
        String net =
                host.sh("ip -j -4 route show default | jq -r '.[0].gateway'").replaceFirst("\\.1$", "");
        try {
            Path folder = Files.createTempDirectory("udhcpd");
            Path conf = folder.resolve("conf");
            Files.createFile(folder.resolve("leases"));
            Files.writeString(conf, """
                    interface lan
                    start %1$s.2
                    end %1$s.2
                    max_leases 1
                    lease_file %2$s/leases
                    pidfile %2$s/pid
                    opt subnet 255.255.255.0
                    opt router %1$s.1
                    opt staticroutes %3$s
                    """.formatted(net, folder, String.join(", ", routes)));
            String namespace = host.lab().run("netns", "router-" + host.name()).text();
            return Run.start(List.of("ip", "netns", "exec", namespace, "busybox", "udhcpd", "-f", conf.toString()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** No longer in charge; the server's routes go. */
    @Override
    public void close() {
        host.sh("systemctl stop systemd-networkd.socket systemd-networkd.service; rm -f " + FILE);
        host.sh("ip route flush proto dhcp");
        host.sh(restore);
        server.signal("TERM");
    }
}
