package org.wirescale.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.wirescale.model.ErrorCode;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.IpAddress;
import org.wirescale.model.Port;
import org.wirescale.model.PublicKey;
import org.wirescale.model.SecretKey;
import org.wirescale.model.SessionToken;
import org.wirescale.model.WirescaleException;

final class PeerCodecTest {
    private static final String KEY = "Jagl9ZKgJpnatDNH+2Z1WQC13dVMSyLyAh0iU98qrRc=";
    private static final String PSK = "9FFbjKGCbGWDIyDB6ZW4D/ENgxqBSBIiBfkBYCCSvjI=";
    private static final SessionToken TOKEN = new SessionToken("0c0bb8a3-58a7-4b0e-9a1d-91f9c3defe22");
    static final String UPGRADE = """
            {"code": "upgrade", "error_code": null, "addresses": ["192.168.3.1", "fd00::1"], "interface": "bob",\
             "expected_interface": null, "port": 41641, "public_ip": "203.0.113.7", "exposed_port": 1024,\
             "pubkey": "%s", "remote_pubkey": null, "has_psk": false, "psk": "%s"}""".formatted(KEY, PSK);

    static Stream<PeerMessage> every_message() {
        PeerMessage.Upgrade upgrade = new PeerMessage.Upgrade(
                List.of(IpAddress.parse("192.168.3.1"), IpAddress.parse("fd00::1")),
                InterfaceName.parse("bob"),
                Optional.of(InterfaceName.parse("alice")),
                new Port(41641),
                IpAddress.parse("2001:db8::7"),
                new Port(65535),
                PublicKey.parse(KEY),
                Optional.of(PublicKey.parse(KEY)),
                false,
                Optional.of(SecretKey.parse(PSK)),
                true);
        return Stream.of(
                new PeerMessage.Token(TOKEN, "2.0.0", Set.of(Features.SUCCESS, "other")),
                new PeerMessage.Token(TOKEN, "1.0.3", Set.of()),
                new PeerMessage.Hello(),
                new PeerMessage.Ack(Set.of()),
                new PeerMessage.Ack(Set.of(Features.SUCCESS)),
                new PeerMessage.Info("defe22 - Größe ✅ \"quoted\" \\"),
                upgrade,
                new PeerMessage.Upgrade(
                        upgrade.addresses(),
                        upgrade.iface(),
                        Optional.empty(),
                        upgrade.port(),
                        upgrade.publicIp(),
                        upgrade.exposedPort(),
                        upgrade.publicKey(),
                        Optional.empty(),
                        true,
                        Optional.empty(),
                        false),
                new PeerMessage.UpgradeResponse(
                        upgrade.addresses(),
                        upgrade.iface(),
                        upgrade.port(),
                        upgrade.publicKey(),
                        upgrade.publicIp(),
                        upgrade.exposedPort(),
                        true,
                        59,
                        true),
                new PeerMessage.Recover(
                        InterfaceName.parse("alice"),
                        Sealed.parse("AAECAwQFBgcICQoL", "ncUEKljQqibrDXeR641BIL6PCo70Mu0tnpI=")),
                new PeerMessage.RecoverResponse(
                        Sealed.parse("AAECAwQFBgcICQoL", "ncUEKljQqibrDXeR641BIL6PCo70Mu0tnpI=")),
                new PeerMessage.Go(false),
                new PeerMessage.Moved(),
                new PeerMessage.Success(),
                new PeerMessage.Failure(ErrorCode.INTERFACE_EXISTS, "taken"));
    }

    @ParameterizedTest
    @MethodSource("every_message")
    void reads_back_what_it_wrote(PeerMessage message) {
        assertThat(PeerCodec.decode(PeerCodec.encode(message))).isEqualTo(message);
    }

    @ParameterizedTest
    @MethodSource("every_message")
    void gives_every_object_both_codes(PeerMessage message) {
        assertThat(PeerCodec.encode(message))
                .contains("\"code\":", "\"error_code\":", "\"" + message.code() + "\"", "null");
    }

    @Test
    void reads_the_messages_of_1_0_3() {
        assertThat(PeerCodec.decode("{\"code\": \"token\", \"token\": \"" + TOKEN + "\", \"version\": \"1.0.3\"}"))
                .isEqualTo(new PeerMessage.Token(TOKEN, "1.0.3", Set.of()));
        assertThat(PeerCodec.decode("{\"code\": \"ack\"}")).isEqualTo(new PeerMessage.Ack(Set.of()));
        assertThat(PeerCodec.decode("{\"code\":null,\"error_code\":\"closed\",\"error_message\":\"gone\"}"))
                .isEqualTo(new PeerMessage.Failure(ErrorCode.CLOSED, "gone"));
        assertThat(PeerCodec.decode(UPGRADE)).isInstanceOf(PeerMessage.Upgrade.class);
    }

    @Test
    void writes_to_1_0_3_nothing_but_its_own_keys() {
        assertThat(PeerCodec.encode(new PeerMessage.Hello())).isEqualTo("{\"code\":\"hello\",\"error_code\":null}");
        assertThat(PeerCodec.encode(PeerCodec.decode(UPGRADE)))
                .isEqualTo(UPGRADE.replace(": ", ":").replace(", ", ","));
    }

    @Test
    void ignores_keys_that_it_does_not_know() {
        assertThat(PeerCodec.decode("{\"code\":\"go\",\"nat\":true,\"later\":{\"a\":[1,{\"b\":2}]},\"n\":1e9}"))
                .isEqualTo(new PeerMessage.Go(true));
    }

