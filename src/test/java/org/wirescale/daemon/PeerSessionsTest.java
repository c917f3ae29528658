package org.wirescale.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.wirescale.config.PeerFiles;
import org.wirescale.model.ErrorCode;
import org.wirescale.os.Folders;
import org.wirescale.protocol.PeerMessage;
import org.wirescale.tailscale.FakeLocalApi;

/** What a node of the tailnet may send and gets nothing for; each time another peer is served at once. */
@Timeout(20)
final class PeerSessionsTest {
    private static final String STATUS = """
            {"Version":"1.102.5","TUN":true,"BackendState":"Running","CurrentTailnet":{"MagicDNSSuffix":"lab.ts.net"},
             "Self":{"ID":"nAlice","DNSName":"alice.lab.ts.net.","TailscaleIPs":["100.64.0.1","fd7a:115c:a1e0::1"],"Online":true}}
            """;

    private static final String TOKEN =
            "{\"code\":\"token\",\"error_code\":null,\"token\":\"0b0e2f6e-0000-4000-8000-123456defe22\",\"version\":\"1.0.3\"}";
    private static final String HELLO = "{\"code\":\"hello\",\"error_code\":null}";
    /** Refused for an address that our file does not allow. */
    private static final String UPGRADE = """
            {"code":"upgrade","error_code":null,"addresses":["192.0.2.1"],"interface":"alice","expected_interface":null,
             "port":41641,"public_ip":"203.0.113.1","exposed_port":41641,
             "pubkey":"jNXHt1yRo0vDuchQlIP6Z0ZvjT3KtzVI+T4E7bPHuR0=","remote_pubkey":null,"has_psk":false,
             "psk":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}
            """;

    /** Refused for a tunnel that is not there. */
    private static final String RECOVER = """
            {"code":"recover","error_code":null,"interface":"bob","nonce":"AAAAAAAAAAAAAAAA",
             "encrypted":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}
            """;

    @TempDir
    private Path folder;

    private FakeLocalApi tailscaled;
    private PeerSessions sessions;

