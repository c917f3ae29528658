package org.wirescale.daemon;

import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wirescale.model.Endpoint;
import org.wirescale.model.Port;
import org.wirescale.model.WirescaleException;
import org.wirescale.os.Trace;
import org.wirescale.tailscale.LocalApi;
import org.wirescale.tailscale.PortTakeover;
import org.wirescale.tunnel.Change;
import org.wirescale.tunnel.OldPortForwardChange;
import org.wirescale.tunnel.Tunnel;
import org.wirescale.tunnel.TunnelReason;
import org.wirescale.tunnel.Way;

/** The takeover: tailscaled leaves its port while it runs, and nobody who speaks over Tailscale notices. */
final class TakeoverHold implements PortHold {
    private static final Logger LOG = LoggerFactory.getLogger(TakeoverHold.class);
    /** Something that binds whatever becomes free has to be unlucky only once. */
    private static final int ROUNDS = 5;

    private static final Duration PEERS_ANSWER = Duration.ofSeconds(5);

    private final LocalApi api;
    private final Port port;
    private Endpoint peer;
    private final PortTakeover takeover;

    TakeoverHold(LocalApi api, Port port, Endpoint peer) throws InterruptedException {
        this.api = api;
        this.port = port;
        this.peer = peer;
        this.takeover = PortTakeover.hold(api, port);
    }

    @Override
    public Port port() {
        return port;
    }

    @Override
    public void peerIsAt(Endpoint endpoint) {
        peer = endpoint;
    }

    @Override
    public Way way() {
        return Way.TAKEOVER;
    }

    @Override
    public boolean isStillTailscales() {
        return takeover.tailscaledKeepsPort();
    }

    @Override
    public List<Change> expected() {
        return List.of(OldPortForwardChange.expected(port, peer));
    }

    /** A new interface makes tailscaled bind anew by itself: the port is held since long before. */
    @Override
    public void beforeLink(Session session) {}

    @Override
    public void handOver(Session session, Tunnel tunnel, BothLeft bothLeft, Runnable listen)
            throws InterruptedException {
        session.say("Taking over the port of tailscale...");
        PortTakeover.NewPorts moved = takeover.rebindAway();
        OldPortForwardChange everything = OldPortForwardChange.next(port, moved.ipv4(), moved.ipv6());
        tunnel.apply(everything);
        takeover.sendOn();
        bothLeft.await();
        OldPortForwardChange forward = everything.exceptFrom(peer);
        tunnel.replace(everything, forward);
        for (int round = 1; ; round++) {
            Trace.step("port.released");
            takeover.release();
            try {
                listen.run();
                return;
            } catch (WirescaleException e) {
                if (e.reason() != TunnelReason.PORT_TAKEN || round == ROUNDS) {
                    throw e;
                }
                LOG.info("Somebody was faster to port {}: round {} of {}", port, round + 1, ROUNDS);
                tunnel.retire(forward);
                moved = takeover.again();
                forward = OldPortForwardChange.next(port, moved.ipv4(), moved.ipv6())
                        .exceptFrom(peer);
                tunnel.apply(forward);
            }
        }
    }

    /** Those who spoke to tailscaled directly learn its new port as early as they can. */
    @Override
    public void afterLink(Session session) {
        Thread.ofVirtual().name("ping-active-peers").start(() -> {
            try {
                api.pingActivePeers(PEERS_ANSWER);
            } catch (WirescaleException e) {
                LOG.debug("Tailscale's active peers were not pinged: {}", e.getMessage());
            }
        });
    }

    @Override
    public void close() {
        takeover.close();
    }
}
