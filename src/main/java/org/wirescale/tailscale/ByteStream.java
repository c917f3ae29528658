package org.wirescale.tailscale;

import java.io.IOException;

/** A connected stream whose every wait has an end. */
interface ByteStream extends AutoCloseable {
    /**
     * Reads what there is, waiting for the first byte.
     *
     * @return the number of bytes, or 0 at the end of the stream
     * @throws java.net.SocketTimeoutException when the deadline passed first
     */
    int read(byte[] into, Deadline deadline) throws IOException;

    /**
     * Writes all of it.
     *
     * @throws java.net.SocketTimeoutException when the deadline passed first
     */
    void write(byte[] bytes, Deadline deadline) throws IOException;

    @Override
    void close();
}
