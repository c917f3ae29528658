package org.wirescale.daemon.wire;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.wirescale.model.IpAddress;
import org.wirescale.model.Port;

/** A peer that speaks, or misspeaks, byte by byte. Its source is 127.0.0.66 unless told. */
final class RawPeer implements AutoCloseable {
    static final String HOSTILE = "127.0.0.66";
    static final int TEXT = 1;
    static final int BINARY = 2;
    static final int CLOSE = 8;
    static final int PING = 9;
    static final int PONG = 10;

    record Frame(int opcode, String text) {}

    private final Socket socket = new Socket();
    private final DataInputStream in;
    private final OutputStream out;

    RawPeer(Port port) throws IOException {
        this(HOSTILE, port);
    }

    RawPeer(String source, Port port) throws IOException {
        socket.bind(new InetSocketAddress(InetAddress.ofLiteral(source), 0));
        socket.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port.number()), 3_000);
        socket.setSoTimeout((int) Duration.ofSeconds(5).toMillis());
        in = new DataInputStream(socket.getInputStream());
        out = socket.getOutputStream();
    }

    static RawPeer opened(Port port) throws IOException {
        RawPeer peer = new RawPeer(port);
        String answer = peer.handshake("");
        if (!answer.startsWith("HTTP/1.1 101 ")) {
            throw new IOException("no WebSocket: " + answer);
        }
        return peer;
    }

    /** A port that was free a moment ago. */
    static Port freePort() throws IOException {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            return new Port(probe.getLocalPort());
        }
    }

    static IpAddress loopback() {
        return IpAddress.parse("127.0.0.1");
    }

    void write(String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    /** Returns the answer's head. */
    String handshake(String moreHeaders) throws IOException {
        write("GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n" + moreHeaders
                + "\r\n");
        return head();
    }

    String head() throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            int read = in.read();
            if (read < 0) {
                throw new IOException("ended after " + head);
            }
            head.write(read);
        }
        return head.toString(StandardCharsets.ISO_8859_1);
    }

    void text(String text) throws IOException {
        frame(true, TEXT, text.getBytes(StandardCharsets.UTF_8));
    }

    void frame(boolean fin, int opcode, byte[] payload) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(payload.length + 14);
        frame.put((byte) ((fin ? 0x80 : 0) | opcode));
        if (payload.length < 126) {
            frame.put((byte) (0x80 | payload.length));
        } else if (payload.length < 65536) {
            frame.put((byte) (0x80 | 126)).putShort((short) payload.length);
        } else {
            frame.put((byte) (0x80 | 127)).putLong(payload.length);
        }
        frame.putInt(0).put(payload);
        out.write(frame.array(), 0, frame.position());
        out.flush();
    }

    /** The next frame, or empty when the server has closed the TCP connection. */
    Optional<Frame> next() throws IOException {
        int first = in.read();
        if (first < 0) {
            return Optional.empty();
        }
        int length = in.readUnsignedByte();
        long size = length < 126 ? length : length == 126 ? in.readUnsignedShort() : in.readLong();
        byte[] payload = new byte[(int) size];
        in.readFully(payload);
        return Optional.of(new Frame(first & 15, new String(payload, StandardCharsets.UTF_8)));
    }

    /** Reads until the server closes the TCP connection, and returns the texts that came. */
    String untilClosed() throws IOException {
        StringBuilder texts = new StringBuilder();
        for (Optional<Frame> frame = next(); frame.isPresent(); frame = next()) {
            if (frame.get().opcode() == TEXT) {
                texts.append(frame.get().text());
            }
        }
        return texts.toString();
    }

    /** Whether the server closes, by FIN or RST, within the time. */
    boolean isClosedWithin(Duration time) throws IOException {
        socket.setSoTimeout((int) time.toMillis());
        try {
            while (in.read() >= 0) {
                // What else comes does not matter.
            }
            return true;
        } catch (java.net.SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
