package org.wirescale.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wirescale.model.WirescaleException;

/** Our reading of the keys that wg(8) reads agrees with wg's own, value by value. */
final class WgContractTest {
    @BeforeEach
    void wg_is_installed() {
        assumeTrue(WgReading.isThere());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ListenPort = 0",
                "ListenPort = 65535",
                "ListenPort = -1",
                "ListenPort =",
                "listenport=51820#x",
                "FwMark = off",
                "FwMark = 0",
                "FwMark = 4294967295",
                "FwMark = 4294967296",
                "FwMark = 0xffffffff",
                "FwMark = 0x1ffffffff",
                "FwMark = 0X80",
                "FwMark = -1",
                "FwMark = x",
                "PrivateKey = sLBcu1HI/SCOXLwAnuG79DGS1jWDiwk0SyCM40uYuWI=",
                "PrivateKey = sLBcu1HI/SCOXLwAnuG79DGS1jWDiwk0SyCM40uYuWJ=",
                "PrivateKey = sLBcu1HI",
                "PrivateKey =",
                "PublicKey = QGAYCYJ1Ez7C32wZNw+nI8aBRM8E6OJGKOk0KiCYy0c=",
                "Nonsense = 1",
                "; ListenPort = 1",
                "[Nonsense]",
                "ListenPort"
            })
    void of_the_interface(String line) {
        boolean ours = isTaken(() -> Texts.withInterface(line));
        assertThat(ours).isEqualTo(WgReading.accepts("[Interface]\n" + line + "\n"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "PersistentKeepalive = 0",
                "PersistentKeepalive = off",
                "PersistentKeepalive = 65535",
                "PersistentKeepalive = 65536",
                "PersistentKeepalive = -1",
                "PersistentKeepalive =",
                "PersistentKeepalive = 25s",
                "PresharedKey = YFSVOA8Eo0Cj5q9ef0LBA3TudRhKP+3hZMwCljUnKms=",
                "PresharedKey = YFSVOA8Eo0Cj5q9ef0LBA3TudRhKP+3hZMwCljUnKmt=",
                "AllowedIPs = 10.0.0.7/8, fd00::1/64,1.2.3.4",
                "ALLOWEDIPS = ::/0",
                "AllowedIPs =",
                "AllowedIPs = 10.0.0.0/8,",
                "AllowedIPs = ,10.0.0.0/8",
                "AllowedIPs = 10.0.0.0/33",
                "AllowedIPs = fd00::/129",
                "AllowedIPs = fd00::/-1",
                "AllowedIPs = 10.0.0.0/8 11.0.0.0/8",
                "AllowedIPs = 10.0.0/8",
                "Endpoint = 203.0.113.7:51820",
                "Endpoint = 203.0.113.7:0",
                "Endpoint = [2001:db8::7]:51820",
                "Endpoint = [2001:db8::7]",
                "Endpoint = 203.0.113.7",
                "Endpoint = 203.0.113.7:",
                "Endpoint =",
                "Address = 10.0.0.1"
            })
    void of_the_peer(String line) {
        boolean ours = isTaken(() -> Texts.withPeer(line));
        assertThat(ours)
                .isEqualTo(WgReading.accepts(
                        "[Peer]\nPublicKey = QGAYCYJ1Ez7C32wZNw+nI8aBRM8E6OJGKOk0KiCYy0c=\n" + line + "\n"));
    }

    private static boolean isTaken(Runnable reading) {
        try {
            reading.run();
            return true;
        } catch (WirescaleException e) {
            return false;
        }
    }
}
