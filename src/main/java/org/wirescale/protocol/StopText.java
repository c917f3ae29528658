package org.wirescale.protocol;

import org.wirescale.model.InterfaceName;
import org.wirescale.model.WirescaleException;

/**
 * What {@code stop} says, for the other end of that tunnel alone: a user of the peer's machine who cannot read the tunnel's keys
 * cannot end it either, and of a tunnel that was made anew with the same keys an old text says nothing.
 *
 * @param remoteInterface the initiator's interface
 * @param session the uid of the session that made the tunnel
 */
public record StopText(InterfaceName remoteInterface, String session) {
    /**
     * @throws WirescaleException with {@link ProtocolReason#NOT_SEALED}, or another that names the key
     */
    public static StopText open(Sealed sealed, TunnelSecret secret) {
        JsonObject object = JsonObject.parse(secret.open(sealed));
        object.isCalled("stop");
        return new StopText(object.parsed("remote_interface", InterfaceName::parse), object.text("session"));
    }

    public Sealed seal(TunnelSecret secret) {
        return secret.seal(JsonText.ofObject()
                .text("remote_interface", remoteInterface)
                .text("session", session)
                .end());
    }
}
