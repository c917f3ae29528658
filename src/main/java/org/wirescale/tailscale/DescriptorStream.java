package org.wirescale.tailscale;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import org.wirescale.model.WirescaleException;
import org.wirescale.os.Descriptor;
import org.wirescale.os.Sockets;

/** A UNIX socket through system calls, where it matters which process is at the other end. */
final class DescriptorStream implements ByteStream {
    private final Descriptor socket;

    private DescriptorStream(Descriptor socket) {
        this.socket = socket;
    }

    static DescriptorStream connect(Path path) throws IOException {
        try {
            return new DescriptorStream(Sockets.connectUnix(path));
        } catch (WirescaleException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** The process that listens at the other end; 0 where it is in another pid namespace. */
    long peerPid() {
        return Sockets.peerCredentials(socket).pid();
    }

    @Override
    public int read(byte[] into, Deadline deadline) throws IOException {
        try {
            return Sockets.read(socket, into, deadline.left()).orElseThrow(SocketTimeoutException::new);
        } catch (WirescaleException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    @Override
    public void write(byte[] bytes, Deadline deadline) throws IOException {
        try {
            if (!Sockets.write(socket, bytes, deadline.left())) {
                throw new SocketTimeoutException();
            }
        } catch (WirescaleException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