    @Test
    void takes_an_error_code_of_a_later_version_as_a_general_failure() {
        assertThat(PeerCodec.decode("{\"error_code\":\"moon_phase\",\"error_message\":null}"))
                .isEqualTo(new PeerMessage.Failure(ErrorCode.GENERIC, ""));
    }

    @Test
    void does_not_even_look_at_a_key_beside_a_configured_one() {
        String both = UPGRADE.replace("\"has_psk\": false", "\"has_psk\": true").replace(PSK, "nonsense");
        assertThat(((PeerMessage.Upgrade) PeerCodec.decode(both)).presharedKey())
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"addresses", "interface", "port", "public_ip", "exposed_port", "pubkey", "has_psk", "psk"})
    void names_the_missing_key(String key) {
        assertThatExceptionOfType(WirescaleException.class)
                .isThrownBy(() -> PeerCodec.decode(UPGRADE.replace("\"" + key + "\"", "\"x_" + key + "\"")))
                .matches(e -> e.reason() == ProtocolReason.MISSING_KEY
                        && e.detail("key").equals(key)
                        && e.peerMessage().contains("'" + key + "'"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "\"port\": 41641; \"port\": \"41641\"; ILL_TYPED_KEY; port",
                "\"port\": 41641; \"port\": 41641.0; ILL_TYPED_KEY; port",
                "\"port\": 41641; \"port\": 0; BAD_VALUE; port",
                "\"port\": 41641; \"port\": 65536; BAD_VALUE; port",
                "\"port\": 41641; \"port\": 99999999999999999999; ILL_TYPED_KEY; port",
                "\"port\": 41641; \"port\": true; ILL_TYPED_KEY; port",
                "\"interface\": \"bob\"; \"interface\": \"wg+\"; BAD_VALUE; interface",
                "\"interface\": \"bob\"; \"interface\": \"-j\"; BAD_VALUE; interface",
                "\"interface\": \"bob\"; \"interface\": \"../../etc\"; BAD_VALUE; interface",
                "\"interface\": \"bob\"; \"interface\": \"lo\"; BAD_VALUE; interface",
                "\"interface\": \"bob\"; \"interface\": [\"bob\"]; ILL_TYPED_KEY; interface",
                "\"expected_interface\": null; \"expected_interface\": \"a b\"; BAD_VALUE; expected_interface",
                "\"public_ip\": \"203.0.113.7\"; \"public_ip\": \"bob.example\"; BAD_VALUE; public_ip",
                "\"public_ip\": \"203.0.113.7\"; \"public_ip\": \"fe80::1%eth0\"; BAD_VALUE; public_ip",
                "[\"192.168.3.1\", \"fd00::1\"]; []; ILL_TYPED_KEY; addresses",
                "[\"192.168.3.1\", \"fd00::1\"]; \"192.168.3.1\"; ILL_TYPED_KEY; addresses",
                "[\"192.168.3.1\", \"fd00::1\"]; [\"192.168.3.1/24\"]; BAD_VALUE; addresses",
                "[\"192.168.3.1\", \"fd00::1\"]; [\"192.168.3.1\", 7]; ILL_TYPED_KEY; addresses",
                "[\"192.168.3.1\", \"fd00::1\"]; [[\"192.168.3.1\"]]; ILL_TYPED_KEY; addresses",
                "\"has_psk\": false; \"has_psk\": 0; ILL_TYPED_KEY; has_psk",
                "9FFbjKGCbGWDIyDB6ZW4D/ENgxqBSBIiBfkBYCCSvjI=; c2hvcnQ=; BAD_VALUE; psk",
                "Jagl9ZKgJpnatDNH+2Z1WQC13dVMSyLyAh0iU98qrRc=; Jagl9ZKg; BAD_VALUE; pubkey",
                "\"remote_pubkey\": null; \"remote_pubkey\": \"\"; BAD_VALUE; remote_pubkey",
            })
    void names_the_key_whose_value_is_wrong(String from, String to, ProtocolReason reason, String key) {
        String hostile = UPGRADE.replace(from, to);
        assertThat(hostile).isNotEqualTo(UPGRADE);
        assertThatExceptionOfType(WirescaleException.class)
                .isThrownBy(() -> PeerCodec.decode(hostile))
                .matches(e -> e.reason() == reason && e.detail("key").equals(key));
    }

    @Test
    void bounds_the_list_of_addresses() {
        String many = UPGRADE.replace("\"fd00::1\"", "\"fd00::1\", ".repeat(PeerLimits.ADDRESSES) + "\"fd00::1\"");
        assertThatExceptionOfType(WirescaleException.class)
                .isThrownBy(() -> PeerCodec.decode(many))
                .matches(e -> e.reason() == ProtocolReason.ILL_TYPED_KEY);
    }

    @Test
    void a_pre_shared_key_does_not_show_in_text() {
        assertThat(PeerCodec.decode(UPGRADE).toString()).doesNotContain(PSK).contains("(hidden)");
    }

    @Test
    void a_damaged_message_does_not_show_its_secrets() {
        assertThatExceptionOfType(WirescaleException.class)
                .isThrownBy(() -> PeerCodec.decode(UPGRADE.replace("}", "")))
                .satisfies(e -> {
                    assertThat(e.getMessage()).doesNotContain(PSK);
                    assertThat(e.getCause()).isNotNull();
                    assertThat(String.valueOf(e.getCause())).doesNotContain(PSK);
                });
    }
}
