package org.wirescale.daemon;

import java.util.Optional;
import org.wirescale.model.WirescaleException;
import org.wirescale.protocol.PeerMessage;
import org.wirescale.protocol.StopText;
import org.wirescale.tunnel.LinkSettings;

/** Somebody took the other end of a tunnel down on purpose: this end goes too, and nothing brings it back. */
final class StopResponder {
    private final Machine machine;
    private final Session session;
    private final Dialogue dialogue;

    StopResponder(Machine machine, Session session, Dialogue dialogue) {
        this.machine = machine;
        this.session = session;
        this.dialogue = dialogue;
    }

    /**
     * @throws WirescaleException when the tunnel is not the one that is meant; it stays
     */
    void agree(PeerMessage.Stop stop) {
        try (SessionLocks locks = machine.locks()) {
            locks.takeInterface(stop.iface());
            LiveTunnel live = LiveTunnel.require(machine.folders(), stop.iface(), machine.name());
            StopText text = StopText.open(stop.text(), live.secret());
            boolean meant = live.isWith(session.peer())
                    && live.header().session().equals(text.session())
                    && live.isCalledThere(text.remoteInterface());
            if (!meant) {
                throw WirescaleException.of(
                        SessionReason.NOT_LIVE, "interface", stop.iface(), "machine", machine.name());
            }
            session.note("Somebody took the tunnel down at " + session.peer() + ": taking interface '" + live.name()
                    + "' down too");
            Optional<HomeComing> tailscaled = live.tunnel()
                    .state()
                    .link()
                    .map(LinkSettings::listenPort)
                    .map(port -> HomeComing.before(machine.tailnet().api(), port));
            machine.takeDown(live.tunnel());
            tailscaled.ifPresent(HomeComing::comeBack);
        }
        dialogue.send(new PeerMessage.Success());
    }
}
