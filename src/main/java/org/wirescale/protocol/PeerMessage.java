package org.wirescale.protocol;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.wirescale.model.ErrorCode;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.IpAddress;
import org.wirescale.model.Port;
import org.wirescale.model.PublicKey;
import org.wirescale.model.SecretKey;
import org.wirescale.model.SessionToken;

/** A message between two daemons, as 1.0.3 has them; keys beyond those are ignored by it. */
public sealed interface PeerMessage {
    /** The word on the wire: {@code code}, or {@code error_code} of a {@link Failure}. */
    String code();

    /** What a session is about: the initiator's message behind the responder's {@code ack}. */
    sealed interface Request extends PeerMessage {}

    /**
     * The initiator's first message.
     *
     * @param version of the sender, cleaned, at most 64 characters
     * @param features empty for 1.0.3; a daemon of ours names at least one
     */
    record Token(SessionToken token, String version, Set<String> features) implements PeerMessage {
        public Token {
            version = HostileText.clean(version, 64);
            features = Features.checked(features);
        }

        @Override
        public String code() {
            return "token";
        }
    }

    record Hello() implements PeerMessage {
        @Override
        public String code() {
            return "hello";
        }
    }

    /**
     * It is the session's turn at the responder.
     *
     * @param features empty for 1.0.3; a daemon of ours names at least one
     */
    record Ack(Set<String> features) implements PeerMessage {
        public Ack {
            features = Features.checked(features);
        }

        @Override
        public String code() {
            return "ack";
        }
    }

    /**
     * @param message cleaned by {@link HostileText}; {@link SessionLines#theirs} makes it fit to show
     */
    record Info(String message) implements PeerMessage {
        public Info {
            message = HostileText.clean(message);
        }

        @Override
        public String code() {
            return "info";
        }
    }

    /**
     * @param addresses the initiator's WireGuard addresses
     * @param iface the initiator's interface
     * @param expectedInterface what the responder's interface must turn out to be named; compared, never adopted
     * @param port the initiator's local UDP port
     * @param publicIp the responder's endpoint as the initiator sees it, for the NAT test alone
     * @param exposedPort of the same endpoint
     * @param remotePublicKey what the initiator's file has for the responder
     * @param hasPresharedKey whether the initiator's file has a pre-shared key
     * @param presharedKey a fresh one for the responder to use: there exactly when {@code hasPresharedKey} is false
     * @param forwardsIpv6 whether the initiator forwards IPv6 that comes out of the tunnel; 1.0.3 never says so
     */
    record Upgrade(
            List<IpAddress> addresses,
            InterfaceName iface,
            Optional<InterfaceName> expectedInterface,
            Port port,
            IpAddress publicIp,
            Port exposedPort,
            PublicKey publicKey,
            Optional<PublicKey> remotePublicKey,
            boolean hasPresharedKey,
            Optional<SecretKey> presharedKey,
            boolean forwardsIpv6)
            implements Request {
        public Upgrade {
            addresses = List.copyOf(addresses);
            if (hasPresharedKey == presharedKey.isPresent()) {
                throw new IllegalArgumentException("a pre-shared key is sent exactly where the file has none");
            }
        }

        @Override
        public String code() {
            return "upgrade";
        }
    }

    /**
     * @param addresses the responder's WireGuard addresses
     * @param publicIp the initiator's endpoint as the responder sees it, for the NAT test alone
     * @param nat whether the responder is behind NAT
     * @param startTime the second of the minute by the responder's clock; 1.0.3 wants it, nothing hangs on it
     * @param forwardsIpv6 whether the responder forwards IPv6 that comes out of the tunnel; 1.0.3 never says so
     */
    record UpgradeResponse(
            List<IpAddress> addresses,
            InterfaceName iface,
            Port port,
            PublicKey publicKey,
            IpAddress publicIp,
            Port exposedPort,
            boolean nat,
            int startTime,
            boolean forwardsIpv6)
            implements PeerMessage {
        public UpgradeResponse {
            addresses = List.copyOf(addresses);
        }

        @Override
        public String code() {
            return "upgrade_response";
        }
    }

    /**
     * The initiator of a recovery has noticed that a tunnel is dead.
     *
     * @param iface the responder's interface
     * @param text a {@link RecoverText.Request}
     */
    record Recover(InterfaceName iface, Sealed text) implements Request {
        @Override
        public String code() {
            return "recover";
        }
    }

    /**
     * Somebody at the initiator's machine took a tunnel down on purpose. Sent only where both ends named {@link Features#STOP}.
     *
     * @param iface the responder's interface
     * @param text a {@link StopText}
     */
    record Stop(InterfaceName iface, Sealed text) implements Request {
        @Override
        public String code() {
            return "stop";
        }
    }

    /**
     * @param text a {@link RecoverText.Answer}
     */
    record RecoverResponse(Sealed text) implements PeerMessage {
        @Override
        public String code() {
            return "recover_response";
        }
    }

    /**
     * @param nat whether both ends are behind NAT
     */
    record Go(boolean nat) implements PeerMessage {
        @Override
        public String code() {
            return "go";
        }
    }

    /**
     * What comes from the sender's port is WireGuard's from now on: its tailscaled sends from another one. Sent only where both
     * ends named {@link Features#MOVED}.
     */
    record Moved() implements PeerMessage {
        @Override
        public String code() {
            return "moved";
        }
    }

    /** The sender's tunnel stands. Sent only where both ends named {@link Features#SUCCESS}. */
    record Success() implements PeerMessage {
        @Override
        public String code() {
            return "success";
        }
    }

    /**
     * The sender ends the session.
     *
     * @param message cleaned by {@link HostileText}; may be empty
     */
    record Failure(ErrorCode errorCode, String message) implements PeerMessage {
        public Failure {
            message = HostileText.clean(message);
        }

        @Override
        public String code() {
            return errorCode.word();
        }
    }
}
