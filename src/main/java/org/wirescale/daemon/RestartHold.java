package org.wirescale.daemon;

import java.util.List;
import org.wirescale.model.Port;
import org.wirescale.os.Folders;
import org.wirescale.tailscale.LocalApi;
import org.wirescale.tailscale.TailscaleRestart;
import org.wirescale.tunnel.Change;
import org.wirescale.tunnel.Tunnel;
import org.wirescale.tunnel.Way;

/** The fallback: tailscaled is stopped until WireGuard has the port, as 1.0.3 does it. What runs over Tailscale is silent meanwhile. */
final class RestartHold implements PortHold {
    private final Port port;
    private final TailscaleRestart restart;

    RestartHold(LocalApi api, Folders folders, Port port) {
        this.port = port;
        this.restart = TailscaleRestart.prepare(api, folders, port);
    }

    @Override
    public Port port() {
        return port;
    }

    @Override
    public Way way() {
        return Way.RESTART;
    }

    /** tailscaled is started with its port. */
    @Override
    public boolean isStillTailscales() {
        return true;
    }

    @Override
    public List<Change> expected() {
        return List.of();
    }

    @Override
    public void beforeLink(Session session) {
        session.say("Stopping tailscale...");
        restart.stop();
    }

    /** Nothing is sent on to a tailscaled that does not run: there is nothing to wait for. */
    @Override
    public void handOver(Session session, Tunnel tunnel, BothLeft bothLeft, Runnable listen) {
        restart.release();
        listen.run();
    }

    @Override
    public void afterLink(Session session) throws InterruptedException {
        session.say("Starting tailscale...");
        restart.start();
    }

    @Override
    public void close() {
        restart.close();
    }
}
