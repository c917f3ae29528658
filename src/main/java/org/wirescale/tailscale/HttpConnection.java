package org.wirescale.tailscale;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * As much of HTTP/1.1 (RFC 9112) as LocalAPI needs: requests without a body, answers with a length, in chunks or up to the end
 * of the connection, one after the other. Every wait has a deadline and everything read has a bound.
 */
final class HttpConnection implements AutoCloseable {
    static final int BODY_LIMIT = 8 << 20;
    private static final int HEAD_LIMIT = 64 << 10;
    private static final int CHUNK_LINE_LIMIT = 1024;

    private final ByteStream stream;
    private final byte[] buffer = new byte[16 << 10];
    /** What came of a line: a deadline that passes in the middle of one loses nothing. */
    private final StringBuilder line = new StringBuilder();

    private int next;
    private int end;

    HttpConnection(ByteStream stream) {
        this.stream = stream;
    }

    /** Status and body of an answer. The body has to be read to its end before the next request. */
    record Response(int status, Body body) {
        boolean ok() {
            return status >= 200 && status < 300;
        }
    }

    /**
     * Sends a request and reads the head of its answer.
     *
     * @param target path and query, already encoded
     */
    Response send(String method, String target, Deadline deadline) throws IOException {
        String request = method + " " + target + " HTTP/1.1\r\nHost: local-tailscaled.sock\r\n"
                + (method.equals("POST") ? "Content-Length: 0\r\n" : "") + "\r\n";
        stream.write(request.getBytes(StandardCharsets.US_ASCII), deadline);
        List<String> head = readHead(deadline);
        while (status(head) / 100 == 1) {
            head = readHead(deadline);
        }
        int status = status(head);
        return new Response(status, new Body(framing(head, status), length(head)));
    }

    private List<String> readHead(Deadline deadline) throws IOException {
        List<String> head = new ArrayList<>();
        int total = 0;
        while (true) {
            String field = readLine(HEAD_LIMIT - total, deadline);
            total += field.length() + 2;
            if (field.isEmpty()) {
                if (head.isEmpty()) {
                    throw new ProtocolException("no status line");
                }
                return head;
            }
            head.add(field);
        }
    }

    private static int status(List<String> head) throws ProtocolException {
        String line = head.getFirst();
        if (!line.matches("HTTP/1\\.[01] [1-5][0-9]{2}( .*)?")) {
            throw new ProtocolException("no status line");
        }
        return Integer.parseInt(line.substring(9, 12));
    }

    private enum Framing {
        NONE,
        LENGTH,
        CHUNKS,
        TO_THE_END
    }

    private static Framing framing(List<String> head, int status) throws ProtocolException {
        if (status == 204 || status == 304) {
            return Framing.NONE;
        }
        Optional<String> coding = header(head, "transfer-encoding");
        if (coding.isPresent()) {
            if (!coding.get().equalsIgnoreCase("chunked")) {
                throw new ProtocolException("transfer coding");
            }
            return Framing.CHUNKS;
        }
        return header(head, "content-length").isPresent() ? Framing.LENGTH : Framing.TO_THE_END;
    }

    private static long length(List<String> head) throws ProtocolException {
        String text = header(head, "content-length").orElse("0");
        if (!text.matches("[0-9]{1,15}")) {
            throw new ProtocolException("content length");
        }
        return Long.parseLong(text);
    }

    private static Optional<String> header(List<String> head, String name) {
        for (String line : head.subList(1, head.size())) {
            int colon = line.indexOf(':');
            if (colon > 0 && line.substring(0, colon).toLowerCase(Locale.ROOT).equals(name)) {
                return Optional.of(line.substring(colon + 1).strip());
            }
        }
        return Optional.empty();
    }

    private String readLine(int limit, Deadline deadline) throws IOException {
        while (true) {
            int octet = readOctet(deadline);
            if (octet == '\n') {
                int last = line.length() - 1;
                if (last >= 0 && line.charAt(last) == '\r') {
                    line.setLength(last);
                }
                String whole = line.toString();
                line.setLength(0);
                return whole;
            }
            if (line.length() >= limit) {
                throw new ProtocolException("line too long");
            }
            line.append((char) octet);
        }
    }

    private int readOctet(Deadline deadline) throws IOException {
        if (next == end && !fill(deadline)) {
            throw new EOFException("the answer is cut short");
        }
        return buffer[next++] & 0xff;
    }

    private boolean fill(Deadline deadline) throws IOException {
        next = 0;
        end = 0;
        end = stream.read(buffer, deadline);
        return end > 0;
    }

    @Override
    public void close() {
        stream.close();
    }

    /** What follows the head. */
    final class Body {
        private final Framing framing;
        /** Of the body, or of the chunk that is being read. */
        private long left;

        private boolean chunkToEnd;
        private boolean ended;

        private Body(Framing framing, long length) {
            this.framing = framing;
            this.left = framing == Framing.LENGTH ? length : 0;
            this.ended = framing == Framing.NONE || (framing == Framing.LENGTH && length == 0);
        }

        /**
         * All of it.
         *
         * @throws ProtocolException when it is larger than {@link #BODY_LIMIT}
         */
        byte[] readAll(Deadline deadline) throws IOException {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            byte[] part = new byte[buffer.length];
            for (int n = read(part, deadline); n > 0; n = read(part, deadline)) {
                if (all.size() + n > BODY_LIMIT) {
                    throw new ProtocolException("more than 8 MiB");
                }
                all.write(part, 0, n);
            }
            return all.toByteArray();
        }

        /**
         * The next part of it.
         *
         * @return the number of bytes, 0 at its end
         * @throws EOFException when the connection ends before the body does
         */
        int read(byte[] into, Deadline deadline) throws IOException {
            if (!ended && framing == Framing.CHUNKS && left == 0) {
                beginChunk(deadline);
            }
            if (ended) {
                return 0;
            }
            if (next == end && !fill(deadline)) {
                if (framing == Framing.TO_THE_END) {
                    ended = true;
                    return 0;
                }
                throw new EOFException("the answer is cut short");
            }
            int count = Math.min(into.length, end - next);
            if (framing != Framing.TO_THE_END) {
                count = (int) Math.min(count, left);
                left -= count;
                ended = framing == Framing.LENGTH && left == 0;
            }
            System.arraycopy(buffer, next, into, 0, count);
            next += count;
            return count;
        }

        private void beginChunk(Deadline deadline) throws IOException {
            if (chunkToEnd && !readLine(CHUNK_LINE_LIMIT, deadline).isEmpty()) {
                throw new ProtocolException("chunk without end");
            }
            chunkToEnd = false;
            String head = readLine(CHUNK_LINE_LIMIT, deadline);
            int semicolon = head.indexOf(';');
            String size = (semicolon < 0 ? head : head.substring(0, semicolon)).strip();
            if (!size.matches("[0-9a-fA-F]{1,12}")) {
                throw new ProtocolException("size of a chunk");
            }
            left = Long.parseLong(size, 16);
            chunkToEnd = left > 0;
            if (left == 0) {
                ended = true;
                int total = 0;
                for (String trailer = readLine(CHUNK_LINE_LIMIT, deadline);
                        !trailer.isEmpty();
                        trailer = readLine(CHUNK_LINE_LIMIT, deadline)) {
                    total += trailer.length();
                    if (total > HEAD_LIMIT) {
                        throw new ProtocolException("trailer too long");
                    }
                }
            }
        }
    }
}
