package org.wirescale.tunnel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.wirescale.config.AllowedIps;
import org.wirescale.config.PeerFile;
import org.wirescale.config.RoutingTable;
import org.wirescale.model.Endpoint;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.Port;
import org.wirescale.model.PublicKey;
import org.wirescale.model.SecretKey;
import org.wirescale.os.Commands;
import org.wirescale.os.Folders;

/**
 * The same files, brought up and taken down by the real wg-quick and by us, in twin namespaces: what the machine looks like is the
 * same. Files of {@code src/test/resources/parity}.
 */
@Tag("netns")
final class WgQuickParityTest {
    private static final InterfaceName NAME = InterfaceName.parse("wsq0");

    @TempDir
    Path temporary;

    static Stream<String> files() throws IOException, URISyntaxException {
        return names(folder());
    }

    private static Stream<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList().stream();
        }
    }

    private static Path folder() throws URISyntaxException {
        URL url = Objects.requireNonNull(WgQuickParityTest.class.getResource("/parity"));
        return Path.of(url.toURI());
    }

    /** What a tunnel could change. */
    private record Machine(String links, String addresses, String routes, String rules, String wireGuard, String told) {
        static Machine look() {
            return new Machine(
                    Commands.output("ip", "-o", "link", "show").replaceAll("link/ether \\S+", ""),
                    Commands.output("ip", "-o", "address", "show"),
                    Commands.output("ip", "-4", "-o", "route", "show", "table", "all")
                            + Commands.output("ip", "-6", "-o", "route", "show", "table", "all"),
                    Commands.output("ip", "-4", "rule") + Commands.output("ip", "-6", "rule"),
                    Commands.run("wg", "showconf", NAME.text()).stdout(),
                    Commands.run("sh", "-c", "cat /run/wireguard/hooks /run/wireguard/resolvconf 2>/dev/null")
                            .stdout());
        }
    }

    /** Two ways out with different MTUs, IPv6, and a resolvconf that writes down what it is told. */
    private NetNamespace machine() {
        NetNamespace machine = NetNamespace.create("ip", "wg", "wg-quick", "wireguard-go", "bash", "mount", "sysctl");
        machine.run(() -> {
            Commands.output("sysctl", "-qw", "net.ipv6.conf.default.addr_gen_mode=1");
            Link.batch(
                    "link add wan type bridge",
                    "link add lan mtu 1400 type bridge",
                    "address add 203.0.113.1/24 dev wan",
                    "address add 2001:db8:1::1/64 dev wan nodad",
                    "address add 198.51.100.1/24 dev lan",
                    "link set wan up",
                    "link set lan up",
                    "route add default via 203.0.113.254",
                    "route add ::/0 via 2001:db8:1::fe",
                    "route add 192.0.2.0/24 via 203.0.113.254 mtu 1300");
            fakeResolvconf();
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
            while (!Commands.output("ip", "-6", "route", "show", "table", "local")
                    .contains("2001:db8:1::1")) {
                assertThat(System.nanoTime()).isLessThan(deadline);
            }
        });
        return machine;
    }

    /** Before any other on the PATH, and in place of those that wg-quick would look for first. */
    private void fakeResolvconf() throws IOException {
        Path folder = Files.createDirectories(temporary.resolve("programs"));
        Path fake = folder.resolve("resolvconf");
        Files.writeString(
                fake, "#!/bin/sh\n{ echo \"resolvconf $*\"; [ \"$1\" != -a ] || cat; } >> /run/wireguard/resolvconf\n");
        Commands.output("chmod", "755", fake.toString());
        for (String real : List.of("/usr/bin/resolvconf", "/usr/sbin/resolvconf")) {
            if (Files.exists(Path.of(real))) {
                Commands.output("mount", "--bind", fake.toString(), real);
            }
        }
        Commands.output(
                "mount",
                "-t",
                "overlay",
                "overlay",
                "-o",
                "lowerdir=" + folder + ":/usr/local/sbin",
                "/usr/local/sbin");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("files")
    void a_file_means_the_same_as_to_wg_quick(String resource) throws Exception {
        String text = Files.readString(folder().resolve(resource));
        try (NetNamespace theirs = machine();
                NetNamespace ours = machine()) {
            Machine before = expectSame(theirs, ours);

            Path file = temporary.resolve(NAME + ".conf");
            Files.writeString(file, text);
            theirs.output("wg-quick", "up", file.toString());
            Tunnel tunnel = ours.call(() -> up(PeerFile.parse(file, text), text));
            assertThat(expectSame(theirs, ours)).isNotEqualTo(before);

            theirs.output("wg-quick", "down", file.toString());
            assertThat(ours.call(tunnel::undo)).isEmpty();
            assertThat(expectSame(theirs, ours).routes()).isEqualTo(before.routes());
        }
    }

    /** The kernel adds an IPv6 address's own route a moment after the address: both machines get the time for it. */
    private static Machine expectSame(NetNamespace theirs, NetNamespace ours) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(3);
        Machine expected = theirs.call(Machine::look);
        Machine actual = ours.call(Machine::look);
        while (!actual.equals(expected) && System.nanoTime() < deadline) {
            expected = theirs.call(Machine::look);
            actual = ours.call(Machine::look);
        }
        assertThat(actual).isEqualTo(expected);
        return actual;
    }

    /** Our way up, with the file's own port, endpoint and keep-alive, which an upgrade would negotiate. */
    private Tunnel up(PeerFile file, String text) throws IOException {
        Folders folders = new Folders(temporary, temporary.resolve("run"));
        Files.createDirectories(folders.control());
        SecretKey key = file.iface().privateKey().orElseThrow();
        PublicKey publicKey = TestEnd.publicKeyOf(key);
        PublicKey peerKey = file.peer().publicKey().orElseThrow();
        Port port = Port.parse(value(text, "ListenPort"));
        Endpoint endpoint = Endpoint.parse(value(text, "Endpoint"));
        FirewallMark mark = file.iface()
                .fwMark()
                .map(found -> new FirewallMark(found.bits()))
                .orElse(FirewallMark.NONE);
        TunnelSpec spec = new TunnelSpec(
                NAME,
                key,
                publicKey,
                file.iface().addresses(),
                file.iface().mtu().orElseGet(() -> Mtu.towards(endpoint.address(), mark)),
                table(file.iface().table()),
                mark,
                AllowedIps.ofDevice(file),
                file.iface().dns().servers(),
                file.iface().dns().searchDomains().stream()
                        .map(Object::toString)
                        .toList(),
                text);
        TunnelPlan.requirePrograms(spec);
        TunnelPlan plan = TunnelPlan.of(spec, List.of(), HookChange.plan(file.hooksFor(NAME, 0), "session"));
        Tunnel tunnel = Tunnel.begin(
                folders,
                new TunnelHeader(
                        NAME,
                        new PeerNode("nPeer", "peer", List.of()),
                        publicKey,
                        peerKey,
                        new TunnelOptions(false, false, false, false, 0, 3, 0),
                        Optional.empty(),
                        true,
                        "session",
                        Set.of()));
        tunnel.applyAll(plan.beforeGo());
        tunnel.applyAll(plan.link());
        WireGuard.Peer peer =
                new WireGuard.Peer(peerKey, file.peer().presharedKey(), AllowedIps.ofDevice(file), Optional.empty(), 0);
        WireGuard.listen(NAME, port, peer.driven(endpoint));
        tunnel.applyAll(plan.afterHandshake());
        return tunnel;
    }

    private static RouteTable table(RoutingTable table) {
        return switch (table) {
            case RoutingTable.Auto() -> RouteTable.AUTO;
            case RoutingTable.Off() -> RouteTable.OFF;
            case RoutingTable.Numbered(long id) -> new RouteTable.Numbered(id);
        };
    }

    private static String value(String text, String key) {
        Matcher found =
                Pattern.compile("(?mi)^\\s*" + key + "\\s*=\\s*([^\\s#]+)").matcher(text);
        assertThat(found.find()).isTrue();
        return found.group(1);
    }
}
