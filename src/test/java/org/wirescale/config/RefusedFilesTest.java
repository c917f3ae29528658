package org.wirescale.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.wirescale.model.ErrorCode;
import org.wirescale.model.WirescaleException;

final class RefusedFilesTest {
    private static final String SECRET = "sLBcu1HI/SCOXLwAnuG79DGS1jWDiwk0SyCM40uYuWI=";

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ADDRESS                | Address = 192.168.3.256
            ADDRESS                | Address = 192.168.3.1/33
            ADDRESS                | Address = fd00::1/129
            ADDRESS                | Address = bob
            ADDRESS                | Address = 192.168.3.2, fd00::1%eth0
            ADDRESS                | Address = 192.168.3.2/255.255.255.0
            KEY                    | PrivateKey = abc
            KEY                    | PrivateKey =
            KEY                    | PrivateKey = sLBcu1HI/SCOXLwAnuG79DGS1jWDiwk0SyCM40uYuWJ=
            ZERO_KEY               | PrivateKey = AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
            DNS                    | DNS = 1.1.1
            DNS                    | DNS = fd00:::1
            DNS                    | DNS = 1.1.1.1:53
            DNS                    | DNS = -option.example
            DNS                    | DNS = $(reboot)
            MTU                    | MTU = 67
            MTU                    | MTU = 65536
            MTU                    | MTU = -1
            MTU                    | MTU = auto
            MTU                    | MTU = 99999999999999999999
            TABLE                  | Table = On
            TABLE                  | Table = OFF
            TABLE                  | Table = -1
            TABLE                  | Table = 08
            TABLE                  | Table = 4294967296
            TABLE                  | Table = 0x1ffffffff
            TABLE                  | Table = my-table
            FWMARK                 | FwMark =
            FWMARK                 | FwMark = -1
            FWMARK                 | FwMark = 0x
            FWMARK                 | FwMark = 0X80
            FWMARK                 | FwMark = 0x1ffffffff
            FWMARK                 | FwMark = 4294967296
            FWMARK                 | FwMark = 0xg
            LISTEN_PORT            | ListenPort =
            LISTEN_PORT            | ListenPort = 65536
            LISTEN_PORT            | ListenPort = -1
            SAVE_CONFIG            | SaveConfig = true
            SAVE_CONFIG            | saveconfig = FALSE
            UNKNOWN_KEY            | Adress = 192.168.3.1
            UNKNOWN_KEY            | AllowedIPs = 192.168.3.0/24
            UNKNOWN_KEY            | suffix = true
            NO_KEY_AND_VALUE       | PostUp
            NO_KEY_AND_VALUE       | = 192.168.3.1
            NO_KEY_AND_VALUE       | PostUp # = true
            UNKNOWN_SECTION        | [Interface
            UNKNOWN_SECTION        | [Interfaces]
            UNKNOWN_SECTION        | [Inter face]
            UNKNOWN_SECTION        | [Interface] x
            REPEATED_SECTION       | [INTERFACE]
            """)
    void a_line_of_the_interface_is_refused(ConfigReason reason, String line) {
        String key = line.contains("=") ? line.substring(0, line.indexOf('=')).strip() : "";
        WirescaleException refusal = Refusals.assertRefused(() -> Texts.withInterface(line), reason);
        assertNamed(refusal, 3, line.startsWith("[") || reason == ConfigReason.NO_KEY_AND_VALUE ? "" : key);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            KEY                    | PublicKey = QGAYCYJ1
            KEY                    | PublicKey = (none)
            ZERO_KEY               | PublicKey = AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
            KEY                    | PresharedKey = 64 characters
            ZERO_KEY               | PresharedKey = AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
            NETWORK                | AllowedIPs = 192.168.3.0/33
            NETWORK                | AllowedIPs = 192.168.3.0/24,
            NETWORK                | AllowedIPs = 192.168.3.0/24 10.0.0.0/8
            NETWORK                | AllowedIPs = 192.168.3.0/24,,10.0.0.0/8
            NETWORK                | AllowedIPs = bob
            NETWORK                | AllowedIPs =
            ENDPOINT               | Endpoint = 203.0.113.7
            ENDPOINT               | Endpoint = 203.0.113.7:65536
            ENDPOINT               | Endpoint = 2001:db8::7:51820
            ENDPOINT               | Endpoint =
            KEEPALIVE              | PersistentKeepalive = 65536
            KEEPALIVE              | PersistentKeepalive = on
            KEEPALIVE              | PersistentKeepalive = -1
            KEEPALIVE              | PersistentKeepalive =
            UNKNOWN_KEY            | Address = 192.168.3.1
            UNKNOWN_KEY            | SaveConfig = true
            REPEATED_SECTION       | [Peer]
            """)
    void a_line_of_the_peer_is_refused(ConfigReason reason, String line) {
        String key =
                line.startsWith("[") ? "" : line.substring(0, line.indexOf('=')).strip();
        WirescaleException refusal = Refusals.assertRefused(() -> Texts.withPeer(line), reason);
        assertNamed(refusal, 5, key);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            BOOLEAN                | suffix = maybe
            BOOLEAN                | suffix =
            BOOLEAN                | iptables-accept = 2
            BOOLEAN                | iptables-forward = tru
            BOOLEAN                | iptables-masquerade = true false
            TRIES                  | recover-tries = many
            TRIES                  | recover-tries = 1.5
            TRIES                  | recover-tries =
            TRIES                  | recreate-tries = 2147483648
            TRIES                  | recreate-tries = --1
            INTERFACE_NAME         | interface = lo
            INTERFACE_NAME         | interface = ../x
            INTERFACE_NAME         | interface = wg+
            INTERFACE_NAME         | interface =
            INTERFACE_NAME         | interface = sixteencharacter
            UNKNOWN_KEY            | interface: x = y
            INTERFACE_NAME         | interface = a;b
            NODE                   | node = a/b
            NODE                   | node =
            UNKNOWN_KEY            | recovertries = 1
            UNKNOWN_KEY            | Address = 192.168.3.1
            UNKNOWN_KEY            | ; suffix = true
            UNKNOWN_KEY            | suffix: = true
            NO_KEY_AND_VALUE       | suffix
            NO_KEY_AND_VALUE       | suffix : true
            REPEATED_SECTION       | [wirescale]
            """)
    void a_line_of_our_own_section_is_refused(ConfigReason reason, String line) {
        WirescaleException refusal = Refusals.assertRefused(() -> Texts.withWirescale(line), reason);
        assertNamed(refusal, 7, "");
    }

    @Test
    void escapes_and_continued_lines_of_ini_files_are_none() {
        Refusals.assertRefused(() -> Texts.withWirescale("interface = w\\u0067"), ConfigReason.INTERFACE_NAME);
        Refusals.assertRefused(
                () -> Texts.withWirescale("interface = wg\\\nsuffix = true"), ConfigReason.INTERFACE_NAME);
        Refusals.assertRefused(() -> Texts.withWirescale("interface = ${Peer/x}"), ConfigReason.INTERFACE_NAME);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PrivateKey = " + SECRET, "MTU = 1400", "Table = off", "FwMark = 1", "ListenPort = 1"})
    void a_key_with_one_value_stands_once(String line) {
        WirescaleException refusal = Refusals.assertRefused(
                () -> Texts.withInterface(line + "\n" + line.toLowerCase(java.util.Locale.ROOT)),
                ConfigReason.REPEATED_KEY);
        assertThat(refusal.getMessage()).contains("line 4", "in line 3");
    }

    @Test
    void a_section_missing_is_named() {
        assertThat(Refusals.assertRefused(
                        () -> Texts.parse("[Interface]\nAddress = 192.168.3.1\n"), ConfigReason.MISSING_SECTION))
                .hasMessage("/etc/wirescale/bob.conf: there is no [Peer] section: add it");
        assertThat(Refusals.assertRefused(() -> Texts.parse(""), ConfigReason.MISSING_SECTION))
                .hasMessageContaining("[Interface]");
    }

    @Test
    void a_required_key_missing_is_named() {
        assertThat(Refusals.assertRefused(
                        () -> Texts.parse("[Interface]\nAddress =\n[Peer]\nAllowedIPs = ::/64\n"),
                        ConfigReason.MISSING_KEY))
                .hasMessageContaining("'Address'");
        assertThat(Refusals.assertRefused(
                        () -> Texts.parse("[Interface]\nAddress = 192.168.3.1\n[Peer]\n"), ConfigReason.MISSING_KEY))
                .hasMessageContaining("'AllowedIPs'");
    }

    @Test
    void what_stands_before_the_first_section_is_refused() {
        WirescaleException refusal = Refusals.assertRefused(
                () -> Texts.parse("Address = 192.168.3.1\n" + Texts.MINIMAL), ConfigReason.OUTSIDE_SECTION);
        assertNamed(refusal, 1, "Address");
    }

    @Test
    void a_nul_is_refused() {
        assertNamed(
                Refusals.assertRefused(() -> Texts.withInterface("PostUp = a\0b # c"), ConfigReason.NOT_TEXT), 3, "");
    }

    @ParameterizedTest
    @CsvSource({"fd00::1/64,192.168.3.0/24,auto", "192.168.3.1,fd00::/64,auto", "fd00::1,fd00::/64,off"})
    void ipv6_needs_an_mtu_of_1280(String address, String network, String table) {
        String text = "[Interface]\nAddress = " + address + "\nMTU = 1279\nTable = " + table + "\n[Peer]\nAllowedIPs = "
                + network + "\n";
        assertNamed(Refusals.assertRefused(() -> Texts.parse(text), ConfigReason.MTU_TOO_SMALL_FOR_IPV6), 3, "MTU");
        assertThat(Texts.parse(text.replace("1279", "1280")).iface().mtu()).hasValue(1280);
    }

    @Test
    void networks_without_routes_need_no_mtu() {
        String text = "[Interface]\nAddress = 10.0.0.1\nMTU = 1000\nTable = off\n[Peer]\nAllowedIPs = fd00::/64\n";
        assertThat(Texts.parse(text).iface().mtu()).hasValue(1000);
    }

    @Test
    void no_refusal_shows_a_key_that_slipped_into_the_wrong_place() {
        for (String line : new String[] {
            SECRET, "x = " + SECRET, "Address = " + SECRET, SECRET + " = x", "[" + SECRET + "]", "DNS = " + SECRET
        }) {
            WirescaleException refusal = org.assertj.core.api.Assertions.catchThrowableOfType(
                    WirescaleException.class, () -> Texts.withInterface(line));
            assertThat(refusal.getMessage()).doesNotContain("sLBcu1HI");
            assertThat(refusal.peerMessage()).doesNotContain("sLBcu1HI");
            assertThat(refusal.errorCode()).isEqualTo(ErrorCode.GENERIC);
        }
    }

    private static void assertNamed(WirescaleException refusal, int line, String key) {
        assertThat(refusal.getMessage())
                .startsWith("/etc/wirescale/bob.conf, line " + line + ": ")
                .contains(key);
        assertThat(refusal.detail("line")).isEqualTo(Integer.toString(line));
    }
}
