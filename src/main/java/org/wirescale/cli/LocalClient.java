package org.wirescale.cli;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.wirescale.model.WirescaleException;
import org.wirescale.protocol.LocalCodec;
import org.wirescale.protocol.LocalLines;
import org.wirescale.protocol.LocalReply;
import org.wirescale.protocol.LocalRequest;

/** The command's side of the local socket. When this process ends, however it does, the daemon sees the connection close. */
final class LocalClient implements AutoCloseable {
    /** systemd accepts for a daemon that does not come up; its first line is due at once. */
    private static final Duration FIRST_REPLY_DEADLINE = Duration.ofSeconds(30);

    private final Path path;
    private final SocketChannel channel;
    private final Duration firstReply;

    private LocalClient(Path path, SocketChannel channel, Duration firstReply) {
        this.path = path;
        this.channel = channel;
        this.firstReply = firstReply;
    }

    /**
     * @throws WirescaleException with {@link CliReason#DAEMON_UNREACHABLE}
     */
    static LocalClient connect(Path path) {
        return connect(path, FIRST_REPLY_DEADLINE);
    }

    /**
     * @param firstReply how long the daemon may be silent
     * @throws WirescaleException with {@link CliReason#DAEMON_UNREACHABLE}
     */
    static LocalClient connect(Path path, Duration firstReply) {
        try {
            return new LocalClient(path, SocketChannel.open(UnixDomainSocketAddress.of(path)), firstReply);
        } catch (IOException e) {
            throw WirescaleException.causedBy(
                    e, CliReason.DAEMON_UNREACHABLE, "socket", path, "error", String.valueOf(e.getMessage()));
        }
    }

    /**
     * Sends a request and waits for its last answer; the others are passed on as they come.
     *
     * @throws WirescaleException with {@link CliReason#DAEMON_WENT_AWAY} or {@link CliReason#DAEMON_SILENT}
     */
    LocalReply ask(LocalRequest request, Consumer<String> onInfo) {
        Thread alarm = Thread.ofVirtual().start(this::closeAfterDeadline);
        boolean answered = false;
        try {
            ByteBuffer line = ByteBuffer.wrap((LocalCodec.encode(request) + "\n").getBytes(StandardCharsets.UTF_8));
            while (line.hasRemaining()) {
                channel.write(line);
            }
            LocalLines lines = new LocalLines(new BufferedInputStream(Channels.newInputStream(channel)));
            while (true) {
                Optional<LocalReply> reply = lines.next().map(LocalCodec::decodeReply);
                alarm.interrupt();
                if (reply.isEmpty()) {
                    throw WirescaleException.of(CliReason.DAEMON_WENT_AWAY);
                }
                answered = true;
                if (reply.get().isLast()) {
                    return reply.get();
                }
                onInfo.accept(reply.get().message());
            }
        } catch (IOException e) {
            CliReason reason = answered || channel.isOpen() ? CliReason.DAEMON_WENT_AWAY : CliReason.DAEMON_SILENT;
            throw WirescaleException.causedBy(e, reason, "seconds", firstReply.toSeconds());
        } finally {
            alarm.interrupt();
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw WirescaleException.causedBy(
                    e, CliReason.DAEMON_UNREACHABLE, "socket", path, "error", String.valueOf(e.getMessage()));
        }
    }

    private void closeAfterDeadline() {
        try {
            Thread.sleep(firstReply);
            close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
