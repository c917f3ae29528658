package org.wirescale.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.fail;

import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.wirescale.model.WirescaleException;

/** Whatever comes, the answer is a message or a reason: never another exception, and never much work. */
final class HostileMessagesTest {
    static Stream<Arguments> hostile() {
        return Stream.of(
                Arguments.of("", ProtocolReason.NOT_AN_OBJECT),
                Arguments.of(" \n", ProtocolReason.NOT_AN_OBJECT),
                Arguments.of("null", ProtocolReason.NOT_AN_OBJECT),
                Arguments.of("[]", ProtocolReason.NOT_AN_OBJECT),
                Arguments.of("\"hello\"", ProtocolReason.NOT_AN_OBJECT),
                Arguments.of("[{\"code\":\"hello\"}]", ProtocolReason.NOT_AN_OBJECT),
                Arguments.of("{\"code\":\"hello\"", ProtocolReason.NOT_AN_OBJECT),
                Arguments.of("{\"code\":\"hello\"}{}", ProtocolReason.NOT_AN_OBJECT),
                Arguments.of("{\"code\":\"hello\"} x", ProtocolReason.NOT_AN_OBJECT),
                Arguments.of("{'code':'hello'}", ProtocolReason.NOT_AN_OBJECT),
                Arguments.of("{\"code\":\"hello\",}", ProtocolReason.NOT_AN_OBJECT),
                Arguments.of("{\"code\":\"go\",\"nat\":NaN}", ProtocolReason.NOT_AN_OBJECT),
                Arguments.of("{\"code\":\"hello\"/*x*/}", ProtocolReason.NOT_AN_OBJECT),
                Arguments.of("{\"code\":\"a\nb\"}", ProtocolReason.NOT_AN_OBJECT),
                Arguments.of("\ufeff{\"code\":\"hello\"}", ProtocolReason.NOT_AN_OBJECT),
                Arguments.of("{\"code\":\"hello\",\"x\":" + "[".repeat(30_000), ProtocolReason.NOT_AN_OBJECT),
                Arguments.of("{\"x\":".repeat(10_000), ProtocolReason.NOT_AN_OBJECT),
                Arguments.of("{\"code\":\"go\",\"nat\":" + "9".repeat(60_000) + "}", ProtocolReason.NOT_AN_OBJECT),
                Arguments.of("{\"code\":\"go\",\"nat\":1e" + "9".repeat(60_000) + "}", ProtocolReason.NOT_AN_OBJECT),
                Arguments.of("{\"code\":\"hello\"}" + " ".repeat(65_536), ProtocolReason.TOO_LONG),
                Arguments.of("{\"code\":\"info\",\"message\":\"" + "€".repeat(30_000) + "\"}", ProtocolReason.TOO_LONG),
                Arguments.of("{\"code\":\"hello\",\"code\":\"hello\"}", ProtocolReason.DUPLICATE_KEY),
                Arguments.of("{\"code\":\"go\",\"nat\":true,\"nat\":false}", ProtocolReason.DUPLICATE_KEY),
                Arguments.of("{\"code\":\"go\",\"nat\":true,\"n\\u0061t\":false}", ProtocolReason.DUPLICATE_KEY),
                Arguments.of("{}", ProtocolReason.CODE_OR_ERROR),
                Arguments.of("{\"code\":null,\"error_code\":null}", ProtocolReason.CODE_OR_ERROR),
                Arguments.of("{\"code\":\"hello\",\"error_code\":\"closed\"}", ProtocolReason.CODE_OR_ERROR),
                Arguments.of("{\"code\":7}", ProtocolReason.ILL_TYPED_KEY),
                Arguments.of("{\"code\":{\"code\":\"hello\"}}", ProtocolReason.ILL_TYPED_KEY),
                Arguments.of("{\"code\":\"Hello\"}", ProtocolReason.UNKNOWN_CODE),
                Arguments.of("{\"code\":\"stop\"}", ProtocolReason.MISSING_KEY),
                Arguments.of("{\"code\":\"\\u001b[2J\\u202e\"}", ProtocolReason.UNKNOWN_CODE),
                Arguments.of("{\"code\":\"info\"}", ProtocolReason.MISSING_KEY),
                Arguments.of("{\"code\":\"info\",\"message\":[\"x\"]}", ProtocolReason.ILL_TYPED_KEY),
                Arguments.of("{\"code\":\"go\"}", ProtocolReason.MISSING_KEY),
                Arguments.of("{\"code\":\"go\",\"nat\":\"true\"}", ProtocolReason.ILL_TYPED_KEY),
                Arguments.of("{\"code\":\"token\",\"token\":\"defe22\",\"version\":\"1\"}", ProtocolReason.BAD_VALUE),
                Arguments.of(
                        "{\"code\":\"token\",\"token\":\"0c0bb8a3-58a7-4b0e-9a1d-91f9c3defe2\\n\",\"version\":\"1\"}",
                        ProtocolReason.BAD_VALUE),
                Arguments.of("{\"code\":\"ack\",\"features\":\"success\"}", ProtocolReason.ILL_TYPED_KEY),
                Arguments.of("{\"code\":\"ack\",\"features\":[\"A B\"]}", ProtocolReason.ILL_TYPED_KEY),
                Arguments.of(
                        "{\"code\":\"ack\",\"features\":[" + "\"a\",".repeat(40) + "\"a\"]}",
                        ProtocolReason.ILL_TYPED_KEY));
    }

    @ParameterizedTest
    @MethodSource("hostile")
    void refuses_with_a_reason(String json, ProtocolReason reason) {
        assertThatExceptionOfType(WirescaleException.class)
                .isThrownBy(() -> PeerCodec.decode(json))
                .satisfies(e -> {
                    assertThat(e.reason()).isEqualTo(reason);
                    assertThat(HostileText.clean(e.getMessage())).isEqualTo(e.getMessage());
                    assertThat(HostileText.clean(e.peerMessage())).isEqualTo(e.peerMessage());
                });
    }

    /** Each seed damages real messages in a few places; what still decodes must encode and decode to the same. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 5, 8, 13, 21, 34})
    void survives_damaged_messages(long seed) {
        Random random = new Random(seed);
        String[] originals =
                PeerCodecTest.every_message().map(PeerCodec::encode).toArray(String[]::new);
        String alphabet = "\"\\{}[]:,0-9.eEtfn \u0000\n\u001b\u202e\ud83d\ude00é٣";
        for (int round = 0; round < 2_000; round++) {
            StringBuilder damaged = new StringBuilder(originals[random.nextInt(originals.length)]);
            for (int i = random.nextInt(4); i >= 0 && !damaged.isEmpty(); i--) {
                int at = random.nextInt(damaged.length());
                int until = Math.min(damaged.length(), at + random.nextInt(6));
                char other = alphabet.charAt(random.nextInt(alphabet.length()));
                switch (random.nextInt(4)) {
                    case 0 -> damaged.setCharAt(at, other);
                    case 1 -> damaged.insert(at, other);
                    case 2 -> damaged.delete(at, until);
                    default -> damaged.insert(at, damaged.substring(at, until));
                }
            }
            decodesOrIsRefused(damaged.toString());
        }
    }

    private static void decodesOrIsRefused(String json) {
        try {
            PeerMessage message = PeerCodec.decode(json);
            assertThat(PeerCodec.decode(PeerCodec.encode(message))).isEqualTo(message);
        } catch (WirescaleException e) {
            assertThat(e.reason()).isInstanceOf(ProtocolReason.class);
        } catch (RuntimeException e) {
            fail("not a refusal: " + json, e);
        }
    }
}
