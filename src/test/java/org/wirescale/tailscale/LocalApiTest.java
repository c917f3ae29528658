package org.wirescale.tailscale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wirescale.model.IpAddress;
import org.wirescale.model.StableId;
import org.wirescale.model.WirescaleException;

@Timeout(30)
final class LocalApiTest {
    private static final IpAddress BOB = IpAddress.parse("100.64.0.2");
    private static final String PONG =
            "{\"Endpoint\":\"203.0.113.20:41641\",\"LatencySeconds\":0.0005,\"PeerRelay\":\"\",\"Err\":\"\"}\n";

    @TempDir
    Path folder;

    @Test
    void a_request_is_one_that_tailscaled_takes() throws IOException {
        StringBuilder seen = new StringBuilder();
        try (FakeLocalApi fake = fake((request, connection) -> {
            seen.append(request);
            connection.send(FakeLocalApi.response(200, PONG));
        })) {
            PingResult result = fake.api().ping(BOB, Duration.ofSeconds(5));
            assertThat(result.endpoint()).contains("203.0.113.20:41641");
            assertThat(result.latency()).isEqualTo(Duration.ofNanos(500_000));
            assertThat(result.isDirect()).isTrue();
        }
        assertThat(seen.toString().lines())
                .startsWith(
                        "POST /localapi/v0/ping?type=disco&ip=100.64.0.2 HTTP/1.1",
                        "Host: local-tailscaled.sock",
                        "Content-Length: 0");
    }

    @Test
    void a_body_in_chunks_is_put_together() throws IOException {
        try (FakeLocalApi fake = fake((request, connection) -> {
            connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            connection.send("5;extension=1\r\n{\"Err\r\n");
            connection.send("F\r\n\":\"no such peer\r\n2\r\n\"}\r\n0\r\nTrailer: x\r\n\r\n");
        })) {
            assertThat(fake.api().ping(BOB, Duration.ofSeconds(5)).error()).contains("no such peer");
        }
    }

