package org.wirescale.daemon.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.wirescale.model.ErrorCode;
import org.wirescale.model.Port;
import org.wirescale.model.WirescaleException;

@Timeout(30)
final class PeerClientTest {
    private interface Answer {
        void to(Socket client) throws IOException;
    }

    /** A server of one's own that answers each connection in the same way. */
    private static final class Answering implements AutoCloseable {
        private final ServerSocket server = new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"));
        private final AtomicInteger count = new AtomicInteger();

        Answering(Answer answer) throws IOException {
            Thread.ofVirtual().start(() -> {
                try {
                    while (true) {
                        Socket client = server.accept();
                        count.incrementAndGet();
                        Thread.ofVirtual().start(() -> {
                            try (client) {
                                answer.to(client);
                                client.getInputStream().transferTo(OutputStream.nullOutputStream());
                            } catch (IOException e) {
                                // The client had enough.
                            }
                        });
                    }
                } catch (IOException e) {
                    // Closed by the test.
                }
            });
        }

        Port port() {
            return new Port(server.getLocalPort());
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }

    @Test
    void a_refused_connection_means_that_wirescale_does_not_run() throws IOException {
        Port port = RawPeer.freePort();
        assertThatExceptionOfType(WirescaleException.class)
                .isThrownBy(() -> PeerClient.connect(RawPeer.loopback(), port))
                .matches(e -> e.reason() == PeerReason.NOT_RUNNING)
                .withMessageContaining("does not have Wirescale running");
    }

    @Test
    void silence_is_tried_three_times() throws IOException {
        try (Answering silent = new Answering(client -> {})) {
            long begin = System.nanoTime();
            assertThatExceptionOfType(WirescaleException.class)
                    .isThrownBy(() -> PeerClient.connect(RawPeer.loopback(), silent.port(), 3, Duration.ofMillis(150)))
                    .matches(e ->
                            e.reason() == PeerReason.CONNECT_TIMED_OUT && e.errorCode() == ErrorCode.TS_UNREACHABLE);
            assertThat(Duration.ofNanos(System.nanoTime() - begin))
                    .isBetween(Duration.ofMillis(450), Duration.ofMillis(1500));
            assertThat(silent.count).hasValue(3);
        }
    }

    @Test
    void another_program_on_the_port_is_no_wirescale() throws IOException {
        try (Answering web = new Answering(client -> client.getOutputStream()
                .write("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n".getBytes(StandardCharsets.US_ASCII)))) {
            assertThatExceptionOfType(WirescaleException.class)
                    .isThrownBy(() -> PeerClient.connect(RawPeer.loopback(), web.port()))
                    .matches(e -> e.reason() == PeerReason.NOT_WIRESCALE);
        }
    }

    @Test
    void an_answer_without_end_is_cut_off() throws IOException {
        AtomicInteger sent = new AtomicInteger();
        try (Answering endless = new Answering(client -> {
            client.getOutputStream().write("HTTP/1.1 101 Yes\r\n".getBytes(StandardCharsets.US_ASCII));
            byte[] header = ("X: " + "a".repeat(1_000) + "\r\n").getBytes(StandardCharsets.US_ASCII);
            while (true) {
                client.getOutputStream().write(header);
                sent.addAndGet(header.length);
            }
        })) {
            long begin = System.nanoTime();
            assertThatExceptionOfType(WirescaleException.class)
                    .isThrownBy(() -> PeerClient.connect(RawPeer.loopback(), endless.port()))
                    .matches(e -> e.reason() == PeerReason.NOT_WIRESCALE);
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(2));
        }
    }

    @Test
    void connecting_can_be_interrupted() throws Exception {
        try (Answering silent = new Answering(client -> {})) {
            AtomicReference<Throwable> outcome = new AtomicReference<>();
            Thread connecting = Thread.ofVirtual().start(() -> {
                try {
                    PeerClient.connect(RawPeer.loopback(), silent.port());
                } catch (InterruptedException | RuntimeException e) {
                    outcome.set(e);
                }
            });
            connecting.interrupt();
            assertThat(connecting.join(Duration.ofSeconds(2))).isTrue();
            assertThat(outcome.get()).isInstanceOf(InterruptedException.class);
        }
    }

    @Test
    void closing_ends_even_when_the_server_does_not_cooperate() throws Exception {
        try (Answering stubborn = new Answering(PeerClientTest::open)) {
            PeerConnection connection = PeerClient.connect(RawPeer.loopback(), stubborn.port());
            connection.close();
            assertThatExceptionOfType(WirescaleException.class)
                    .isThrownBy(() -> connection.receive(Duration.ofSeconds(5)))
                    .matches(e -> e.reason() == PeerReason.CLOSED);
        }
    }

    /** Does its half of the handshake, and nothing afterwards. */
    private static void open(Socket client) throws IOException {
        StringBuilder request = new StringBuilder();
        while (request.indexOf("\r\n\r\n") < 0) {
            request.append((char) client.getInputStream().read());
        }
        Matcher key = Pattern.compile("Sec-WebSocket-Key: (\\S+)").matcher(request);
        assertThat(key.find()).isTrue();
        client.getOutputStream()
                .write(("HTTP/1.1 101 Yes\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
                                + accept(key.group(1)) + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
    }

    /** RFC 6455, section 4.2.2. */
    private static String accept(String key) {
        try {
            byte[] text = (key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes(StandardCharsets.US_ASCII);
            return Base64.getEncoder()
                    .encodeToString(MessageDigest.getInstance("SHA-1").digest(text));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
