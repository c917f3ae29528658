package org.wirescale.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.wirescale.model.ErrorCode;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.IpAddress;
import org.wirescale.model.WirescaleException;

final class LocalCodecTest {
    private static final IpAddress BOB = IpAddress.parse("100.64.0.2");

    static Stream<LocalRequest> requests() {
        return Stream.of(
                new LocalRequest.Status(),
                new LocalRequest.Recover(BOB, InterfaceName.parse("bob"), 1_800_000_000),
                new LocalRequest.Down(InterfaceName.parse("bob")),
                LocalRequest.Upgrade.of(BOB),
                new LocalRequest.DryRun(LocalRequest.Upgrade.of(BOB)),
                new LocalRequest.Upgrade(
                        BOB,
                        Optional.of(InterfaceName.parse("bob")),
                        Optional.of(true),
                        OptionalInt.of(0),
                        Optional.of(InterfaceName.parse("alice")),
                        Optional.of(false),
                        Optional.of(true),
                        Optional.of(false),
                        OptionalInt.of(-1),
                        OptionalInt.of(7),
                        OptionalInt.of(600_000)));
    }

    @ParameterizedTest
    @MethodSource("requests")
    void reads_back_a_request(LocalRequest request) {
        String line = LocalCodec.encode(request);
        assertThat(line).doesNotContain("\n");
        assertThat(LocalCodec.decodeRequest(line)).isEqualTo(request);
    }

    static Stream<LocalReply> replies() {
        return Stream.of(
                new LocalReply.Info("defe22 - Enqueueing"),
                new LocalReply.Success("two\nlines"),
                new LocalReply.Failure(ErrorCode.TS_UNREACHABLE, "bob is away"));
    }

    @ParameterizedTest
    @MethodSource("replies")
    void reads_back_a_reply_on_one_line(LocalReply reply) {
        String line = LocalCodec.encode(reply);
        assertThat(line).doesNotContain("\n");
        assertThat(LocalCodec.decodeReply(line)).isEqualTo(reply);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "{\"code\":\"upgrade\"}; MISSING_KEY",
                "{\"code\":\"upgrade\",\"peer_ip\":\"bob\"}; BAD_VALUE",
                "{\"code\":\"upgrade\",\"peer_ip\":\"100.64.0.2\",\"mtu\":1280}; UNKNOWN_KEY",
                "{\"code\":\"upgrade\",\"peer_ip\":\"100.64.0.2\",\"suffix_number\":-1}; ILL_TYPED_KEY",
                "{\"code\":\"upgrade\",\"peer_ip\":\"100.64.0.2\",\"iptables_accept\":\"yes\"}; ILL_TYPED_KEY",
                "{\"code\":\"status\",\"peer_ip\":\"100.64.0.2\"}; UNKNOWN_KEY",
                "{\"code\":\"recover\",\"peer_ip\":\"100.64.0.2\",\"interface\":\"bob\"}; MISSING_KEY",
                "{\"code\":\"down\",\"interface\":\"-i\"}; BAD_VALUE",
                "{\"code\":\"stop\"}; UNKNOWN_CODE",
                "{\"code\":\"status\",\"error_code\":\"closed\"}; CODE_OR_ERROR",
                "{\"code\":\"status\"}{\"code\":\"status\"}; NOT_AN_OBJECT",
            })
    void refuses_what_is_no_request(String line, ProtocolReason reason) {
        assertThatExceptionOfType(WirescaleException.class)
                .isThrownBy(() -> LocalCodec.decodeRequest(line))
                .matches(e -> e.reason() == reason);
    }

    @Test
    void tells_the_keys_that_not_everybody_may_give() {
        assertThat(LocalRequest.Upgrade.of(BOB).isPrivileged()).isFalse();
        assertThat(requests()
                        .filter(LocalRequest.Upgrade.class::isInstance)
                        .filter(upgrade -> ((LocalRequest.Upgrade) upgrade).isPrivileged()))
                .hasSize(1);
    }

    @Test
    void a_stream_ends_with_its_last_whole_line() throws IOException {
        LocalLines lines = lines("one\ntwo\nhalf".getBytes(StandardCharsets.UTF_8));
        assertThat(lines.next()).contains("one");
        assertThat(lines.next()).contains("two");
        assertThat(lines.next()).isEmpty();
    }

    @Test
    void an_endless_line_is_cut_off() {
        assertThatExceptionOfType(WirescaleException.class)
                .isThrownBy(() -> lines(new byte[PeerLimits.MESSAGE_BYTES + 1]).next())
                .matches(e -> e.reason() == ProtocolReason.TOO_LONG);
    }

    @Test
    void a_line_must_be_utf_8() {
        assertThatExceptionOfType(WirescaleException.class)
                .isThrownBy(() -> lines(new byte[] {(byte) 0xc3, 0x28, '\n'}).next())
                .matches(e -> e.reason() == ProtocolReason.NOT_AN_OBJECT);
    }

    private static LocalLines lines(byte[] bytes) {
        return new LocalLines(new ByteArrayInputStream(bytes));
    }
}
