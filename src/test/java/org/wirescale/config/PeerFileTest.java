package org.wirescale.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.IpAddress;
import org.wirescale.model.IpNetwork;
import org.wirescale.model.PublicKey;
import org.wirescale.model.SecretKey;

final class PeerFileTest {
    private static final InterfaceName BOB = InterfaceName.parse("bob");

    @Test
    void reads_the_complete_example() {
        PeerFile file = Texts.parse(Texts.COMPLETE);
        String hook = "/bin/example arg1 arg2 %i %s";
        assertThat(file.iface())
                .isEqualTo(new InterfaceSection(
                        List.of(IpNetwork.parse("192.168.3.1/32")),
                        Optional.of(SecretKey.parse("sLBcu1HI/SCOXLwAnuG79DGS1jWDiwk0SyCM40uYuWI=")),
                        new DnsSettings(List.of(IpAddress.parse("1.1.1.1"), IpAddress.parse("8.8.8.8")), List.of()),
                        OptionalInt.of(1500),
                        new RoutingTable.Off(),
                        Optional.empty(),
                        new Hooks(List.of(hook), List.of(hook), List.of(hook), List.of(hook))));
        assertThat(file.peer())
                .isEqualTo(new PeerSection(
                        Optional.of(PublicKey.parse("QGAYCYJ1Ez7C32wZNw+nI8aBRM8E6OJGKOk0KiCYy0c=")),
                        Optional.of(SecretKey.parse("YFSVOA8Eo0Cj5q9ef0LBA3TudRhKP+3hZMwCljUnKms=")),
                        List.of(IpNetwork.parse("192.168.3.0/24"))));
        assertThat(file.wirescale())
                .isEqualTo(new WirescaleSection(
                        Optional.of(InterfaceName.parse("custom_name")),
                        Optional.empty(),
                        new PartialOptions(
                                Optional.empty(),
                                Optional.of(true),
                                Optional.of(true),
                                Optional.of(true),
                                Optional.of(Tries.of(2)),
                                Optional.of(Tries.of(1)))));
        assertThat(file.warnings()).isEmpty();
        assertThat(file.needsDns()).isTrue();
    }

    @Test
    void reads_the_minimal_example() {
        PeerFile file = Texts.parse(Texts.MINIMAL);
        assertThat(file.iface())
                .isEqualTo(new InterfaceSection(
                        List.of(IpNetwork.parse("192.168.3.1/32")),
                        Optional.empty(),
                        DnsSettings.NONE,
                        OptionalInt.empty(),
                        new RoutingTable.Auto(),
                        Optional.empty(),
                        Hooks.NONE));
        assertThat(file.peer())
                .isEqualTo(new PeerSection(
                        Optional.empty(), Optional.empty(), List.of(IpNetwork.parse("192.168.3.0/24"))));
        assertThat(file.wirescale()).isEqualTo(WirescaleSection.NONE);
        assertThat(file.needsDns()).isFalse();
    }

    @Test
    void sections_and_keys_are_read_in_any_case_and_order() {
        PeerFile file = Texts.parse("""
                [WIRESCALE]
                SUFFIX = ON
                [peer]
                allowedips = fd00::/64
                PUBLICKEY = QGAYCYJ1Ez7C32wZNw+nI8aBRM8E6OJGKOk0KiCYy0c=
                [InterFace]
                address = fd00::1/64
                postup = Echo Me
                """);
        assertThat(file.iface().addresses()).containsExactly(IpNetwork.parse("fd00::1/64"));
        assertThat(file.iface().hooks().postUp()).containsExactly("Echo Me");
        assertThat(file.peer().publicKey()).isPresent();
        assertThat(file.wirescale().options().suffix()).contains(true);
    }