    @Test
    void a_body_without_length_goes_on_to_the_end_of_the_connection() throws IOException {
        try (FakeLocalApi fake = fake((request, connection) -> {
            connection.send("HTTP/1.0 200 OK\r\n\r\n" + PONG);
            connection.channel().close();
        })) {
            assertThat(fake.api().ping(BOB, Duration.ofSeconds(5)).isDirect()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{\"Endpoint\":",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n900\r\n{\"Endpoint\":",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n",
                "HTTP/1.1 200 OK\r\nContent-",
                ""
            })
    void an_answer_that_is_cut_short_is_never_taken_for_a_whole_one(String answer) throws IOException {
        assertThat(pingAnswered(answer).reason()).isEqualTo(TailscaleReason.BROKEN_OFF);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SSH-2.0-OpenSSH_9.6\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{}\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]",
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n{} {}",
                "HTTP/1.1 200 OK\r\nContent-Length: 14\r\n\r\n{\"Endpoint\":1}",
                "HTTP/1.1 200 OK\r\nContent-Length: 21\r\n\r\n{\"LatencySeconds\":-1}"
            })
    void an_answer_that_is_none_is_unreadable(String answer) throws IOException {
        assertThat(pingAnswered(answer).reason()).isEqualTo(TailscaleReason.UNREADABLE);
    }

    @Test
    void an_endless_answer_is_given_up() throws IOException {
        String chunk = "10000\r\n" + "x".repeat(0x10000) + "\r\n";
        try (FakeLocalApi fake = fake((request, connection) -> {
            connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            while (true) {
                connection.send(chunk);
            }
        })) {
            assertThat(failureOfPing(fake).reason()).isEqualTo(TailscaleReason.UNREADABLE);
        }
    }

    @Test
    void an_endless_head_is_given_up() throws IOException {
        try (FakeLocalApi fake = fake((request, connection) -> {
            connection.send("HTTP/1.1 200 OK\r\n");
            while (true) {
                connection.send("X-More: and more\r\n");
            }
        })) {
            assertThat(failureOfPing(fake).reason()).isEqualTo(TailscaleReason.UNREADABLE);
        }
    }

    @Test
    void a_tailscaled_that_does_not_answer_is_waited_for_no_longer_than_said() throws IOException {
        CountDownLatch over = new CountDownLatch(1);
        try (FakeLocalApi fake = fake((request, connection) -> {
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{");
            over.await();
        })) {
            long start = System.nanoTime();
            WirescaleException failure = catchThrowableOfType(
                    WirescaleException.class, () -> fake.api().ping(BOB, Duration.ofMillis(100)));
            assertThat(failure.reason()).isEqualTo(TailscaleReason.NO_ANSWER);
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isBetween(Duration.ofMillis(100), Duration.ofSeconds(5));
        } finally {
            over.countDown();
        }
    }

    @Test
    void a_refusal_carries_what_tailscaled_said() throws IOException {
        try (FakeLocalApi fake =
                fake((request, connection) -> connection.send(FakeLocalApi.response(403, "debug access denied\n")))) {
            WirescaleException failure = catchThrowableOfType(
                    WirescaleException.class, () -> fake.api().rebind());
            assertThat(failure.reason()).isEqualTo(TailscaleReason.REFUSED);
            assertThat(failure).hasMessageContaining("403: debug access denied");
            assertThat(fake.requests()).containsExactly("POST /localapi/v0/debug?action=rebind HTTP/1.1");
        }
    }

    @Test
    void after_a_rebind_tailscaled_is_made_to_look_for_its_endpoints() throws IOException {
        try (FakeLocalApi fake = fake((request, connection) ->
                connection.send(FakeLocalApi.response(request.contains("restun") ? 500 : 200, "done\n")))) {
            fake.api().rebind();
            assertThat(fake.requests())
                    .containsExactly(
                            "POST /localapi/v0/debug?action=rebind HTTP/1.1",
                            "POST /localapi/v0/debug?action=restun HTTP/1.1");
        }
    }

    @Test
    void without_a_socket_tailscale_is_not_running() {
        LocalApi api = LocalApi.at(folder.resolve("none.sock"), Optional.empty());
        WirescaleException failure = catchThrowableOfType(WirescaleException.class, api::status);
        assertThat(failure.reason()).isEqualTo(TailscaleReason.NOT_RUNNING);
    }

    @Test
    void whois_knows_the_node_by_its_own_name() throws IOException {
        try (FakeLocalApi fake = fake(FakeLocalApi.json("{\"Node\":{\"StableID\":\"nBob1CNTRL\","
                + "\"Name\":\"Bob.tail1.ts.net.\",\"Hostinfo\":{\"Hostname\":\"root\"},"
                + "\"Addresses\":[\"100.64.0.2/32\",\"fd7a:115c:a1e0::2/128\"]},\"CapMap\":{}}"))) {
            WhoIs whoIs = fake.api().whoIs(BOB).orElseThrow();
            assertThat(whoIs.id()).isEqualTo(new StableId("nBob1CNTRL"));
            assertThat(whoIs.fileName(Optional.of("tail1.ts.net"))).isEqualTo("bob");
            assertThat(whoIs.fileName(Optional.of("other.ts.net"))).isEqualTo("bob.tail1.ts.net");
            assertThat(whoIs.fileName(Optional.empty())).isEqualTo("bob.tail1.ts.net");
            assertThat(whoIs.addresses()).containsExactly(BOB, IpAddress.parse("fd7a:115c:a1e0::2"));
            assertThat(fake.requests()).containsExactly("GET /localapi/v0/whois?addr=100.64.0.2 HTTP/1.1");
        }
    }

    @Test
    void an_address_that_the_tailnet_does_not_have_is_nobodys() throws IOException {
        try (FakeLocalApi fake =
                fake((request, connection) -> connection.send(FakeLocalApi.response(404, "no match for IP:port\n")))) {
            assertThat(fake.api().whoIs(BOB)).isEmpty();
        }
    }

    @Test
    void a_path_that_tailscaled_does_not_have_is_no_proof_that_the_address_is_nobodys() throws IOException {
        try (FakeLocalApi fake =
                fake((request, connection) -> connection.send(FakeLocalApi.response(404, "404 page not found\n")))) {
            WirescaleException failure = catchThrowableOfType(
                    WirescaleException.class, () -> fake.api().whoIs(BOB));
            assertThat(failure.reason()).isEqualTo(TailscaleReason.REFUSED);
        }
    }

    @Test
    void the_command_is_asked_where_the_local_api_is_another_one() throws IOException {
        Path program = folder.resolve("tailscale");
        Files.writeString(program, "#!/bin/sh\necho '{\"BackendState\":\"Stopped\",\"Version\":\"1.2.3\"}'; exit 1\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        try (FakeLocalApi fake =
                fake((request, connection) -> connection.send(FakeLocalApi.response(404, "404 page not found\n")))) {
            assertThat(fake.requests()).isEmpty();
            TailscaleStatus status = LocalApi.at(folder.resolve("s"), Optional.of(program.toString()))
                    .status();
            assertThat(status.state()).isEqualTo(BackendState.STOPPED);
            assertThat(status.version()).isEqualTo("1.2.3");
        }
    }

    @Test
    void a_peer_that_does_not_answer_the_command_is_silent_and_tailscale_runs() throws IOException {
        Path program = folder.resolve("tailscale");
        Files.writeString(program, "#!/bin/sh\necho 'ping \"100.64.0.2\" timed out'; exit 1\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        LocalApi api = LocalApi.at(folder.resolve("none"), Optional.of(program.toString()));
        WirescaleException failure =
                catchThrowableOfType(WirescaleException.class, () -> api.ping(BOB, Duration.ofSeconds(1)));
        assertThat(failure.reason()).isEqualTo(TailscaleReason.NO_ANSWER);
        assertThat(catchThrowableOfType(WirescaleException.class, api::status).reason())
                .isEqualTo(TailscaleReason.NOT_RUNNING);
    }

    @Test
    void events_come_one_by_one_however_they_are_cut() throws IOException {
        CountDownLatch over = new CountDownLatch(1);
        try (FakeLocalApi fake = fake((request, connection) -> {
                    connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
                    connection.send("b\r\n{\"State\":5}\r\n");
                    connection.send("14\r\n\n{\"State\":6}\n{\"SelfC\r\n");
                    connection.send("d\r\nhange\":{\"a\":1\r\n4\r\n}}\n\n\r\n");
                    over.await();
                    connection.send("c\r\n{\"State\":4}\n\r\n");
                    connection.channel().close();
                });
                BusWatch watch = fake.api().watch()) {
            Duration second = Duration.ofSeconds(5);
            assertThat(watch.next(second)).contains(new BusEvent(Optional.of(BackendState.STARTING), false));
            assertThat(watch.next(second)).contains(new BusEvent(Optional.of(BackendState.RUNNING), false));
            assertThat(watch.next(second)).contains(new BusEvent(Optional.empty(), true));
            assertThat(watch.next(Duration.ofMillis(30))).isEmpty();
            over.countDown();
            assertThat(watch.next(second)).contains(new BusEvent(Optional.of(BackendState.STOPPED), false));
            WirescaleException failure = catchThrowableOfType(WirescaleException.class, () -> watch.next(second));
            assertThat(failure.reason()).isEqualTo(TailscaleReason.NOT_RUNNING);
        }
    }

    @Test
    void a_tailscaled_that_comes_back_is_noticed() throws Exception {
        LocalApi api = LocalApi.at(folder.resolve("s"), Optional.empty());
        assertThat(api.awaitRunning(Duration.ofMillis(50))).isFalse();
        CountDownLatch over = new CountDownLatch(1);
        List<String> events = List.of("{\"State\":0}\n", "{\"State\":6}\n");
        try (FakeLocalApi fake = fake((request, connection) -> {
            connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            for (String event : events) {
                connection.send("c\r\n" + event + "\r\n");
            }
            over.await();
        })) {
            assertThat(fake.api().awaitRunning(Duration.ofSeconds(10))).isTrue();
        } finally {
            over.countDown();
        }
    }

    @Test
    void only_peers_with_traffic_are_pinged() throws IOException {
        String status = "{\"BackendState\":\"Running\",\"Peer\":{"
                + "\"a\":{\"ID\":\"n1\",\"Online\":true,\"Active\":true,\"TailscaleIPs\":[\"100.64.0.3\"]},"
                + "\"b\":{\"ID\":\"n2\",\"Online\":true,\"Active\":false,\"TailscaleIPs\":[\"100.64.0.4\"]},"
                + "\"c\":{\"ID\":\"n3\",\"Online\":false,\"Active\":true,\"TailscaleIPs\":[\"100.64.0.5\"]}}}";
        try (FakeLocalApi fake = fake((request, connection) ->
                connection.send(FakeLocalApi.response(200, request.startsWith("GET") ? status : PONG)))) {
            fake.api().pingActivePeers(Duration.ofSeconds(5));
            assertThat(fake.requests())
                    .containsExactly(
                            "GET /localapi/v0/status HTTP/1.1",
                            "POST /localapi/v0/ping?type=disco&ip=100.64.0.3 HTTP/1.1");
        }
    }

    private WirescaleException pingAnswered(String answer) throws IOException {
        try (FakeLocalApi fake = fake((request, connection) -> {
            connection.send(answer);
            connection.channel().close();
        })) {
            return failureOfPing(fake);
        }
    }

    private static WirescaleException failureOfPing(FakeLocalApi fake) {
        return catchThrowableOfType(WirescaleException.class, () -> fake.api().ping(BOB, Duration.ofSeconds(10)));
    }

    private FakeLocalApi fake(FakeLocalApi.Answer answer) throws IOException {
        return new FakeLocalApi(folder.resolve("s"), answer);
    }
}
