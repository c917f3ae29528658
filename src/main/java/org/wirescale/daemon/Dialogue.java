package org.wirescale.daemon;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wirescale.daemon.wire.PeerConnection;
import org.wirescale.daemon.wire.PeerReason;
import org.wirescale.model.ErrorCode;
import org.wirescale.model.Reason;
import org.wirescale.model.WirescaleException;
import org.wirescale.protocol.Features;
import org.wirescale.protocol.PeerLimits;
import org.wirescale.protocol.PeerMessage;
import org.wirescale.protocol.ProtocolReason;

/** What both roles do with the other end: wait for the message whose turn it is, show the lines between, notice that it is gone. */
final class Dialogue {
    private static final Logger LOG = LoggerFactory.getLogger(Dialogue.class);

    private final Session session;
    private final PeerConnection connection;
    private final BooleanSupplier peerAnswers;
    private Set<String> peerFeatures = Set.of();
    private boolean peerMoved;

    /**
     * @param peerAnswers asks Tailscale whether the peer still answers; may take {@link PeerLimits#LIVENESS_CHECK}
     */
    Dialogue(Session session, PeerConnection connection, BooleanSupplier peerAnswers) {
        this.session = session;
        this.connection = connection;
        this.peerAnswers = peerAnswers;
        connection.whenReady(session.gate()::signal);
    }

    /** What the peer named in its token or ack. */
    void peerNamed(Set<String> features) {
        peerFeatures = features;
    }

    Set<String> peerFeatures() {
        return peerFeatures;
    }

    /** Whether this is more than 1.0.3: it knows who gives way and who drives, and says when its tunnel stands. */
    boolean peerIsOurs() {
        return peerCan(Features.SUCCESS);
    }

    boolean peerCan(String feature) {
        return peerFeatures.contains(feature);
    }

    void send(PeerMessage message) {
        connection.send(message);
    }

    /**
     * Waits for the one message that may come now.
     *
     * @throws WirescaleException when the peer ends the session, sends anything else, or the deadline passes
     * @throws InterruptedException when the session is cancelled
     */
    <T extends PeerMessage> T expect(Class<T> type, Duration deadline) throws InterruptedException {
        return expectUnless(() -> false, type, deadline).orElseThrow();
    }

    /** Like {@link #expect}, but ends without a message once the other condition holds. */
    <T extends PeerMessage> Optional<T> expectUnless(BooleanSupplier other, Class<T> type, Duration deadline)
            throws InterruptedException {
        Optional<PeerMessage> message = next(other, deadline);
        if (message.isPresent() && !type.isInstance(message.get())) {
            throw outOfOrder(message.get(), type.getSimpleName());
        }
        return message.map(type::cast);
    }

    /**
     * Waits for something that is no message, for as long as the peer is there.
     *
     * @throws WirescaleException when the peer ends the session meanwhile, or sends what it may not send yet
     */
    void awaitWithPeer(BooleanSupplier condition, Duration deadline) throws InterruptedException {
        Optional<PeerMessage> message = next(condition, deadline);
        if (message.isPresent()) {
            throw outOfOrder(message.get(), "Ack");
        }
    }

    /**
     * Sends {@code go} and makes sure that it arrived.
     *
     * @throws WirescaleException with {@link SessionReason#PEER_SILENT}
     */
    void go(boolean nat) throws InterruptedException {
        connection.send(new PeerMessage.Go(nat));
        if (!connection.ping(PeerLimits.PING_DEADLINE)) {
            throw silent();
        }
    }

    private Optional<PeerMessage> next(BooleanSupplier other, Duration deadline) throws InterruptedException {
        long end = System.nanoTime() + deadline.toNanos();
        while (true) {
            awaitNews(other, end, deadline);
            Optional<PeerMessage> message = poll();
            if (message.isEmpty() && other.getAsBoolean()) {
                return Optional.empty();
            }
            if (message.isPresent() && !takesPlaceBeside(message.get())) {
                return message;
            }
        }
    }

