package org.wirescale.tailscale;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/** A UNIX socket through the JDK, which a short-lived command has connected soonest. */
final class ChannelStream implements ByteStream {
    private final SocketChannel channel;
    private final Selector selector;
    private final SelectionKey key;

    private ChannelStream(SocketChannel channel, Selector selector, SelectionKey key) {
        this.channel = channel;
        this.selector = selector;
        this.key = key;
    }

    static ChannelStream connect(Path path) throws IOException {
        SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(path));
        try {
            channel.configureBlocking(false);
            Selector selector = Selector.open();
            return new ChannelStream(channel, selector, channel.register(selector, SelectionKey.OP_READ));
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    @Override
    public int read(byte[] into, Deadline deadline) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(into);
        int count = channel.read(buffer);
        while (count == 0) {
            await(SelectionKey.OP_READ, deadline);
            count = channel.read(buffer);
        }
        return Math.max(0, count);
    }

    @Override
    public void write(byte[] bytes, Deadline deadline) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            if (channel.write(buffer) == 0) {
                await(SelectionKey.OP_WRITE, deadline);
            }
        }
    }

    private void await(int operation, Deadline deadline) throws IOException {
        if (deadline.hasPassed()) {
            throw new SocketTimeoutException();
        }
        key.interestOps(operation);
        selector.select(deadline.left().toMillis() + 1);
        selector.selectedKeys().clear();
        if (!channel.isOpen() || Thread.currentThread().isInterrupted()) {
            throw new IOException("the connection was closed from this side");
        }
    }

    @Override
    public void close() {
        try {
            // The selector last: a thread that waits in it sees the closed channel.
            channel.close();
            selector.close();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
