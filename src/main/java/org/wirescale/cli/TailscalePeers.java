package org.wirescale.cli;

import java.time.Duration;
import java.util.List;
import org.wirescale.daemon.HomeComing;
import org.wirescale.model.Port;
import org.wirescale.model.WirescaleException;
import org.wirescale.tailscale.DirectEndpoint;
import org.wirescale.tailscale.LocalApi;
import org.wirescale.tailscale.Node;
import org.wirescale.tailscale.PeerLookup;
import org.wirescale.tailscale.TailscaleStatus;

/** Asks this machine's tailscaled, for the user who runs the command; the daemon asks all of it again. */
final class TailscalePeers implements Peers {
    /** A way through two NATs takes a few seconds the first time. */
    private static final Duration ENDPOINT_TIME = Duration.ofSeconds(15);

    private final LocalApi api;

    TailscalePeers(LocalApi api) {
        this.api = api;
    }

    @Override
    public Found find(String text) {
        TailscaleStatus status = api.status();
        Node peer = PeerLookup.requireOnline(status, PeerLookup.find(status, text));
        return new Found(
                peer.called(status.suffix()),
                peer.primaryAddress().orElseThrow(() -> WirescaleException.of(CliReason.NO_ADDRESS, "peer", text)));
    }

    @Override
    public void requireEndpoint(Found found) {
        try {
            TailscaleStatus status = api.status();
            DirectEndpoint.find(
                    api, status, PeerLookup.find(status, found.address().toString()), ENDPOINT_TIME);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw WirescaleException.causedBy(e, CliReason.INTERRUPTED);
        }
    }

    @Override
    public List<Known> known(Duration time) {
        TailscaleStatus status = api.statusWithin(time);
        return status.peers().stream()
                .flatMap(peer ->
                        peer.name().map(name -> new Known(name.shortIn(status.suffix()), peer.online())).stream())
                .toList();
    }

    @Override
    public boolean isOnline() {
        try {
            return api.statusWithoutPeers().isOnline();
        } catch (WirescaleException e) {
            return false;
        }
    }

    @Override
    public Runnable beforePortIsFree(Port port) {
        return HomeComing.before(api, port)::comeBack;
    }
}
