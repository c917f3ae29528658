package org.wirescale.daemon;

import java.time.Duration;
import java.util.Optional;
import org.wirescale.model.WirescaleException;
import org.wirescale.protocol.Features;
import org.wirescale.protocol.PeerMessage;
import org.wirescale.protocol.StopText;

/** Tells the other end of a tunnel that it is taken down on purpose. What is told is fixed before the tunnel's keys are gone. */
final class StopInitiator implements Errand<Boolean> {
    /** For hooks of the user's that run at the other end. */
    private static final Duration TAKEN_DOWN_WITHIN = Duration.ofSeconds(90);

    private final PeerMessage.Stop message;

    /**
     * @throws WirescaleException with {@link SessionReason#NOT_LIVE} where the other end's interface is not known
     */
    StopInitiator(LiveTunnel live, String machine) {
        this.message = new PeerMessage.Stop(
                live.remoteInterface(machine),
                new StopText(live.name(), live.header().session()).seal(live.secret()));
    }

    @Override
    public String what() {
        return "stop request";
    }

    @Override
    public Optional<Boolean> fulfilled() {
        return Optional.empty();
    }

    /** Whether the other end could be told. */
    @Override
    public Boolean agree(Dialogue dialogue) throws InterruptedException {
        if (!dialogue.peerCan(Features.STOP)) {
            return false;
        }
        dialogue.send(message);
        dialogue.expect(PeerMessage.Success.class, TAKEN_DOWN_WITHIN);
        return true;
    }
}
