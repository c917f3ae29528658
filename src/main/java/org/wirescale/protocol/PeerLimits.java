package org.wirescale.protocol;

import java.time.Duration;
import org.wirescale.model.Port;

/** The deadlines and limits of the peer protocol. A session that passes one of its deadlines ends with {@code closed}. */
public final class PeerLimits {
    /** Where every daemon listens on its Tailscale addresses. */
    public static final Port PORT = new Port(41642);

    /** One message of either protocol, in bytes of UTF-8. */
    public static final int MESSAGE_BYTES = 64 * 1024;
    /** WireGuard addresses in one message. */
    public static final int ADDRESSES = 64;
    /** Characters of one line that a peer has shown. */
    public static final int TEXT_CHARACTERS = 500;
    /** {@code info} lines of one session. */
    public static final int INFO_LINES = 100;

    public static final int CONNECT_TRIES = 3;
    public static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    /** TCP's accept to the end of the HTTP handshake. */
    public static final Duration HANDSHAKE_DEADLINE = Duration.ofSeconds(10);
    /** Bytes that a peer may send before the WebSocket is open; a real handshake has 200 to 500. */
    public static final int HANDSHAKE_BYTES = 8 * 1024;

    public static final Duration TOKEN_DEADLINE = Duration.ofSeconds(10);
    /** From {@code ack}; a peer on 1.0.3 may need 25 s and thirty pings. */
    public static final Duration UPGRADE_DEADLINE = Duration.ofSeconds(90);

    public static final Duration GO_DEADLINE = Duration.ofSeconds(30);
    /** From {@code go} to the end. */
    public static final Duration END_DEADLINE = Duration.ofSeconds(90);
    /** The WebSocket ping behind {@code go}. */
    public static final Duration PING_DEADLINE = Duration.ofSeconds(7);
    /** So much silence starts a check of whether the peer still answers through Tailscale. */
    public static final Duration SILENCE = Duration.ofSeconds(15);
    /** How long that check may take. */
    public static final Duration LIVENESS_CHECK = Duration.ofSeconds(30);

    public static final int SESSIONS_PER_PEER = 4;
    public static final int SESSIONS = 64;
    /** Messages that wait for their session; a well-behaved peer never has more than a handful. */
    public static final int QUEUED_MESSAGES = 32;
    /** Characters of those; two messages of the greatest length. */
    public static final int QUEUED_CHARACTERS = 2 * MESSAGE_BYTES;
    /** Text frames of one connection within any {@link #RATE_WINDOW}: the lines of a whole session and its messages. */
    public static final int FRAMES_PER_WINDOW = 128;

    public static final Duration RATE_WINDOW = Duration.ofSeconds(10);
    /** Bytes that a peer may send within any {@link #RATE_WINDOW} once the WebSocket is open. */
    public static final int BYTES_PER_WINDOW = 512 * 1024;

    /** Between two takeovers for one peer, or for one local user, unless root asked. */
    public static final Duration TAKEOVER_SPACING = Duration.ofSeconds(5);
    /** After a {@code go} without handshake; doubles up to {@link #BACKOFF_MAX}. */
    public static final Duration BACKOFF = Duration.ofSeconds(30);

    public static final Duration BACKOFF_MAX = Duration.ofMinutes(10);
    public static final int TUNNELS_PER_PEER = 4;

    /** Requests of one local user that wait. */
    public static final int REQUESTS_PER_USER = 4;

    private PeerLimits() {}
}