    @BeforeEach
    void start() throws IOException {
        tailscaled = new FakeLocalApi(
                folder.resolve("tailscaled.sock"),
                (request, connection) -> connection.send(
                        request.contains("/whois") ? whoIs(request) : FakeLocalApi.response(200, STATUS)));
        Path etc = Files.createDirectory(folder.resolve("etc"));
        Path file = etc.resolve("bob.conf");
        Files.writeString(file, "[Interface]\nAddress = 10.77.0.1\n[Peer]\nAllowedIPs = 10.77.0.0/24\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        Files.setPosixFilePermissions(etc, PosixFilePermissions.fromString("rwxr-xr-x"));
        int owner = (int) Files.getAttribute(file, "unix:uid");
        Machine machine = new Machine(
                new Folders(etc, folder.resolve("run")),
                new Tailnet(tailscaled.api()),
                DaemonOptions.defaults(),
                new PeerFiles(etc, owner, etc));
        sessions = new PeerSessions(machine, new OpenSessions());
    }

    @AfterEach
    void stop() throws IOException {
        tailscaled.close();
    }

    private static String whoIs(String request) {
        if (request.contains("addr=100.64.0.2 ")) {
            return FakeLocalApi.response(
                    200,
                    "{\"Node\":{\"StableID\":\"nBob\",\"Name\":\"bob.lab.ts.net.\",\"Addresses\":[\"100.64.0.2/32\"]}}");
        }
        if (request.contains("addr=100.64.0.3 ")) {
            return FakeLocalApi.response(
                    200,
                    "{\"Node\":{\"StableID\":\"nCarol\",\"Name\":\"carol.lab.ts.net.\",\"Addresses\":[\"100.64.0.3/32\"]}}");
        }
        return FakeLocalApi.response(404, "no match for IP:port\n");
    }

    @Test
    void a_known_peer_with_a_file_gets_its_turn() {
        gets_an_ack();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void a_text_that_is_not_the_one_expected_ends_the_session_and_no_other(String what, String[] texts) {
        FakeConnection hostile = new FakeConnection("100.64.0.2", texts);
        sessions.serve(hostile);
        assertThat(hostile.failure()).isPresent();
        assertThat(hostile.failure().orElseThrow().errorCode()).isEqualTo(ErrorCode.GENERIC);
        assertThat(hostile.failure().orElseThrow().message()).isNotBlank();
        assertThat(folder.resolve("run/control"))
                .satisfiesAnyOf(
                        control -> assertThat(control).doesNotExist(),
                        control -> assertThat(control.toFile().list()).noneMatch(name -> name.startsWith("tunnel-")));
        gets_an_ack();
    }

    static Stream<Arguments> a_text_that_is_not_the_one_expected_ends_the_session_and_no_other() {
        String upgrade =
                "{\"code\":\"upgrade\",\"error_code\":null,\"addresses\":[\"10.77.0.2\"],\"interface\":\"alice\","
                        + "\"expected_interface\":null,\"port\":41641,\"public_ip\":\"203.0.113.10\",\"exposed_port\":41641,"
                        + "\"pubkey\":\"QGAYCYJ1Ez7C32wZNw+nI8aBRM8E6OJGKOk0KiCYy0c=\",\"remote_pubkey\":null,\"has_psk\":true,"
                        + "\"psk\":null}";
        return Stream.of(
                arguments("no JSON", "nonsense"),
                arguments("no object", "[1]"),
                arguments("a frame of 64 KiB and one", TOKEN + " ".repeat(64 * 1024)),
                arguments("a token that is no UUID", TOKEN.replace("0b0e2f6e-", "../../../-")),
                arguments("no token", HELLO),
                arguments("a word for a feature that it did not name", TOKEN, HELLO, "{\"code\":\"moved\"}"),
                arguments("a second token", TOKEN, TOKEN),
                arguments("an upgrade before its turn", TOKEN, upgrade),
                arguments("an upgrade in the place of hello", TOKEN, upgrade, HELLO),
                arguments("an answer to nothing", TOKEN, HELLO, HELLO),
                arguments("an ill-typed key", TOKEN, HELLO, upgrade.replace("41641", "\"41641\"")),
                arguments("a missing key", TOKEN, HELLO, upgrade.replace("\"has_psk\":true,", "")),
                arguments("an option as interface", TOKEN, HELLO, upgrade.replace("\"alice\"", "\"-alice\"")),
                arguments("a wildcard as interface", TOKEN, HELLO, upgrade.replace("\"alice\"", "\"alice+\"")),
                arguments("a path as interface", TOKEN, HELLO, upgrade.replace("\"alice\"", "\"../etc\"")),
                arguments("a key that is too short", TOKEN, HELLO, upgrade.replace("QGAYCYJ1", "")),
                arguments("port 0", TOKEN, HELLO, upgrade.replace("41641", "0")),
                arguments("port 65536", TOKEN, HELLO, upgrade.replace("41641", "65536")),
                arguments("a name as address", TOKEN, HELLO, upgrade.replace("203.0.113.10", "example.org")),
                arguments("a pre-shared key on their end only", TOKEN, HELLO, upgrade),
                arguments(
                        "addresses that our file does not allow",
                        TOKEN,
                        HELLO,
                        upgrade.replace("10.77.0.2", "10.78.0.2")));
    }

    @Test
    void a_node_that_tailscale_does_not_know_is_refused() {
        FakeConnection stranger = new FakeConnection("100.64.0.99", TOKEN, HELLO);
        sessions.serve(stranger);
        assertThat(stranger.failure()).isPresent();
        assertThat(stranger.answers()).noneMatch(PeerMessage.Ack.class::isInstance);
        gets_an_ack();
    }

    @Test
    void a_session_from_one_of_our_own_addresses_is_refused() {
        FakeConnection ourselves = new FakeConnection("100.64.0.1", TOKEN, HELLO);
        sessions.serve(ourselves);
        assertThat(ourselves.failure()).isPresent();
        assertThat(ourselves.answers()).noneMatch(PeerMessage.Ack.class::isInstance);
    }

    @Test
    void a_peer_without_a_file_is_told_before_it_waits() {
        FakeConnection carol = new FakeConnection("100.64.0.3", TOKEN, HELLO);
        sessions.serve(carol);
        assertThat(carol.failure().orElseThrow().errorCode()).isEqualTo(ErrorCode.CONFIG_PATH_ERROR);
        assertThat(carol.answers()).noneMatch(PeerMessage.Ack.class::isInstance);
    }

    @ParameterizedTest
    @ValueSource(strings = {UPGRADE, RECOVER})
    void a_peer_that_asks_all_the_time_is_told_when_to_come_back(String request) {
        for (int i = 0; i < TakeoverRates.BURST; i++) {
            FakeConnection refused = asking(request);
            sessions.serve(refused);
            assertThat(refused.failure().orElseThrow().message()).doesNotContain("short time");
        }
        FakeConnection oneMore = asking(request);
        sessions.serve(oneMore);
        assertThat(oneMore.failure().orElseThrow().errorCode()).isEqualTo(ErrorCode.CLOSED);
        assertThat(oneMore.failure().orElseThrow().message()).containsPattern("in [1-5] s");
    }

    private static FakeConnection asking(String request) {
        FakeConnection connection = new FakeConnection("100.64.0.2", TOKEN, HELLO);
        connection.comesAfterAck(request);
        return connection;
    }

    /** Another session, with all that a peer on 1.0.3 says, up to its turn. */
    private void gets_an_ack() {
        FakeConnection good = new FakeConnection("100.64.0.2", TOKEN, HELLO);
        Thread session = Thread.ofVirtual().start(() -> sessions.serve(good));
        long end = System.nanoTime() + Duration.ofSeconds(1).toNanos();
        while (good.answers().stream().noneMatch(PeerMessage.Ack.class::isInstance) && System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        assertThat(good.answers()).hasAtLeastOneElementOfType(PeerMessage.Ack.class);
        good.close();
        try {
            session.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Arguments arguments(String what, String... texts) {
        return Arguments.of(what, (Object) texts);
    }
}
