package org.wirescale.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Base64;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.IpAddress;
import org.wirescale.model.Port;
import org.wirescale.model.PublicKey;
import org.wirescale.model.SecretKey;
import org.wirescale.model.WirescaleException;

/** The expected bytes were made with another library: pyca/cryptography. */
final class TunnelSecretTest {
    private static final SecretKey ALICE = SecretKey.parse("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
    private static final PublicKey ALICE_PUBLIC = PublicKey.parse("j0DFrbaPJWJK5bIU6nZ6bslNgp09e14a0bpvPiE4KF8=");
    private static final SecretKey BOB = SecretKey.parse("ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=");
    private static final PublicKey BOB_PUBLIC = PublicKey.parse("NYBy1jZYgNGu6jKa35EhODhR7SGijjt16WXQ0s0WYlQ=");
    private static final SecretKey PSK = SecretKey.parse("QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZXWFlaW1xdXl8=");
    private static final String NONCE = "AAECAwQFBgcICQoL";
    private static final String ENCRYPTED = "ncUEKljQqibrDXeR641BIL6PCo70Mu0tnpI=";
    private static final String TEXT = "{\"a\":\"ü\"}";

    @Test
    void makes_the_same_bytes_as_another_library_at_either_end() {
        TunnelSecret alices = TunnelSecret.of(ALICE, BOB_PUBLIC, PSK);
        TunnelSecret bobs = TunnelSecret.of(BOB, ALICE_PUBLIC, PSK);
        assertThat(alices.seal(TEXT, Base64.getUrlDecoder().decode(NONCE)).encryptedText())
                .isEqualTo(ENCRYPTED);
        assertThat(bobs.open(Sealed.parse(NONCE, ENCRYPTED))).isEqualTo(TEXT);
    }

    @Test
    void every_text_has_a_nonce_of_its_own() {
        TunnelSecret secret = TunnelSecret.of(ALICE, BOB_PUBLIC, PSK);
        assertThat(secret.seal(TEXT).nonceText()).isNotEqualTo(secret.seal(TEXT).nonceText());
    }

    @Test
    void another_key_opens_nothing() {
        Sealed sealed = Sealed.parse(NONCE, ENCRYPTED);
        refuses(() -> TunnelSecret.of(BOB, ALICE_PUBLIC, SecretKey.randomPresharedKey())
                .open(sealed));
        refuses(() -> TunnelSecret.of(BOB, BOB_PUBLIC, PSK).open(sealed));
        refuses(() ->
                TunnelSecret.of(SecretKey.randomPrivateKey(), ALICE_PUBLIC, PSK).open(sealed));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "AAECAwQFBgcICQ==",
                "AAECAwQFBgcICQoLDA==",
                "AAECAwQFBg/ICQoL",
                "AAECAwQFBgcICQo",
                "not base64 at all"
            })
    void what_is_no_nonce_is_refused(String nonce) {
        refuses(() -> Sealed.parse(nonce, ENCRYPTED));
    }

    @Test
    void what_was_changed_or_is_too_short_or_too_long_is_refused() {
        TunnelSecret secret = TunnelSecret.of(BOB, ALICE_PUBLIC, PSK);
        refuses(() -> secret.open(Sealed.parse(NONCE, ENCRYPTED.replace('n', 'm'))));
        refuses(() -> secret.open(Sealed.parse("AAECAwQFBgcICQoM", ENCRYPTED)));
        refuses(() -> Sealed.parse(NONCE, "AAAA"));
        refuses(() -> Sealed.parse(NONCE, "A".repeat(8000)));
    }

    /** Zero is a point of small order: whoever presents it would know the secret without the private key. */
    @Test
    void a_public_key_that_gives_the_secret_away_is_refused() {
        assertThatExceptionOfType(WirescaleException.class)
                .isThrownBy(() -> TunnelSecret.of(ALICE, PublicKey.ofBytes(new byte[32]), PSK))
                .matches(e -> e.reason() == ProtocolReason.UNUSABLE_KEY);
    }

    @Test
    void a_request_and_its_answer_come_back() {
        TunnelSecret secret = TunnelSecret.of(ALICE, BOB_PUBLIC, PSK);
        RecoverText.Request request = new RecoverText.Request(
                4_102_444_800L,
                OptionalInt.of(7),
                new Port(41641),
                IpAddress.parse("203.0.113.20"),
                new Port(1),
                InterfaceName.parse("bob"),
                new Port(50000));
        assertThat(RecoverText.Request.open(request.seal(secret), secret)).isEqualTo(request);
        RecoverText.Answer answer =
                new RecoverText.Answer(true, IpAddress.parse("2001:db8::1"), new Port(2), new Port(3), 59);
        assertThat(RecoverText.Answer.open(answer.seal(secret), secret)).isEqualTo(answer);
    }

    @Test
    void a_sealed_text_is_checked_as_any_message_is() {
        TunnelSecret secret = TunnelSecret.of(ALICE, BOB_PUBLIC, PSK);
        String good = new RecoverText.Answer(true, IpAddress.parse("10.0.0.1"), new Port(2), new Port(3), 59).json();
        assertThat(RecoverText.Answer.open(secret.seal(good), secret).startTime())
                .isEqualTo(59);
        assertThatExceptionOfType(WirescaleException.class)
                .isThrownBy(() -> RecoverText.Answer.open(
                        secret.seal(good.replace("\"exposed_port\":2", "\"exposed_port\":0")), secret))
                .matches(e -> e.detail("key").equals("exposed_port"));
    }

    private static void refuses(Runnable what) {
        assertThatExceptionOfType(WirescaleException.class)
                .isThrownBy(what::run)
                .matches(e -> e.reason() == ProtocolReason.NOT_SEALED);
    }
}
