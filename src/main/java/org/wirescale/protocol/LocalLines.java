package org.wirescale.protocol;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.wirescale.model.WirescaleException;

/** Takes the lines of the local protocol from a stream, none longer than the limit. */
public final class LocalLines {
    private final InputStream in;

    /**
     * @param in buffered: it is read byte by byte
     */
    public LocalLines(InputStream in) {
        this.in = in;
    }

    /**
     * The next line without its line feed, or empty at the end of the stream. What stands before the end without a line feed is a
     * line that was cut off, and no line.
     *
     * @throws WirescaleException with {@link ProtocolReason#TOO_LONG}, or {@link ProtocolReason#NOT_AN_OBJECT} where it is not UTF-8
     */
    public Optional<String> next() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int read = in.read(); read >= 0; read = in.read()) {
            if (read == '\n') {
                return Optional.of(text(line.toByteArray()));
            }
            if (line.size() == PeerLimits.MESSAGE_BYTES) {
                throw WirescaleException.of(ProtocolReason.TOO_LONG, "limit", PeerLimits.MESSAGE_BYTES);
            }
            line.write(read);
        }
        return Optional.empty();
    }

    private static String text(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw WirescaleException.causedBy(e, ProtocolReason.NOT_AN_OBJECT);
        }
    }
}