    /**
     * Whether the message is none that a step of the dialogue waits for.
     *
     * @throws WirescaleException when it ends the session
     */
    private boolean takesPlaceBeside(PeerMessage message) {
        switch (message) {
            case PeerMessage.Info info -> session.hear(info);
            case PeerMessage.Failure failure -> throw refusal(failure);
            case PeerMessage.Moved _ when peerCan(Features.MOVED) && !peerMoved -> peerMoved = true;
            default -> {
                return false;
            }
        }
        return true;
    }

    /**
     * Waits until the peer's tailscaled has left its port.
     *
     * @return false when the time was over first; its word may still come
     * @throws WirescaleException when the peer ends the session
     */
    boolean awaitMoved(Duration atMost) throws InterruptedException {
        long end = System.nanoTime() + atMost.toNanos();
        while (!peerMoved && session.gate().await(connection::isReady, Duration.ofNanos(end - System.nanoTime()))) {
            Optional<PeerMessage> message = poll();
            if (message.isPresent() && !takesPlaceBeside(message.get())) {
                throw outOfOrder(message.get(), PeerMessage.Moved.class.getSimpleName());
            }
        }
        return peerMoved;
    }

    private Optional<PeerMessage> poll() {
        try {
            return connection.poll();
        } catch (WirescaleException e) {
            throw e.reason() == PeerReason.CLOSED ? left(e) : e;
        }
    }

    private WirescaleException left(WirescaleException cause) {
        return WirescaleException.causedBy(
                cause, SessionReason.PEER_LEFT, "peer", session.peer().name());
    }

    /**
     * Does something that takes its time and can be interrupted, and ends it when the peer goes away meanwhile.
     *
     * @throws WirescaleException with {@link SessionReason#PEER_LEFT}, or what the work throws
     */
    void whilePeerIsThere(Runnable work) {
        Thread worker = Thread.currentThread();
        Thread watch = Thread.ofVirtual().name("peer-leaves").start(() -> {
            try {
                if (session.gate().await(() -> !connection.isOpen(), PeerLimits.END_DEADLINE)) {
                    worker.interrupt();
                }
            } catch (InterruptedException e) {
                LOG.trace("the work was done first");
            }
        });
        try {
            work.run();
        } catch (WirescaleException e) {
            throw connection.isOpen() ? e : left(e);
        } finally {
            watch.interrupt();
            joinUninterruptibly(watch);
        }
    }

    private static void joinUninterruptibly(Thread watch) {
        while (true) {
            try {
                watch.join();
                boolean _ = Thread.interrupted();
                return;
            } catch (InterruptedException e) {
                LOG.debug("the peer left at the very end of the work: what is waited for next says so");
            }
        }
    }

    private void awaitNews(BooleanSupplier other, long end, Duration deadline) throws InterruptedException {
        while (true) {
            Duration left = Duration.ofNanos(end - System.nanoTime());
            if (!left.isPositive()) {
                throw WirescaleException.of(
                        SessionReason.TOO_LATE, "peer", session.peer().name(), "seconds", deadline.toSeconds());
            }
            Duration slice = left.compareTo(PeerLimits.SILENCE) < 0 ? left : PeerLimits.SILENCE;
            if (session.gate().await(() -> connection.isReady() || other.getAsBoolean(), slice)) {
                return;
            }
            if (slice.equals(PeerLimits.SILENCE) && !peerAnswers.getAsBoolean()) {
                throw silent();
            }
        }
    }

    private WirescaleException silent() {
        return WirescaleException.of(
                SessionReason.PEER_SILENT, "peer", session.peer().name());
    }

    private static WirescaleException outOfOrder(PeerMessage message, String expected) {
        return WirescaleException.of(ProtocolReason.UNEXPECTED_MESSAGE, "code", message.code(), "expected", expected);
    }

    /** Tells the peer why the session ends, if it still listens. */
    void refuse(WirescaleException failure) {
        connection.refuse(failure);
    }

    private WirescaleException refusal(PeerMessage.Failure failure) {
        return WirescaleException.of(
                new Refused(failure.errorCode()),
                "peer",
                session.peer().name(),
                "text",
                failure.message().isBlank() ? "the session was ended there" : failure.message());
    }

    /** The peer's own words, with the code that it gave them. */
    record Refused(ErrorCode errorCode) implements Reason {
        @Override
        public String name() {
            return "REFUSED";
        }

        @Override
        public String sentence() {
            return "{peer} says: {text}";
        }
    }
}
