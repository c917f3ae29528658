package org.wirescale.daemon.wire;

import java.time.Duration;
import java.util.Optional;
import org.wirescale.model.IpAddress;
import org.wirescale.model.WirescaleException;
import org.wirescale.protocol.PeerMessage;

/**
 * One WebSocket to a peer's daemon, the same at both ends. Blocking calls are made for virtual threads and can be interrupted;
 * all methods may be called from any thread, {@link #receive} from one at a time.
 *
 * <p>What came before the peer closed can still be received. A peer that breaks the transport's rules (a frame over 64 KiB, a
 * fragmented or binary one, too many at once) is told why and disconnected here; {@link #receive} then says what it was.
 */
public interface PeerConnection extends AutoCloseable {
    /** The peer's Tailscale address, by the kernel's word. */
    IpAddress remote();

    /**
     * Queues the message and returns.
     *
     * @throws WirescaleException with {@link PeerReason#CLOSED}, or with what ended the connection
     */
    void send(PeerMessage message);

    /**
     * The next message in the order in which they came.
     *
     * @throws WirescaleException with {@link PeerReason#TIMED_OUT}, {@link PeerReason#CLOSED} or what ended the connection, or a
     *     {@link org.wirescale.protocol.ProtocolReason} for a text that is no message (the connection is open then: {@link #refuse})
     * @throws InterruptedException when the thread is interrupted; no message is lost
     */
    PeerMessage receive(Duration timeout) throws InterruptedException;

    /** The next message if it is there, else empty; throws like {@link #receive} but never waits. */
    Optional<PeerMessage> poll();

    /** Whether {@link #receive} would not wait: a message is there, or the connection has ended. */
    boolean isReady();

    /**
     * Sets what is called after each message and at the end of the connection, and at once when {@link #isReady()}: for sessions
     * that wait for this and something else. It runs on the transport's own thread, so it must only signal; what it throws ends
     * the connection.
     */
    void whenReady(Runnable listener);

    /**
     * Sends a WebSocket ping.
     *
     * @return whether it was answered in time; false too when the connection is or gets closed
     */
    boolean ping(Duration timeout) throws InterruptedException;

    boolean isOpen();

    /** Tells the peer why, in its own words, and closes. Nothing happens when the connection has ended already. */
    void refuse(WirescaleException reason);

    /** Closes after what was sent; gone within two seconds even when the peer does not cooperate. Returns at once. */
    @Override
    void close();
}
