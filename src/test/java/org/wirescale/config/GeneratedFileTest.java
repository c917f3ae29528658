package org.wirescale.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wirescale.model.Endpoint;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.Port;
import org.wirescale.model.PublicKey;
import org.wirescale.model.SecretKey;
import org.wirescale.os.Commands;

final class GeneratedFileTest {
    private static final InterfaceName NAME = InterfaceName.parse("bob1");
    private static final GeneratedFile.Live LIVE = new GeneratedFile.Live(
            SecretKey.parse("sLBcu1HI/SCOXLwAnuG79DGS1jWDiwk0SyCM40uYuWI="),
            new Port(39216),
            PublicKey.parse("9FFbjKGCbGWDIyDB6ZW4D/ENgxqBSBIiBfkBYCCSvjI="),
            Optional.of(SecretKey.parse("YFSVOA8Eo0Cj5q9ef0LBA3TudRhKP+3hZMwCljUnKms=")),
            Endpoint.parse("70.125.39.64:38741"));

    private static final String RICH = """
            [Interface]
            Address = 192.168.3.1/24, fd00::1/64
            Address = 10.0.0.1
            ListenPort = 51820 # replaced
            DNS = 1.1.1.1 lab.example
            DNS = fd00::53, example.com
            MTU = 1400
            Table = 0xca6c
            FwMark = 0xca6c
            PreUp = echo "%i" = '%s' \\ ; true
            PostUp = iptables -I FORWARD -i %i -j ACCEPT; ip rule add pref 1%s fwmark 1
            PostUp = second ✅
            PreDown = printf 'a\\tb'
            PostDown = iptables -D FORWARD -i %i -j ACCEPT

            [Peer]
            AllowedIPs = 192.168.3.0/24, 0.0.0.0/0
            AllowedIPs = fd00::/64
            Endpoint = bob.example.com:51820
            PersistentKeepalive = 25

            [Wirescale]
            suffix = true
            """;

    @Test
    void shows_the_users_file_with_what_runs() {
        assertThat(GeneratedFile.render(Texts.parse(Texts.COMPLETE), NAME, 1, LIVE))
                .isEqualTo("""
                # Made by wirescale from /etc/wirescale/bob.conf. Changes belong there: this file goes with the tunnel.
                [Interface]
                Address = 192.168.3.1/32
                PrivateKey = sLBcu1HI/SCOXLwAnuG79DGS1jWDiwk0SyCM40uYuWI=
                ListenPort = 39216
                DNS = 1.1.1.1, 8.8.8.8
                MTU = 1500
                Table = off
                PreUp = /bin/example arg1 arg2 bob1 1
                PostUp = /bin/example arg1 arg2 bob1 1
                PreDown = /bin/example arg1 arg2 bob1 1
                PostDown = /bin/example arg1 arg2 bob1 1

                [Peer]
                PublicKey = 9FFbjKGCbGWDIyDB6ZW4D/ENgxqBSBIiBfkBYCCSvjI=
                PresharedKey = YFSVOA8Eo0Cj5q9ef0LBA3TudRhKP+3hZMwCljUnKms=
                AllowedIPs = 192.168.3.0/24
                Endpoint = 70.125.39.64:38741
                PersistentKeepalive = 10
                """);
    }

    @Test
    void reads_back_as_the_same_tunnel() {
        PeerFile file = Texts.parse(RICH);
        PeerFile back = Texts.parse(GeneratedFile.render(file, NAME, 1, LIVE));
        assertThat(back.iface())
                .isEqualTo(new InterfaceSection(
                        file.iface().addresses(),
                        Optional.of(LIVE.privateKey()),
                        file.iface().dns(),
                        file.iface().mtu(),
                        file.iface().table(),
                        file.iface().fwMark(),
                        file.hooksFor(NAME, 1)));
        assertThat(back.peer())
                .isEqualTo(new PeerSection(
                        Optional.of(LIVE.peerKey()),
                        LIVE.presharedKey(),
                        file.peer().allowedIps()));
        assertThat(back.wirescale()).isEqualTo(WirescaleSection.NONE);
        assertThat(GeneratedFile.render(back, NAME, 1, LIVE)).isEqualTo(GeneratedFile.render(file, NAME, 1, LIVE));
    }

    @ParameterizedTest
    @CsvSource({"auto,192.168.3.0/24", "off,'192.168.3.0/24, 0.0.0.0/0, ::/0'", "200,'192.168.3.0/24, 0.0.0.0/0, ::/0'"
    })
    void leaves_default_networks_to_the_exit_node(String table, String allowedIps) {
        PeerFile file = Texts.parse("[Interface]\nAddress = 192.168.3.1\nTable = " + table
                + "\n[Peer]\nAllowedIPs = 192.168.3.0/24, 0.0.0.0/0, ::/0\n");
        assertThat(GeneratedFile.render(file, NAME, 0, LIVE)).contains("\nAllowedIPs = " + allowedIps + "\n");
    }

    @Test
    void a_recovery_changes_port_and_endpoint_alone() {
        PeerFile file = Texts.parse(Texts.COMPLETE);
        String before = GeneratedFile.render(file, NAME, 0, LIVE);
        String after =
                GeneratedFile.render(file, NAME, 0, LIVE.movedTo(new Port(4), Endpoint.parse("[2001:db8::7]:5")));
        assertThat(after)
                .isEqualTo(before.replace("ListenPort = 39216", "ListenPort = 4")
                        .replace("Endpoint = 70.125.39.64:38741", "Endpoint = [2001:db8::7]:5"));
    }

    @Test
    void a_tunnel_without_presharedkey_has_no_such_line() {
        GeneratedFile.Live live = new GeneratedFile.Live(
                LIVE.privateKey(), LIVE.listenPort(), LIVE.peerKey(), Optional.empty(), LIVE.endpoint());
        assertThat(GeneratedFile.render(Texts.parse(Texts.COMPLETE), NAME, 0, live))
                .doesNotContain("PresharedKey");
    }

    @Test
    void wg_quick_finds_every_line_of_its_own_and_wg_takes_the_rest(@TempDir Path folder) throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/wg-quick")) && "root".equals(System.getProperty("user.name")));
        Path path = folder.resolve("bob1.conf");
        Files.createFile(path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(path, GeneratedFile.render(Texts.parse(RICH), NAME, 1, LIVE));

        String stripped = Commands.output("wg-quick", "strip", path.toString());

        assertThat(stripped.lines().filter(line -> !line.isBlank() && !line.startsWith("#")))
                .containsExactly(
                        "[Interface]",
                        "PrivateKey = " + LIVE.privateKey().reveal(),
                        "ListenPort = 39216",
                        "FwMark = 0xca6c",
                        "[Peer]",
                        "PublicKey = " + LIVE.peerKey(),
                        "PresharedKey = YFSVOA8Eo0Cj5q9ef0LBA3TudRhKP+3hZMwCljUnKms=",
                        "AllowedIPs = 192.168.3.0/24, 0.0.0.0/0, fd00::/64",
                        "Endpoint = 70.125.39.64:38741",
                        "PersistentKeepalive = 10");
        assertThat(WgReading.accepts(stripped)).isTrue();
    }
}
