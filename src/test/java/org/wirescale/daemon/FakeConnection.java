package org.wirescale.daemon;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import org.wirescale.daemon.wire.PeerConnection;
import org.wirescale.daemon.wire.PeerReason;
import org.wirescale.model.IpAddress;
import org.wirescale.model.WirescaleException;
import org.wirescale.protocol.PeerCodec;
import org.wirescale.protocol.PeerMessage;

/** A peer's connection without a network: a test writes the texts that come, and reads what was answered. */
final class FakeConnection implements PeerConnection {
    private final IpAddress remote;
    private final BlockingQueue<String> texts = new LinkedBlockingQueue<>();
    private final List<PeerMessage> answers = new CopyOnWriteArrayList<>();
    private volatile Optional<String> afterAck = Optional.empty();
    private volatile boolean open = true;
    private volatile Runnable listener = () -> {};

    FakeConnection(String remote, String... texts) {
        this.remote = IpAddress.parse(remote);
        this.texts.addAll(List.of(texts));
    }

    void come(String text) {
        texts.add(text);
        listener.run();
    }

    void comesAfterAck(String text) {
        afterAck = Optional.of(text);
    }

    List<PeerMessage> answers() {
        return answers;
    }

    /** The error that ended the session. */
    Optional<PeerMessage.Failure> failure() {
        return answers.stream()
                .filter(PeerMessage.Failure.class::isInstance)
                .map(PeerMessage.Failure.class::cast)
                .findFirst();
    }

    @Override
    public IpAddress remote() {
        return remote;
    }

    @Override
    public void send(PeerMessage message) {
        // Through the codec, as it would go over the wire.
        answers.add(PeerCodec.decode(PeerCodec.encode(message)));
        if (message instanceof PeerMessage.Ack) {
            afterAck.ifPresent(this::come);
        }
    }

    @Override
    public PeerMessage receive(Duration timeout) throws InterruptedException {
        String text = texts.poll(timeout.toMillis(), java.util.concurrent.TimeUnit.MILLISECONDS);
        if (text == null) {
            throw WirescaleException.of(PeerReason.TIMED_OUT, "peer", remote, "seconds", timeout.toSeconds());
        }
        return PeerCodec.decode(text);
    }

    @Override
    public Optional<PeerMessage> poll() {
        String text = texts.poll();
        if (text == null && !open) {
            throw WirescaleException.of(PeerReason.CLOSED, "peer", remote);
        }
        return Optional.ofNullable(text).map(PeerCodec::decode);
    }

    @Override
    public boolean isReady() {
        return !texts.isEmpty() || !open;
    }

    @Override
    public void whenReady(Runnable newListener) {
        listener = newListener;
        if (isReady()) {
            newListener.run();
        }
    }

    @Override
    public boolean ping(Duration timeout) {
        return open;
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public void refuse(WirescaleException reason) {
        if (open) {
            send(new PeerMessage.Failure(reason.errorCode(), reason.peerMessage()));
            close();
        }
    }

    @Override
    public void close() {
        open = false;
        listener.run();
    }
}
