package org.wirescale.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class IpAddressTest {
    @ParameterizedTest
    @CsvSource({
        "10.0.0.1,10.0.0.1",
        "FD7A:115C:A1E0::0001,fd7a:115c:a1e0::1",
        "2001:db8:0:0:1:0:0:1,2001:db8::1:0:0:1",
        "2001:db8:0:1:1:1:1:1,2001:db8:0:1:1:1:1:1",
        "::,::",
        "::1,::1",
        "1::,1::",
        "0:0:1:0:0:0:1:0,0:0:1::1:0",
        "64:ff9b::1.2.3.4,64:ff9b::102:304"
    })
    void writes_addresses_as_rfc_5952_does(String text, String canonical) {
        assertThat(IpAddress.parse(text)).hasToString(canonical);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1",
                "10.1",
                "010.0.0.1",
                "256.0.0.1",
                "[::1]",
                "fe80::1%eth0",
                "::ffff:1.2.3.4",
                "bob",
                "1.2.3.4 ",
                ":::",
                "1:2:3:4:5:6:7:8:9",
                "0x7f.0.0.1"
            })
    void refuses_what_is_no_plain_literal(String text) {
        assertThatExceptionOfType(WirescaleException.class)
                .isThrownBy(() -> IpAddress.parse(text))
                .matches(e -> e.reason() == ModelReason.ADDRESS);
    }

    @Test
    void orders_as_unsigned_numbers() {
        assertThat(IpAddress.parse("100.64.0.2")).isLessThan(IpAddress.parse("200.64.0.1"));
    }
}
