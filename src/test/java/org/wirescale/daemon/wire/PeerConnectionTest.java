package org.wirescale.daemon.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.wirescale.model.ErrorCode;
import org.wirescale.model.Port;
import org.wirescale.model.Reason;
import org.wirescale.model.WirescaleException;
import org.wirescale.protocol.Features;
import org.wirescale.protocol.PeerLimits;
import org.wirescale.protocol.PeerMessage;
import org.wirescale.protocol.ProtocolReason;

/** Both ends of a connection over loopback. */
@Timeout(30)
final class PeerConnectionTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration LONG = Duration.ofSeconds(10);

    private final BlockingQueue<PeerConnection> accepted = new ArrayBlockingQueue<>(8);
    private final CountDownLatch end = new CountDownLatch(1);
    private Port port = new Port(1);
    private PeerServer server;
    private PeerConnection near;
    private PeerConnection far;

    @BeforeEach
    void connect() throws Exception {
        port = RawPeer.freePort();
        server = PeerServer.start(RawPeer.loopback(), port, connection -> {
            accepted.add(connection);
            try {
                end.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        near = PeerClient.connect(RawPeer.loopback(), port);
        far = accepted.take();
    }

    @AfterEach
    void close() {
        end.countDown();
        near.close();
        server.close();
    }

    @Test
    void messages_arrive_in_order_in_both_directions() throws Exception {
        near.send(new PeerMessage.Hello());
        near.send(new PeerMessage.Go(true));
        far.send(new PeerMessage.Ack(Set.of(Features.SUCCESS)));
        far.send(new PeerMessage.Info("queued"));
        assertThat(far.receive(SECOND)).isEqualTo(new PeerMessage.Hello());
        assertThat(far.receive(SECOND)).isEqualTo(new PeerMessage.Go(true));
        assertThat(near.receive(SECOND)).isEqualTo(new PeerMessage.Ack(Set.of(Features.SUCCESS)));
        assertThat(near.receive(SECOND)).isEqualTo(new PeerMessage.Info("queued"));
        assertThat(far.remote()).isEqualTo(RawPeer.loopback());
    }

    @Test
    void what_came_before_the_end_is_received_first() throws Exception {
        far.send(new PeerMessage.Failure(ErrorCode.INTERFACE_EXISTS, "taken"));
        far.close();
        assertThat(near.receive(SECOND)).isEqualTo(new PeerMessage.Failure(ErrorCode.INTERFACE_EXISTS, "taken"));
        assertThat(reasonOf(() -> near.receive(LONG))).isEqualTo(PeerReason.CLOSED);
        assertThat(reasonOf(() -> near.send(new PeerMessage.Hello()))).isEqualTo(PeerReason.CLOSED);
        assertThat(near.isOpen()).isFalse();
        assertThat(near.ping(LONG)).isFalse();
    }

    @Test
    void silence_is_told_from_an_end() {
        assertThat(reasonOf(() -> near.receive(Duration.ofMillis(50)))).isEqualTo(PeerReason.TIMED_OUT);
        assertThat(near.isOpen()).isTrue();
        assertThat(near.poll()).isEmpty();
        assertThat(near.isReady()).isFalse();
    }

    @Test
    void a_waiting_thread_can_be_interrupted() throws Exception {
        AtomicReference<Throwable> outcome = new AtomicReference<>();
        Thread waiting = Thread.ofVirtual().start(() -> {
            try {
                near.receive(LONG);
            } catch (InterruptedException | RuntimeException e) {
                outcome.set(e);
            }
        });
        waiting.interrupt();
        assertThat(waiting.join(SECOND)).isTrue();
        assertThat(outcome.get()).isInstanceOf(InterruptedException.class);
        far.send(new PeerMessage.Hello());
        assertThat(near.receive(SECOND)).isEqualTo(new PeerMessage.Hello());
    }

    @Test
    void a_listener_hears_of_messages_and_of_the_end() throws Exception {
        BlockingQueue<Boolean> heard = new ArrayBlockingQueue<>(8);
        near.whenReady(() -> heard.add(near.isReady()));
        assertThat(heard).isEmpty();
        far.send(new PeerMessage.Hello());
        assertThat(heard.poll(1, TimeUnit.SECONDS)).isTrue();
        assertThat(near.poll()).contains(new PeerMessage.Hello());
        far.close();
        assertThat(heard.poll(2, TimeUnit.SECONDS)).isTrue();
        assertThat(reasonOf(near::poll)).isEqualTo(PeerReason.CLOSED);
        near.whenReady(() -> heard.add(true));
        assertThat(heard).isNotEmpty();
    }

    @Test
    void pings_are_answered_by_both_ends() throws Exception {
        assertThat(near.ping(SECOND)).isTrue();
        assertThat(far.ping(SECOND)).isTrue();
    }

    @Test
    void a_ping_without_answer_is_noticed() throws Exception {
        try (RawPeer silent = RawPeer.opened(port)) {
            PeerConnection connection = accepted.take();
            AtomicReference<Boolean> answered = new AtomicReference<>(true);
            Thread pinging = Thread.ofVirtual().start(() -> {
                try {
                    answered.set(connection.ping(Duration.ofMillis(300)));
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            assertThat(silent.next()).get().matches(frame -> frame.opcode() == RawPeer.PING);
            silent.frame(true, RawPeer.PONG, new byte[8]);
            assertThat(pinging.join(SECOND)).isTrue();
            assertThat(answered.get()).isFalse();
            assertThat(connection.isOpen()).isTrue();
        }
    }

    @Test
    void a_refusal_reaches_the_peer_in_its_own_words() throws Exception {
        far.refuse(WirescaleException.of(PeerReason.TIMED_OUT, "peer", "x", "seconds", 10));
        assertThat(near.receive(SECOND))
                .isEqualTo(new PeerMessage.Failure(ErrorCode.CLOSED, "The next message did not come within 10 s"));
        assertThat(reasonOf(() -> near.receive(LONG))).isEqualTo(PeerReason.CLOSED);
        assertThat(reasonOf(() -> far.receive(LONG))).isEqualTo(PeerReason.TIMED_OUT);
    }

    @Test
    void a_refusal_reaches_a_peer_that_goes_on_talking() throws Exception {
        Port refusing = RawPeer.freePort();
        WirescaleException full = WirescaleException.of(PeerReason.TOO_MANY_SESSIONS, "limit", 4);
        try (PeerServer refuser = PeerServer.start(RawPeer.loopback(), refusing, connection -> {
            throw full;
        })) {
            for (int round = 0; round < 20; round++) {
                try (PeerConnection talker = PeerClient.connect(RawPeer.loopback(), refusing)) {
                    talkUntilClosed(talker);
                    assertThat(talker.receive(SECOND))
                            .isEqualTo(new PeerMessage.Failure(ErrorCode.GENERIC, full.peerMessage()));
                }
            }
            assertThat(refuser.isServing()).isTrue();
        }
    }

    private static void talkUntilClosed(PeerConnection talker) {
        try {
            for (int i = 0; i < 20; i++) {
                talker.send(new PeerMessage.Hello());
            }
        } catch (WirescaleException e) {
            assertThat(e.reason()).isEqualTo(PeerReason.CLOSED);
        }
    }

    @Test
    void a_text_that_is_no_message_leaves_the_answer_to_the_session() throws Exception {
        try (RawPeer raw = RawPeer.opened(port)) {
            PeerConnection connection = accepted.take();
            raw.text("[]");
            assertThat(reasonOf(() -> connection.receive(SECOND))).isEqualTo(ProtocolReason.NOT_AN_OBJECT);
            assertThat(connection.isOpen()).isTrue();
        }
    }

    @Test
    void lines_of_information_are_counted() throws Exception {
        for (int i = 0; i < PeerLimits.INFO_LINES; i++) {
            far.send(new PeerMessage.Info("line"));
            near.receive(SECOND);
        }
        far.send(new PeerMessage.Info("line"));
        assertThat(reasonOf(() -> near.receive(SECOND))).isEqualTo(ProtocolReason.TOO_MANY_LINES);
    }

    @Test
    void a_peer_that_vanishes_is_an_end() throws Exception {
        PeerConnection connection;
        try (RawPeer raw = RawPeer.opened(port)) {
            connection = accepted.take();
            raw.write("");
        }
        assertThat(reasonOf(() -> connection.receive(LONG))).isEqualTo(PeerReason.CLOSED);
    }

    @Test
    void closing_ends_even_when_the_peer_does_not_cooperate() throws Exception {
        try (RawPeer deaf = RawPeer.opened(port)) {
            PeerConnection connection = accepted.take();
            connection.close();
            assertThat(reasonOf(() -> connection.receive(LONG))).isEqualTo(PeerReason.CLOSED);
            assertThat(deaf.isClosedWithin(Duration.ofSeconds(4))).isTrue();
        }
    }

    private interface Step {
        void run() throws InterruptedException;
    }

    private static Reason reasonOf(Step step) {
        return assertThatExceptionOfType(WirescaleException.class)
                .isThrownBy(step::run)
                .actual()
                .reason();
    }
}
