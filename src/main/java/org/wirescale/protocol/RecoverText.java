package org.wirescale.protocol;

import java.util.OptionalInt;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.IpAddress;
import org.wirescale.model.Port;
import org.wirescale.model.WirescaleException;

/** What {@code recover} and its answer say, for the other end of that tunnel alone. */
public sealed interface RecoverText {
    /** Only {@link TunnelSecret} may see it on its way. */
    String json();

    default Sealed seal(TunnelSecret secret) {
        return secret.seal(json());
    }

    /**
     * The end that noticed.
     *
     * @param latestHandshake by the initiator's clock, seconds since 1970
     * @param handshakeAge seconds, where the initiator is one of ours: clocks need not agree on it
     * @param port on which the initiator believes the responder's interface to listen
     * @param publicIp the responder's endpoint as the initiator sees it now
     * @param exposedPort of the same endpoint
     * @param remoteInterface the initiator's interface
     * @param remotePort the initiator's new local port
     */
    record Request(
            long latestHandshake,
            OptionalInt handshakeAge,
            Port port,
            IpAddress publicIp,
            Port exposedPort,
            InterfaceName remoteInterface,
            Port remotePort)
            implements RecoverText {
        /**
         * @throws WirescaleException with {@link ProtocolReason#NOT_SEALED}, or another that names the key
         */
        public static Request open(Sealed sealed, TunnelSecret secret) {
            JsonObject object = JsonObject.parse(secret.open(sealed));
            object.isCalled("recover");
            return new Request(
                    object.longNumber("latest_handshake"),
                    object.optionalNumber("handshake_age"),
                    object.ofNumber("port", Port::new),
                    object.parsed("public_ip", IpAddress::parse),
                    object.ofNumber("exposed_port", Port::new),
                    object.parsed("remote_interface", InterfaceName::parse),
                    object.ofNumber("remote_port", Port::new));
        }

        @Override
        public String json() {
            JsonText text = JsonText.ofObject()
                    .number("latest_handshake", latestHandshake)
                    .number("port", port.number())
                    .text("public_ip", publicIp)
                    .number("exposed_port", exposedPort.number())
                    .text("remote_interface", remoteInterface)
                    .number("remote_port", remotePort.number());
            return handshakeAge.isPresent()
                    ? text.number("handshake_age", handshakeAge).end()
                    : text.end();
        }
    }

    /**
     * The end that was asked.
     *
     * @param nat whether it is behind NAT
     * @param publicIp the initiator's endpoint as the responder sees it
     * @param exposedPort of the same endpoint
     * @param remotePort the responder's new local port
     * @param startTime as in {@link PeerMessage.UpgradeResponse}
     */
    record Answer(boolean nat, IpAddress publicIp, Port exposedPort, Port remotePort, int startTime)
            implements RecoverText {
        /**
         * @throws WirescaleException with {@link ProtocolReason#NOT_SEALED}, or another that names the key
         */
        public static Answer open(Sealed sealed, TunnelSecret secret) {
            JsonObject object = JsonObject.parse(secret.open(sealed));
            object.isCalled("recover_response");
            return new Answer(
                    object.truth("nat"),
                    object.parsed("public_ip", IpAddress::parse),
                    object.ofNumber("exposed_port", Port::new),
                    object.ofNumber("remote_port", Port::new),
                    object.number("start_time"));
        }

        @Override
        public String json() {
            return JsonText.ofObject()
                    .truth("nat", nat)
                    .text("public_ip", publicIp)
                    .number("exposed_port", exposedPort.number())
                    .number("remote_port", remotePort.number())
                    .number("start_time", startTime)
                    .end();
        }
    }
}
