package org.wirescale.daemon.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wirescale.model.IpAddress;
import org.wirescale.model.Port;
import org.wirescale.model.WirescaleException;
import org.wirescale.protocol.PeerLimits;
import org.wirescale.protocol.PeerMessage;

/** What a hostile machine of the tailnet can do to the listener; after each, another machine is served within a second. */
@Timeout(30)
final class PeerServerTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final BlockingQueue<PeerConnection> sessions = new ArrayBlockingQueue<>(100);
    private final CountDownLatch end = new CountDownLatch(1);
    private Port port = new Port(1);
    private PeerServer server;

    @BeforeEach
    void start() throws IOException {
        port = RawPeer.freePort();
        server = start(PeerLimits.HANDSHAKE_DEADLINE);
    }

    private PeerServer start(Duration handshakeDeadline) {
        return PeerServer.start(RawPeer.loopback(), port, SessionSlots.ofProtocol(), handshakeDeadline, this::session);
    }

    /** Answers a hello; a session from the hostile address just sits there until the test ends. */
    private void session(PeerConnection connection) {
        sessions.add(connection);
        try {
            if (connection.remote().equals(IpAddress.parse(RawPeer.HOSTILE))) {
                end.await();
            } else if (connection.receive(SECOND) instanceof PeerMessage.Hello) {
                connection.send(new PeerMessage.Ack(Set.of()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @AfterEach
    void stop() {
        end.countDown();
        server.close();
    }

    private void servesAnotherWithinASecond() throws InterruptedException {
        long begin = System.nanoTime();
        try (PeerConnection other = PeerClient.connect(RawPeer.loopback(), port, 1, SECOND)) {
            other.send(new PeerMessage.Hello());
            assertThat(other.receive(SECOND)).isInstanceOf(PeerMessage.Ack.class);
        }
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(SECOND);
    }

    @Test
    void refuses_a_frame_over_the_limit() throws Exception {
        try (RawPeer peer = RawPeer.opened(port)) {
            peer.frame(true, RawPeer.TEXT, new byte[PeerLimits.MESSAGE_BYTES + 1]);
            assertThat(peer.untilClosed()).contains("\"error_code\":\"generic\"", "longer than 65536 bytes");
            servesAnotherWithinASecond();
        }
    }

    @Test
    void takes_a_frame_of_just_the_limit() throws Exception {
        try (RawPeer peer = RawPeer.opened(port)) {
            String hello = "{\"code\":\"hello\"}";
            peer.text(hello + " ".repeat(PeerLimits.MESSAGE_BYTES - hello.length()));
            PeerConnection connection = sessions.take();
            assertThat(connection.receive(SECOND)).isEqualTo(new PeerMessage.Hello());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {RawPeer.TEXT, RawPeer.BINARY, 0})
    void refuses_the_first_fragment_of_a_message(int opcode) throws Exception {
        try (RawPeer peer = RawPeer.opened(port)) {
            peer.frame(false, opcode, new byte[10]);
            assertThat(peer.untilClosed()).contains("\"error_code\":\"generic\"", "fragmented");
            servesAnotherWithinASecond();
        }
    }

    @Test
    void refuses_binary_frames() throws Exception {
        try (RawPeer peer = RawPeer.opened(port)) {
            peer.frame(true, RawPeer.BINARY, new byte[10]);
            assertThat(peer.untilClosed()).contains("only text frames");
            servesAnotherWithinASecond();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 7, 11, 15})
    void refuses_frames_of_no_known_kind(int opcode) throws Exception {
        try (RawPeer peer = RawPeer.opened(port)) {
            peer.frame(true, opcode, new byte[10]);
            assertThat(peer.untilClosed()).contains("malformed");
            servesAnotherWithinASecond();
        }
    }

    @Test
    void refuses_text_that_is_not_utf_8() throws Exception {
        try (RawPeer peer = RawPeer.opened(port)) {
            peer.frame(true, RawPeer.TEXT, new byte[] {'{', (byte) 0xc3, 0x28});
            assertThat(peer.untilClosed()).contains("UTF-8");
        }
    }

    @Test
    void cuts_off_a_handshake_without_end() throws Exception {
        try (RawPeer peer = new RawPeer(port)) {
            peer.write("GET / HTTP/1.1\r\n");
            long begin = System.nanoTime();
            assertThatExceptionOfType(IOException.class).isThrownBy(() -> {
                for (int i = 0; i < 10_000; i++) {
                    peer.write("X-" + i + ": " + "a".repeat(1_000) + "\r\n");
                }
            });
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(SECOND);
            servesAnotherWithinASecond();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "GET / HTTP/1.1\r\nHost: x\r\n", "\r", "\0\0\0\0"})
    void cuts_off_a_handshake_that_does_not_go_on(String begun) throws Exception {
        server.close();
        server = start(Duration.ofMillis(500));
        try (RawPeer peer = new RawPeer(port)) {
            peer.write(begun);
            servesAnotherWithinASecond();
            assertThat(peer.isClosedWithin(Duration.ofSeconds(2))).isTrue();
        }
    }

    @Test
    void an_open_connection_outlives_the_handshake_deadline() throws Exception {
        server.close();
        server = start(Duration.ofMillis(500));
        try (RawPeer peer = RawPeer.opened(port)) {
            assertThat(peer.isClosedWithin(Duration.ofMillis(800))).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Origin: https://example.org\r\n", "origin: null\r\n", "Origin:\r\n"})
    void refuses_web_pages_and_closes_their_connection(String origin) throws Exception {
        try (RawPeer peer = new RawPeer(port)) {
            assertThat(peer.handshake(origin)).startsWith("HTTP/1.1 404 ");
            assertThat(peer.isClosedWithin(Duration.ofSeconds(3))).isTrue();
            servesAnotherWithinASecond();
            assertThat(sessions).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: x\r\n\r\n",
                "nonsense\r\n\r\n",
                "GET / HTTP/1.1\r\nSec-WebSocket-Version: 99999999999999999999\r\n\r\n",
                "GET / HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\r\n",
                "GET / HTTP/1.1\r\nno colon\r\n\r\n",
            })
    void closes_the_connection_of_whatever_is_no_websocket(String request) throws Exception {
        try (RawPeer peer = new RawPeer(port)) {
            peer.write(request);
            assertThat(peer.isClosedWithin(Duration.ofSeconds(3))).isTrue();
            servesAnotherWithinASecond();
        }
    }

    @Test
    void a_source_gets_so_many_sessions_and_is_told_so() throws Exception {
        List<RawPeer> peers = new ArrayList<>();
        for (int i = 0; i < PeerLimits.SESSIONS_PER_PEER; i++) {
            peers.add(RawPeer.opened(port));
            sessions.take();
        }
        try (RawPeer oneMore = RawPeer.opened(port)) {
            oneMore.text("{\"code\":\"hello\"}");
            assertThat(oneMore.untilClosed()).contains("\"error_code\":\"generic\"", "Too many sessions", "4");
            servesAnotherWithinASecond();
        }
        end.countDown();
        for (RawPeer peer : peers) {
            peer.untilClosed();
            peer.close();
        }
        serves(RawPeer.HOSTILE);
    }

    @Test
    void a_source_cannot_take_all_connections() throws Exception {
        List<RawPeer> peers = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            peers.add(new RawPeer(port));
        }
        int closed = 0;
        for (RawPeer peer : peers.subList(2 * PeerLimits.SESSIONS_PER_PEER, 40)) {
            closed += peer.isClosedWithin(SECOND) ? 1 : 0;
        }
        assertThat(closed).isEqualTo(40 - 2 * PeerLimits.SESSIONS_PER_PEER);
        servesAnotherWithinASecond();
        for (RawPeer peer : peers) {
            peer.close();
        }
        serves(RawPeer.HOSTILE);
    }

    /** Waits until a connection from there gets a session again. */
    private void serves(String source) throws Exception {
        sessions.clear();
        long deadline = System.nanoTime() + Duration.ofSeconds(5).toNanos();
        while (sessions.poll(50, TimeUnit.MILLISECONDS) == null) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            try (RawPeer again = new RawPeer(source, port)) {
                again.handshake("");
            } catch (IOException e) {
                // Not yet.
            }
        }
    }

    @Test
    void says_at_once_that_the_port_is_taken() {
        assertThatExceptionOfType(WirescaleException.class)
                .isThrownBy(() -> start(SECOND))
                .matches(e -> e.reason() == PeerReason.ADDRESS_IN_USE);
    }

    @Test
    void says_at_once_that_the_address_is_not_here() {
        assertThatExceptionOfType(WirescaleException.class)
                .isThrownBy(() -> PeerServer.start(IpAddress.parse("192.0.2.1"), port, connection -> {}))
                .matches(e -> e.reason() == PeerReason.BIND_FAILED);
    }

    @Test
    void starts_again_on_the_same_port_after_it_closed_connections() throws Exception {
        end.countDown();
        try (RawPeer peer = RawPeer.opened(port)) {
            peer.untilClosed();
        }
        server.close();
        assertThat(server.isServing()).isFalse();
        server = start(SECOND);
        servesAnotherWithinASecond();
    }

    @Test
    void knows_when_its_listener_is_gone() throws Exception {
        assertThat(server.isServing()).isTrue();
        server.loseListener();
        assertThat(server.isServing()).isFalse();
    }

    @Test
    void its_threads_do_not_keep_the_program_alive_and_none_pings() throws Exception {
        servesAnotherWithinASecond();
        List<Thread> threads = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("WebSocket")
                        || thread.getName().startsWith("connectionLostChecker"))
                .toList();
        assertThat(threads).isNotEmpty().allMatch(Thread::isDaemon);
        assertThat(threads).noneMatch(thread -> thread.getName().startsWith("connectionLostChecker"));
    }

    @Test
    void a_session_that_is_busy_delays_no_other() throws Exception {
        try (RawPeer peer = RawPeer.opened(port)) {
            peer.text("{\"code\":\"hello\"}");
            sessions.take();
            servesAnotherWithinASecond();
        }
    }

    @Test
    void a_callback_that_throws_ends_the_connection() throws Exception {
        try (RawPeer peer = RawPeer.opened(port)) {
            sessions.take().whenReady(() -> {
                throw new IllegalStateException("on purpose");
            });
            peer.text("{\"code\":\"hello\"}");
            assertThat(peer.untilClosed()).contains("\"error_code\":\"generic\"", "error of the program itself");
            servesAnotherWithinASecond();
        }
    }

    @Test
    void a_session_that_throws_has_its_peer_told() throws Exception {
        server.close();
        server = PeerServer.start(RawPeer.loopback(), port, connection -> {
            throw new IllegalStateException("on purpose");
        });
        try (RawPeer peer = RawPeer.opened(port)) {
            assertThat(peer.untilClosed())
                    .contains("\"error_code\":\"generic\"")
                    .doesNotContain("on purpose");
        }
    }

    @Test
    void messages_that_nobody_receives_are_bounded() throws Exception {
        try (RawPeer peer = RawPeer.opened(port)) {
            for (int i = 0; i <= PeerLimits.QUEUED_MESSAGES; i++) {
                peer.text("{\"code\":\"hello\"}");
            }
            assertThat(peer.untilClosed()).contains("too many messages at once");
            servesAnotherWithinASecond();
        }
    }

    @Test
    void great_messages_that_nobody_receives_are_bounded() throws Exception {
        try (RawPeer peer = RawPeer.opened(port)) {
            for (int i = 0; i < 3; i++) {
                peer.text(" ".repeat(PeerLimits.MESSAGE_BYTES));
            }
            assertThat(peer.untilClosed()).contains("too many messages at once");
        }
    }

    @Test
    void messages_that_are_received_are_bounded_in_their_rate() throws Exception {
        try (RawPeer peer = RawPeer.opened(port)) {
            PeerConnection connection = sessions.take();
            for (int i = 0; i < PeerLimits.FRAMES_PER_WINDOW; i++) {
                peer.text("{\"code\":\"hello\"}");
                connection.receive(SECOND);
            }
            peer.text("{\"code\":\"hello\"}");
            assertThat(peer.untilClosed()).contains("too many messages at once");
        }
    }

    @Test
    void pings_are_answered_but_not_without_end() throws Exception {
        try (RawPeer peer = RawPeer.opened(port)) {
            peer.frame(true, RawPeer.PING, new byte[] {1, 2});
            assertThat(peer.next()).get().matches(frame -> frame.opcode() == RawPeer.PONG);
            for (int i = 0; i < 100; i++) {
                peer.frame(true, RawPeer.PING, new byte[125]);
            }
            assertThat(peer.untilClosed()).contains("too many messages at once");
            servesAnotherWithinASecond();
        }
    }

    @Test
    void bytes_are_bounded_in_their_rate() throws Exception {
        try (RawPeer peer = RawPeer.opened(port)) {
            assertThatExceptionOfType(IOException.class).isThrownBy(() -> {
                for (int i = 0; i < 100_000; i++) {
                    peer.frame(true, RawPeer.PONG, new byte[125]);
                }
            });
            servesAnotherWithinASecond();
        }
    }

    @Test
    void closing_tells_the_peers_and_waits_for_none() throws Exception {
        try (RawPeer peer = RawPeer.opened(port);
                RawPeer deaf = RawPeer.opened(port);
                RawPeer halfOpen = new RawPeer(port)) {
            sessions.take();
            sessions.take();
            long begin = System.nanoTime();
            server.close();
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(2));
            assertThat(peer.untilClosed()).contains("\"error_code\":\"closed\"", "stopping");
            assertThat(halfOpen.isClosedWithin(Duration.ofSeconds(2))).isTrue();
            assertThat(deaf.isClosedWithin(Duration.ofSeconds(3))).isTrue();
        }
    }
}
