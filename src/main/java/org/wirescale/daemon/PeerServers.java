package org.wirescale.daemon;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wirescale.daemon.wire.PeerConnection;
import org.wirescale.daemon.wire.PeerServer;
import org.wirescale.daemon.wire.SessionSlots;
import org.wirescale.model.IpAddress;
import org.wirescale.model.WirescaleException;
import org.wirescale.protocol.PeerLimits;
import org.wirescale.tailscale.BusWatch;

/**
 * Listens on each of the machine's Tailscale addresses, and on others when they change: Tailscale may come up after us, log in
 * late, or join another tailnet.
 */
final class PeerServers implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PeerServers.class);
    /** tailscaled tells an address a moment before the kernel has it. */
    private static final Duration ADDRESS_COMES = Duration.ofMillis(200);

    /** After this the listeners are looked at without an event too. */
    private static final Duration EVENT = Duration.ofSeconds(30);

    private final Tailnet tailnet;
    private final Consumer<PeerConnection> sessions;
    private final SessionSlots slots = SessionSlots.ofProtocol();
    private final Map<IpAddress, PeerServer> servers = new HashMap<>();
    /** Where it was said that nobody can be listened to. */
    private final Set<IpAddress> told = new HashSet<>();

    private final Thread follower;

    private PeerServers(Tailnet tailnet, Consumer<PeerConnection> sessions) {
        this.tailnet = tailnet;
        this.sessions = sessions;
        this.follower = Thread.ofVirtual().name("tailscale-addresses").unstarted(this::follow);
    }

    /** Returns at once; the addresses are bound as Tailscale shows them. */
    static PeerServers start(Tailnet tailnet, Consumer<PeerConnection> sessions) {
        PeerServers servers = new PeerServers(tailnet, sessions);
        servers.follower.start();
        return servers;
    }

    private void follow() {
        while (!Thread.currentThread().isInterrupted()) {
            try (BusWatch watch = tailnet.api().watch()) {
                while (!Thread.currentThread().isInterrupted()) {
                    boolean complete = bind(tailnet.ownAddresses());
                    watch.next(complete ? EVENT : ADDRESS_COMES);
                }
            } catch (WirescaleException e) {
                LOG.info("Waiting for Tailscale: {}", e.getMessage());
                awaitTailscale();
            }
        }
    }

    private void awaitTailscale() {
        try {
            tailnet.api().awaitRunning(EVENT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether each of the addresses is listened on now. */
    private synchronized boolean bind(List<IpAddress> addresses) {
        Set<IpAddress> gone = new HashSet<>(servers.keySet());
        addresses.forEach(gone::remove);
        // A stopped Tailscale has no addresses for a while: a socket on one that comes back goes on.
        if (!addresses.isEmpty()) {
            gone.forEach(address -> Optional.ofNullable(servers.remove(address)).ifPresent(PeerServer::close));
        }
        servers.values().removeIf(PeerServers::hasDied);
        boolean complete = true;
        for (IpAddress address : addresses) {
            if (!servers.containsKey(address)) {
                complete &= bind(address);
            }
        }
        return complete;
    }

    /** The library closes a listener that cannot accept for once, out of descriptors for example. */
    private static boolean hasDied(PeerServer server) {
        if (server.isServing()) {
            return false;
        }
        server.close();
        return true;
    }

    private boolean bind(IpAddress address) {
        try {
            servers.put(address, PeerServer.start(address, PeerLimits.PORT, slots, sessions));
            LOG.info("Listening on {}:{}", address.inBrackets(), PeerLimits.PORT);
            told.remove(address);
            return true;
        } catch (WirescaleException e) {
            // It is tried again and again.
            if (told.add(address)) {
                LOG.warn("No peer can ask this machine for a tunnel yet: {}", e.getMessage());
            }
            return false;
        }
    }

    @Override
    public void close() {
        follower.interrupt();
        synchronized (this) {
            servers.values().forEach(PeerServer::close);
            servers.clear();
        }
    }
}
