package org.wirescale.tailscale;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** A UNIX socket that answers HTTP requests byte for byte as a test wants it. */
public final class FakeLocalApi implements AutoCloseable {
    /** What to do with one request; it may write anything, and wait. */
    public interface Answer {
        void to(String request, Connection connection) throws Exception;
    }

    /** One connection's side that answers. */
    public record Connection(SocketChannel channel) {
        public void send(String text) throws IOException {
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        }
    }

    private final Path path;
    private final ServerSocketChannel server;
    private final Answer answer;
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final List<SocketChannel> connections = new CopyOnWriteArrayList<>();

    public FakeLocalApi(Path path, Answer answer) throws IOException {
        this.path = path;
        this.answer = answer;
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(path));
        Thread.ofVirtual().start(this::accept);
    }

    /** Answers every request with this body. */
    static Answer json(String body) {
        return (request, connection) -> connection.send(response(200, body));
    }

    public static String response(int status, String body) {
        return "HTTP/1.1 " + status + " Words\r\nContent-Type: application/json\r\nContent-Length: "
                + body.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + body;
    }

    public LocalApi api() {
        return LocalApi.at(path, Optional.empty());
    }

    /** The first lines of the requests so far. */
    List<String> requests() {
        return requests;
    }

    private void accept() {
        try {
            while (true) {
                SocketChannel channel = server.accept();
                connections.add(channel);
                Thread.ofVirtual().start(() -> serve(channel));
            }
        } catch (IOException e) {
            // Closed: the test is over.
            return;
        }
    }

    private void serve(SocketChannel channel) {
        try (channel) {
            StringBuilder text = new StringBuilder();
            ByteBuffer buffer = ByteBuffer.allocate(4096);
            while (channel.read(buffer.clear()) > 0) {
                text.append(StandardCharsets.UTF_8.decode(buffer.flip()));
                int end = text.indexOf("\r\n\r\n");
                if (end >= 0) {
                    String request = text.substring(0, end + 4);
                    text.delete(0, end + 4);
                    requests.add(request.lines().findFirst().orElse(""));
                    answer.to(request, new Connection(channel));
                }
            }
        } catch (Exception e) {
            // The client went away, as some tests want it to.
            return;
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (SocketChannel connection : connections) {
            connection.close();
        }
    }
}