    @Test
    void comments_end_a_line_anywhere_and_blanks_mean_nothing() {
        PeerFile file = Texts.parse(
                "# a peer\r\n\n  [Interface] # ours\r\n\tAddress=192.168.3.1#here\r\n#DNS = 1.1.1.1\n"
                        + "PostUp = echo a # b\n[Peer]\nAllowedIPs\t=\t192.168.3.0/24\t\r\n   \n[Wirescale] # x\nsuffix = yes # y");
        assertThat(file.iface().addresses()).containsExactly(IpNetwork.parse("192.168.3.1/32"));
        assertThat(file.iface().hooks().postUp()).containsExactly("echo a");
        assertThat(file.needsDns()).isFalse();
        assertThat(file.wirescale().options().suffix()).contains(true);
    }

    @Test
    void repeated_keys_keep_their_order() {
        PeerFile file = Texts.parse("""
                [Interface]
                Address = 10.0.0.9/24, 10.0.0.1/24
                PostUp = b
                PostUp = a
                Address = fd00::1/64 10.1.0.1
                DNS = 9.9.9.9, lab.example
                PostUp = b
                DNS = fd00::53 example.com
                PreUp = 1
                PreDown = 2
                PreDown = 3
                PostDown = 4
                [Peer]
                AllowedIPs = 10.0.0.0/24
                AllowedIPs = fd00::/64, 10.1.0.7/16
                """);
        assertThat(file.iface().addresses())
                .extracting(IpNetwork::toString)
                .containsExactly("10.0.0.9/24", "10.0.0.1/24", "fd00::1/64", "10.1.0.1/32");
        assertThat(file.iface().hooks())
                .isEqualTo(new Hooks(List.of("1"), List.of("b", "a", "b"), List.of("2", "3"), List.of("4")));
        assertThat(file.iface().dns().servers()).extracting(IpAddress::toString).containsExactly("9.9.9.9", "fd00::53");
        assertThat(file.iface().dns().searchDomains())
                .extracting(Object::toString)
                .containsExactly("lab.example", "example.com");
        assertThat(file.peer().allowedIps())
                .extracting(IpNetwork::toString)
                .containsExactly("10.0.0.0/24", "fd00::/64", "10.1.0.7/16");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a=b=c",
                "iptables -A INPUT -m comment --comment \"a;b\" -j ACCEPT; true",
                "printf '%%d\\t%d\\n' 1 \\",
                "echo \"${A:-x}\" '$B' `c` > /tmp/$(date +%Y) 2>&1 || exit 1",
                "echo grüße ✅ \u00a0",
                "C:\\temp\\u12 \\",
                "[ -e /x ] && [[ a = b ]]",
                "a\u0085b\u2028c\rd"
            })
    void a_hook_is_kept_to_the_letter(String hook) {
        assertThat(Texts.withInterface("PostUp = " + hook).iface().hooks().postUp())
                .containsExactly(hook);
    }

    @Test
    void placeholders_of_hooks_become_name_and_number_in_one_pass() {
        PeerFile file = Texts.withInterface("PreUp = %i%s %%i %I $%s\\ %i\nPostUp = %\nPreDown = %s\nPostDown = %i");
        assertThat(file.hooksFor(InterfaceName.parse("s"), 12))
                .isEqualTo(new Hooks(List.of("s12 %s %I $12\\ s"), List.of("%"), List.of("12"), List.of("s")));
        assertThat(file.hooksFor(BOB, 0).preDown()).containsExactly("0");
    }

    @ParameterizedTest
    @CsvSource({
        "auto,auto",
        "off,off",
        "'',auto",
        "51820,51820",
        "0xca6c,51820",
        "0XCA6C,51820",
        "010,8",
        "main,254",
        "local,255",
        "default,253",
        "0,254",
        "4294967295,4294967295",
        "0xffffffff,4294967295"
    })
    void reads_a_table_as_ip_does(String text, String table) {
        assertThat(Texts.withInterface("Table = " + text).iface().table()).hasToString(table);
    }

    @ParameterizedTest
    @CsvSource({"off,", "OFF,", "0,", "0x0,", "51820,0xca6c", "0xcA6c,0xca6c", "4294967295,0xffffffff"})
    void reads_a_mark_as_wg_does(String text, String mark) {
        assertThat(Texts.withInterface("FwMark = " + text).iface().fwMark().map(FwMark::toString))
                .isEqualTo(Optional.ofNullable(mark));
    }

    @ParameterizedTest
    @ValueSource(strings = {"68", "1280", "65535"})
    void reads_an_mtu(String mtu) {
        assertThat(Texts.withInterface("MTU = " + mtu).iface().mtu()).hasValue(Integer.parseInt(mtu));
    }

    @Test
    void says_that_port_and_endpoint_are_replaced() {
        PeerFile file = Texts.parse("""
                [Peer]
                Endpoint = bob.example.com:51820
                AllowedIPs = 192.168.3.0/24
                PersistentKeepalive = 25
                [Interface]
                Address = 192.168.3.1
                ListenPort = 51820
                """);
        assertThat(file.warnings())
                .extracting(Warning::toString)
                .containsExactly(
                        "/etc/wirescale/bob.conf, line 2: 'Endpoint' is replaced by the endpoint that tailscale finds:"
                                + " remove the line",
                        "/etc/wirescale/bob.conf, line 7: 'ListenPort' is replaced by the port that tailscale holds:"
                                + " remove the line");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"203.0.113.7:0", "203.0.113.7:51820", "[2001:db8::7]:51820", "bob:1", "a.b-c.example:65535"})
    void takes_the_endpoints_that_wg_takes(String endpoint) {
        assertThat(Texts.withPeer("Endpoint = " + endpoint).warnings()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"off", "OFF", "0", "65535"})
    void takes_every_keepalive_without_a_word(String keepalive) {
        assertThat(Texts.withPeer("PersistentKeepalive = " + keepalive).warnings())
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"FwMark = 0xA08D037B", "FwMark = 0xa08d037c", "FwMark = 0x80000", "Table = 0xA08D037A"})
    void warns_of_numbers_that_others_use(String line) {
        assertThat(Texts.withInterface(line).warnings())
                .extracting(Warning::toString)
                .singleElement()
                .asString()
                .contains("line 3", "choose another number");
    }

    @ParameterizedTest
    @CsvSource({
        "true,true",
        "TRUE,true",
        "yes,true",
        "On,true",
        "1,true",
        "false,false",
        "No,false",
        "oFF,false",
        "0,false"
    })
    void reads_booleans_in_any_case(String text, boolean value) {
        PartialOptions options = Texts.withWirescale(
                        "iptables-accept = " + text + "\nIPTABLES-FORWARD=" + text + "\niptables-masquerade =" + text)
                .wirescale()
                .options();
        assertThat(options.accept()).contains(value);
        assertThat(options.forward()).contains(value);
        assertThat(options.masquerade()).contains(value);
    }

    @ParameterizedTest
    @CsvSource({"0,0", "3,3", "-1,-1", "-7,-1", "-99999999999,-1", "-0,0", "+2,2", "2147483647,2147483647"})
    void reads_tries_and_negative_ones_as_without_limit(String text, String tries) {
        PartialOptions options = Texts.withWirescale("recover-tries = " + text + "\nrecreate-tries = " + text)
                .wirescale()
                .options();
        assertThat(options.recoverTries().map(Tries::toString)).contains(tries);
        assertThat(options.recreateTries().map(Tries::toString)).contains(tries);
    }

    @Test
    void a_file_can_be_pinned_to_a_node() {
        PeerFile file = Texts.withWirescale("node = nJ7Fh2CNTRL");
        assertThat(file.wirescale().node()).contains(new NodePin("nJ7Fh2CNTRL"));
        file.requireNode("nJ7Fh2CNTRL");
        Refusals.assertRefused(() -> file.requireNode("nOther"), ConfigReason.WRONG_NODE);
    }
}
