package org.wirescale.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.wirescale.protocol.LocalReply;
import org.wirescale.protocol.LocalRequest;

@Timeout(30)
final class LocalServerTest {
    private static final String STATUS = "{\"code\":\"status\",\"error_code\":null}\n";
    private static final int ME = uid();

    @TempDir
    private Path folder;

    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable closeable : open.reversed()) {
            closeable.close();
        }
    }

    @Test
    void a_request_gets_every_answer_in_order() throws Exception {
        serve((caller, request, replies) -> {
            replies.send(new LocalReply.Info("uid " + caller.uid() + " asks " + request));
            replies.send(new LocalReply.Success("done"));
            replies.send(new LocalReply.Info("too late"));
        });
        Client client = connect();
        client.send(STATUS);
        assertThat(client.lines())
                .containsExactly(
                        "{\"code\":\"info\",\"error_code\":null,\"message\":\"uid " + ME + " asks Status[]\"}",
                        "{\"code\":\"success\",\"error_code\":null,\"message\":\"done\"}");
    }

    @Test
    void everybody_may_connect_to_a_socket_of_its_own() throws Exception {
        serve(LocalServerTest::content);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path())))
                .isEqualTo("rw-rw-rw-");
    }

    @Test
    void the_session_learns_at_once_that_its_client_is_gone() throws Exception {
        BlockingQueue<String> events = new LinkedBlockingQueue<>();
        CountDownLatch gone = new CountDownLatch(1);
        serve((caller, request, replies) -> {
            replies.onGone(gone::countDown);
            events.add("running");
            await(gone);
            events.add(replies.isGone() ? "gone" : "there");
        });
        Client client = connect();
        client.send(STATUS);
        assertThat(events.poll(10, TimeUnit.SECONDS)).isEqualTo("running");
        client.close();
        assertThat(events.poll(10, TimeUnit.SECONDS)).isEqualTo("gone");
    }

    @Test
    void a_request_that_was_answered_is_not_gone() throws Exception {
        CountDownLatch gone = new CountDownLatch(1);
        serve((caller, request, replies) -> {
            replies.onGone(gone::countDown);
            replies.send(new LocalReply.Success("done"));
        });
        Client client = connect();
        client.send(STATUS);
        client.lines();
        client.close();
        Client next = connect();
        next.send(STATUS);
        next.lines();
        assertThat(gone.getCount()).isEqualTo(1);
    }

    @Test
    void a_client_that_trickles_is_told_after_the_deadline_while_others_are_served() throws Exception {
        serve(Duration.ofMillis(300), LocalServerTest::content);
        Client slow = connect();
        slow.send("{\"code\"");
        Client other = connect();
        other.send(STATUS);
        assertThat(other.lines()).hasSize(1);
        assertThat(String.join("", slow.lines())).contains("\"closed\"").contains("no complete request");
    }

    @Test
    void binary_and_enormous_requests_are_refused_while_others_are_served() throws Exception {
        serve(LocalServerTest::content);
        Client binary = connect();
        binary.send("\0\1\2\u00ff\n");
        assertThat(String.join("", binary.lines())).contains("not one JSON object");
        Client enormous = connect();
        enormous.sendUntilRefused("x".repeat(1 << 20));
        Client other = connect();
        other.send(STATUS);
        assertThat(other.lines()).hasSize(1);
    }

    @Test
    void a_client_that_reads_nothing_loses_its_connection_and_holds_nobody() throws Exception {
        BlockingQueue<String> events = new LinkedBlockingQueue<>();
        serve((caller, request, replies) -> {
            CountDownLatch gone = new CountDownLatch(1);
            replies.onGone(gone::countDown);
            String text = "x".repeat(30_000);
            for (int i = 0; i < 2 * LocalConnection.UNREAD_REPLIES && !replies.isGone(); i++) {
                replies.send(new LocalReply.Info(text));
            }
            await(gone);
            events.add("gone");
        });
        Client deaf = connect();
        deaf.send(STATUS);
        assertThat(events.poll(10, TimeUnit.SECONDS)).isEqualTo("gone");
    }

    @Test
    void a_fifth_request_of_one_user_is_told_to_come_back() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        CountDownLatch running = new CountDownLatch(LocalServer.REQUESTS_OF_ONE);
        serve((caller, request, replies) -> {
            running.countDown();
            await(end);
            replies.send(new LocalReply.Success("done"));
        });
        List<Client> waiting = new ArrayList<>();
        for (int i = 0; i < LocalServer.REQUESTS_OF_ONE; i++) {
            waiting.add(connect());
            waiting.getLast().send(STATUS);
        }
        assertThat(running.await(10, TimeUnit.SECONDS)).isTrue();
        Client fifth = connect();
        fifth.send(STATUS);
        assertThat(String.join("", fifth.lines())).contains("\"closed\"").contains("4 requests of yours");
        end.countDown();
        assertThat(waiting).allSatisfy(client -> assertThat(client.lines()).hasSize(1));
        Client next = connect();
        next.send(STATUS);
        assertThat(String.join("", next.lines())).contains("success");
    }

    @Test
    void a_handler_that_fails_still_answers() throws Exception {
        serve((caller, request, replies) -> {
            throw new IllegalStateException("a fault of ours");
        });
        Client client = connect();
        client.send(STATUS);
        assertThat(String.join("", client.lines())).contains("\"generic\"").doesNotContain("a fault of ours");
    }

    private static void content(Caller caller, LocalRequest request, ReplySink replies) {
        replies.send(new LocalReply.Success("done"));
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static int uid() {
        try {
            return (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private Path path() {
        return folder.resolve("wirescaled.sock");
    }

    private void serve(LocalServer.Handler handler) throws IOException {
        serve(LocalConnection.REQUEST_DEADLINE, handler);
    }

    private void serve(Duration deadline, LocalServer.Handler handler) throws IOException {
        open.add(LocalServer.start(path(), Map.of(), new Rights(_ -> true), deadline, handler));
    }

    private Client connect() throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channel.connect(UnixDomainSocketAddress.of(path()));
        Client client = new Client(channel);
        open.add(client);
        return client;
    }

    private record Client(SocketChannel channel) implements AutoCloseable {
        void send(String text) throws IOException {
            channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1)));
        }

        void sendUntilRefused(String text) {
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
            try {
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
            } catch (IOException e) {
                assertThat(bytes.hasRemaining()).isTrue();
            }
        }

        List<String> lines() throws IOException {
            return new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8))
                    .lines()
                    .toList();
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
