package org.wirescale.tailscale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.wirescale.model.Endpoint;
import org.wirescale.model.IpAddress;
import org.wirescale.model.StableId;
import org.wirescale.model.WirescaleException;

@Timeout(30)
final class DirectEndpointTest {
    private static final String RELAYED = "{\"DERPRegionID\":1,\"DERPRegionCode\":\"nyc\",\"LatencySeconds\":0.01}";
    private static final String DIRECT = "{\"Endpoint\":\"203.0.113.20:41641\",\"LatencySeconds\":0.002}";

    @TempDir
    Path folder;

    @Test
    void pings_go_on_until_the_way_is_direct() throws Exception {
        AtomicInteger pings = new AtomicInteger();
        try (FakeLocalApi fake = fake((request, connection) ->
                connection.send(FakeLocalApi.response(200, pings.incrementAndGet() < 4 ? RELAYED : DIRECT)))) {
            DirectEndpoint found = find(fake, Duration.ofSeconds(20));
            assertThat(found.endpoint()).isEqualTo(Endpoint.parse("203.0.113.20:41641"));
            assertThat(found.latency()).isEqualTo(Duration.ofMillis(2));
        }
        assertThat(pings).hasValue(4);
    }

    @Test
    void a_relay_alone_is_no_endpoint() throws IOException {
        try (FakeLocalApi fake = fake(FakeLocalApi.json(RELAYED))) {
            WirescaleException failure = failure(fake, Duration.ofMillis(300));
            assertThat(failure.reason()).isEqualTo(TailscaleReason.ONLY_RELAYED);
            assertThat(failure)
                    .hasMessageContaining("impossible to find a public endpoint")
                    .hasMessageContaining("'nyc'");
        }
    }

    @Test
    void a_peer_relay_is_a_relay_even_where_it_has_an_endpoint() throws IOException {
        try (FakeLocalApi fake = fake(
                FakeLocalApi.json(
                        "{\"Endpoint\":\"203.0.113.9:7777\",\"PeerRelay\":\"203.0.113.9:7777:vni:3\",\"LatencySeconds\":0.01}"))) {
            assertThat(failure(fake, Duration.ofMillis(100)).reason()).isEqualTo(TailscaleReason.ONLY_RELAYED);
        }
    }

    @Test
    void a_peer_that_answers_nothing_is_silent_not_relayed() throws IOException {
        CountDownLatch over = new CountDownLatch(1);
        try (FakeLocalApi fake = fake((request, connection) -> over.await())) {
            assertThat(failure(fake, Duration.ofMillis(100)).reason()).isEqualTo(TailscaleReason.PEER_SILENT);
        } finally {
            over.countDown();
        }
    }

    @Test
    void an_error_of_tailscale_is_no_answer_of_the_peer() throws IOException {
        try (FakeLocalApi fake = fake(FakeLocalApi.json("{\"Err\":\"no matching peer\"}"))) {
            assertThat(failure(fake, Duration.ofMillis(100)).reason()).isEqualTo(TailscaleReason.PEER_SILENT);
        }
    }

    private static WirescaleException failure(FakeLocalApi fake, Duration time) {
        return catchThrowableOfType(WirescaleException.class, () -> find(fake, time));
    }

    private static DirectEndpoint find(FakeLocalApi fake, Duration time) throws InterruptedException {
        Node bob = new Node(
                new StableId("nBob"),
                NodeName.parse("bob.tail1.ts.net"),
                List.of(IpAddress.parse("100.64.0.2")),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                "linux",
                true,
                false,
                false,
                false);
        TailscaleStatus status = new TailscaleStatus(
                BackendState.RUNNING,
                "1",
                true,
                Optional.of("tail1.ts.net"),
                Optional.empty(),
                List.of(bob),
                List.of());
        return DirectEndpoint.find(fake.api(), status, bob, time);
    }

    private FakeLocalApi fake(FakeLocalApi.Answer answer) throws IOException {
        return new FakeLocalApi(folder.resolve("s"), answer);
    }
}
