package org.wirescale.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ValuesTest {
    @ParameterizedTest
    @ValueSource(strings = {"bob", "a", "_x", "0", "wg0.1", "a=b-c", "abcdefghijklmno"})
    void takes_interface_names_that_every_tool_takes(String name) {
        assertThat(InterfaceName.parse(name)).hasToString(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-x",
                ".x",
                "=x",
                "wg+",
                "a b",
                "a/b",
                "lo",
                "all",
                "default",
                "interfaces",
                "abcdefghijklmnop",
                "bób",
                "a\n"
            })
    void refuses_interface_names_that_mean_something_else_to_a_tool(String name) {
        assertThatExceptionOfType(WirescaleException.class)
                .isThrownBy(() -> InterfaceName.parse(name))
                .matches(e -> e.reason() == ModelReason.INTERFACE_NAME);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "65536", "-1", "+1", "", "99999", "1e3", "٣"})
    void refuses_ports_out_of_range(String text) {
        assertThatExceptionOfType(WirescaleException.class).isThrownBy(() -> Port.parse(text));
    }

    @ParameterizedTest
    @CsvSource({"203.0.113.7:41641,203.0.113.7:41641", "[2001:DB8::7]:1,[2001:db8::7]:1"})
    void reads_endpoints_of_both_families(String text, String canonical) {
        assertThat(Endpoint.parse(text)).hasToString(canonical);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"203.0.113.7", "2001:db8::7:41641", "[203.0.113.7]:1", "bob:41641", "203.0.113.7:0", "[::1]"})
    void refuses_endpoints_without_address_or_port(String text) {
        assertThatExceptionOfType(WirescaleException.class)
                .isThrownBy(() -> Endpoint.parse(text))
                .matches(e -> e.reason() == ModelReason.ENDPOINT);
    }

    @ParameterizedTest
    @CsvSource({"192.168.3.77/24,192.168.3.0/24", "fd00::5/64,fd00::/64", "10.9.8.7,10.9.8.7/32", "1.2.3.4/0,0.0.0.0/0"
    })
    void masks_host_bits(String text, String masked) {
        assertThat(IpNetwork.parse(text).masked()).hasToString(masked);
    }

    @Test
    void a_network_contains_its_addresses_only() {
        IpNetwork network = IpNetwork.parse("192.168.3.0/24");
        assertThat(network.contains(IpAddress.parse("192.168.3.200"))).isTrue();
        assertThat(network.contains(IpAddress.parse("192.168.4.1"))).isFalse();
        assertThat(network.contains(IpAddress.parse("::"))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.2.3.4/33", "::/129", "1.2.3.4/", "/24", "1.2.3.4/-1", "1.2.3.4/24/3"})
    void refuses_networks_with_a_wrong_prefix(String text) {
        assertThatExceptionOfType(WirescaleException.class)
                .isThrownBy(() -> IpNetwork.parse(text))
                .matches(e -> e.reason() == ModelReason.NETWORK);
    }

    @Test
    void keys_are_32_bytes_of_canonical_base64() {
        String text = "QGAYCYJ1Ez7C32wZNw+nI8aBRM8E6OJGKOk0KiCYy0c=";
        assertThat(PublicKey.parse(text)).hasToString(text);
        String strayBits = text.replace("c=", "d=");
        assertThatExceptionOfType(WirescaleException.class).isThrownBy(() -> PublicKey.parse(strayBits));
        assertThatExceptionOfType(WirescaleException.class).isThrownBy(() -> PublicKey.parse("QGAYCYJ1"));
    }

    @Test
    void a_secret_key_does_not_show_itself() {
        SecretKey key = SecretKey.randomPrivateKey();
        assertThat(key).hasToString("(hidden)");
        assertThat(SecretKey.parse(key.reveal())).isEqualTo(key);
    }

    @Test
    void a_sessions_uid_is_the_end_of_its_token() {
        assertThat(new SessionToken("0b0e2f6e-0000-4000-8000-123456defe22").uid())
                .isEqualTo("defe22");
        assertThatExceptionOfType(WirescaleException.class).isThrownBy(() -> new SessionToken("defe22"));
    }
}
