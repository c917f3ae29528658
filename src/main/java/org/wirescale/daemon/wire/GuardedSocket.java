package org.wirescale.daemon.wire;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;

/** A socket that counts what it reads: the library's client is as trusting as its server. */
final class GuardedSocket extends Socket {
    private final ByteMeter meter = new ByteMeter();

    void handshakeIsDone() {
        meter.handshakeIsDone();
    }

    @Override
    public InputStream getInputStream() throws IOException {
        return new FilterInputStream(super.getInputStream()) {
            @Override
            public int read() throws IOException {
                int read = in.read();
                if (read >= 0) {
                    meter.add(1);
                }
                return read;
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                int count = in.read(target, offset, length);
                if (count > 0) {
                    meter.add(count);
                }
                return count;
            }
        };
    }
}
