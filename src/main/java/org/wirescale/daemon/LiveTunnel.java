package org.wirescale.daemon;

import java.nio.file.Files;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.Port;
import org.wirescale.model.PublicKey;
import org.wirescale.model.SecretKey;
import org.wirescale.model.WirescaleException;
import org.wirescale.os.Folders;
import org.wirescale.protocol.TunnelSecret;
import org.wirescale.tunnel.GeneratedFileChange;
import org.wirescale.tunnel.Phase;
import org.wirescale.tunnel.Tunnel;
import org.wirescale.tunnel.TunnelHeader;
import org.wirescale.tunnel.WireGuard;

/**
 * A tunnel that stands, with what its live link says of it now.
 *
 * @param listenPort where the link listens
 * @param peer what the link knows of the other end
 * @param presharedKey the one in use
 * @param secret what its two ends alone can make
 */
record LiveTunnel(
        Tunnel tunnel, Port listenPort, WireGuard.PeerStatus peer, SecretKey presharedKey, TunnelSecret secret) {
    /**
     * @throws WirescaleException with {@link SessionReason#NOT_LIVE} when there is no such tunnel, when it is being made or taken
     *     down, or when its interface is gone or somebody else's
     */
    static LiveTunnel require(Folders folders, InterfaceName name, String machine) {
        return find(folders, name, EnumSet.of(Phase.UP))
                .orElseThrow(
                        () -> WirescaleException.of(SessionReason.NOT_LIVE, "interface", name, "machine", machine));
    }

    /**
     * The same for who cannot know whether another session moves it at this moment.
     *
     * @throws WirescaleException with {@link SessionReason#NOT_LIVE}, or {@link SessionReason#MOVING} when it cannot be looked at now
     */
    static LiveTunnel requireStanding(Folders folders, InterfaceName name, String machine) {
        return find(folders, name, EnumSet.of(Phase.UP, Phase.RECOVERING)).orElseThrow(() -> {
            boolean isThere =
                    Tunnel.load(folders, name).filter(Tunnel::hasItsLink).isPresent();
            SessionReason reason = isThere ? SessionReason.MOVING : SessionReason.NOT_LIVE;
            return WirescaleException.of(reason, "interface", name, "machine", machine);
        });
    }

    private static Optional<LiveTunnel> find(Folders folders, InterfaceName name, Set<Phase> phases) {
        return Tunnel.load(folders, name)
                .filter(tunnel -> phases.contains(tunnel.state().phase()) && tunnel.hasItsLink())
                .flatMap(LiveTunnel::look);
    }

    private static Optional<LiveTunnel> look(Tunnel tunnel) {
        TunnelHeader header = tunnel.state().header();
        PublicKey peerKey = header.peerKey();
        Optional<WireGuard.Status> status = WireGuard.show(tunnel.interfaceName())
                .filter(found ->
                        found.publicKey().filter(header.publicKey()::equals).isPresent());
        Optional<Port> port = status.flatMap(WireGuard.Status::listenPort);
        Optional<WireGuard.PeerStatus> peer = status.flatMap(found -> found.peer(peerKey));
        Optional<WireGuard.Secrets> secrets = WireGuard.secrets(tunnel.interfaceName(), peerKey);
        Optional<SecretKey> presharedKey = secrets.flatMap(WireGuard.Secrets::presharedKey);
        if (port.isEmpty() || peer.isEmpty() || presharedKey.isEmpty()) {
            return Optional.empty();
        }
        TunnelSecret secret = TunnelSecret.of(secrets.get().privateKey(), peerKey, presharedKey.get());
        return Optional.of(new LiveTunnel(tunnel, port.get(), peer.get(), presharedKey.get(), secret));
    }

    InterfaceName name() {
        return tunnel.interfaceName();
    }

    TunnelHeader header() {
        return tunnel.state().header();
    }

    boolean isWith(Peer other) {
        return header().peer().stableId().equals(other.stableId());
    }

    /**
     * The name that the tunnel has at its other end.
     *
     * @throws WirescaleException with {@link SessionReason#NOT_LIVE} where it is not known
     */
    InterfaceName remoteInterface(String machine) {
        return header().remoteInterface()
                .orElseThrow(
                        () -> WirescaleException.of(SessionReason.NOT_LIVE, "interface", name(), "machine", machine));
    }

    boolean isCalledThere(InterfaceName remote) {
        return header().remoteInterface().filter(remote::equals).isPresent();
    }

    /** Seconds since 1970; of a peer that was replaced, WireGuard itself does not know it any more. */
    long latestHandshake() {
        return Math.max(tunnel.state().lastHandshake(), peer.latestHandshake());
    }

    /** Seconds. */
    int handshakeAge() {
        return Math.clamp(Instant.now().getEpochSecond() - latestHandshake(), 0, Integer.MAX_VALUE);
    }

    boolean hasItsFile(Folders folders) {
        return Files.exists(GeneratedFileChange.path(folders, name()));
    }

    /** Bytes received so far, handshakes included; 0 when the peer is gone. */
    long receivedByNow() {
        return WireGuard.show(name())
                .flatMap(status -> status.peer(header().peerKey()))
                .map(WireGuard.PeerStatus::received)
                .orElse(0L);
    }
}
