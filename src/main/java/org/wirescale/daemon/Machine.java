package org.wirescale.daemon;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wirescale.config.AllowedIps;
import org.wirescale.config.InterfaceNames;
import org.wirescale.config.PeerFile;
import org.wirescale.config.PeerFiles;
import org.wirescale.config.TunnelOptions;
import org.wirescale.daemon.wire.PeerClient;
import org.wirescale.daemon.wire.PeerConnection;
import org.wirescale.daemon.wire.PeerReason;
import org.wirescale.model.Endpoint;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.IpAddress;
import org.wirescale.model.Port;
import org.wirescale.model.PublicKey;
import org.wirescale.model.SecretKey;
import org.wirescale.model.WirescaleException;
import org.wirescale.os.Commands;
import org.wirescale.os.Folders;
import org.wirescale.os.LockName;
import org.wirescale.os.Locks;
import org.wirescale.protocol.PeerLimits;
import org.wirescale.tailscale.DirectEndpoint;
import org.wirescale.tailscale.LocalApi;
import org.wirescale.tailscale.TailscalePorts;
import org.wirescale.tailscale.TailscaleReason;
import org.wirescale.tunnel.Change;
import org.wirescale.tunnel.OldPortForwardChange;
import org.wirescale.tunnel.Tunnel;
import org.wirescale.tunnel.TunnelState;

/** This machine, as all sessions of the daemon share it. */
final class Machine {
    private static final Logger LOG = LoggerFactory.getLogger(Machine.class);
    private static final Path LINKS = Path.of("/sys/class/net");
    private static final Duration STILL_ANSWERS = Duration.ofSeconds(3);

    private final Folders folders;
    private final Tailnet tailnet;
    private final DaemonOptions options;
    private final PeerFiles files;
    private final Turnstile turnstile = new Turnstile();
    private final Standing standing = new Standing();
    private final TakeoverRates rates = new TakeoverRates();
    private final Recoveries recoveries = new Recoveries();

    Machine(Folders folders, Tailnet tailnet, DaemonOptions options) {
        this(folders, tailnet, options, new PeerFiles(folders.configuration()));
    }

    Machine(Folders folders, Tailnet tailnet, DaemonOptions options, PeerFiles files) {
        this.folders = folders;
        this.tailnet = tailnet;
        this.options = options;
        this.files = files;
    }

    Folders folders() {
        return folders;
    }

    Tailnet tailnet() {
        return tailnet;
    }

    DaemonOptions options() {
        return options;
    }

    PeerFiles files() {
        return files;
    }

    Turnstile turnstile() {
        return turnstile;
    }

    Standing standing() {
        return standing;
    }

    TakeoverRates rates() {
        return rates;
    }

    Recoveries recoveries() {
        return recoveries;
    }

    String name() {
        return tailnet.ownName();
    }

    List<Tunnel> tunnels() {
        return Tunnel.all(folders);
    }

    boolean hasTunnel(InterfaceName name) {
        return Tunnel.load(folders, name).isPresent();
    }

    /** What this machine decides about a tunnel that another asks for. */
    TunnelRequest incoming() {
        return TunnelRequest.ofPeer(options);
    }

    /**
     * @throws WirescaleException with {@link SessionReason#PORT_BLOCKED} where Tailscale gets through and TCP does not
     */
    PeerConnection connect(Peer peer) throws InterruptedException {
        try {
            return PeerClient.connect(peer.address(), PeerLimits.PORT);
        } catch (WirescaleException e) {
            if (e.reason() == PeerReason.CONNECT_TIMED_OUT && tailnet.answers(peer, STILL_ANSWERS)) {
                throw WirescaleException.causedBy(e, SessionReason.PORT_BLOCKED, "peer", peer.name());
            }
            throw e.with("peer", peer);
        }
    }

    /** An error of ours, for a user and for a peer; the journal has the rest. */
    WirescaleException fault(RuntimeException e) {
        String what = Optional.ofNullable(e.getMessage()).orElse(e.getClass().getSimpleName());
        return WirescaleException.causedBy(e, SessionReason.FAULT, "error", what, "machine", name());
    }

    SessionLocks locks() {
        return new SessionLocks(folders);
    }

    /**
     * This machine's side of a tunnel with that peer: its file, the options, the interface.
     *
     * @param remoteInterface the name that the tunnel has at the peer, where the peer asked
     * @param claim takes the interface's lock, or whatever keeps the name free from now on
     * @throws WirescaleException for everything that is wrong with the file, and when the interface is taken
     */
    LocalEnd localEnd(
            Peer peer, TunnelRequest request, Optional<InterfaceName> remoteInterface, Consumer<InterfaceName> claim) {
        PeerFile file = files.read(peer.file());
        file.requireNode(peer.stableId());
        TunnelOptions decided = request.decide(file.wirescale().options());
        InterfaceName wanted = InterfaceNames.wanted(request.iface(), file, peer.file());
        Optional<Tunnel> replaced = remoteInterface.flatMap(name -> tunnelWith(peer, name));
        InterfaceNames.Picked picked = replaced.map(Machine::nameOf)
                .orElseGet(() -> InterfaceNames.pick(wanted, this::isTaken, decided.suffix()));
        claim.accept(picked.name());
        SecretKey privateKey = file.iface().privateKey().orElseGet(SecretKey::randomPrivateKey);
        return new LocalEnd(
                file,
                decided,
                picked.name(),
                request.suffixNumber().orElse(picked.suffix()),
                privateKey,
                publicKey(privateKey),
                replaced);
    }

    /** A tunnel with that very node whose other end is asked for anew: the node has it no more. */
    private Optional<Tunnel> tunnelWith(Peer peer, InterfaceName remoteInterface) {
        return tunnels().stream()
                .filter(tunnel -> tunnel.state().header().peer().stableId().equals(peer.stableId()))
                .filter(tunnel -> tunnel.state()
                        .header()
                        .remoteInterface()
                        .filter(remoteInterface::equals)
                        .isPresent())
                .findFirst();
    }

    private static InterfaceNames.Picked nameOf(Tunnel tunnel) {
        return new InterfaceNames.Picked(
                tunnel.interfaceName(), tunnel.state().header().options().suffixNumber());
    }

    private boolean isTaken(InterfaceName name) {
        return Files.exists(LINKS.resolve(name.text())) || hasTunnel(name);
    }

    private static PublicKey publicKey(SecretKey privateKey) {
        Commands.Result result = Commands.Command.of("wg", "pubkey")
                .withStdin(privateKey.reveal() + "\n")
                .run()
                .expectOk();
        return PublicKey.parse(result.stdout().strip());
    }

    /** Refuses an endpoint that the tunnel could not live with. */
    void checkEndpoint(LocalEnd local, Peer peer, Endpoint endpoint) {
        AllowedIps.requireNoRoutingLoop(local.file(), endpoint.address());
        checkRoute(peer, endpoint);
    }

    /** Refuses an endpoint that is reached through a tunnel. */
    void checkRoute(Peer peer, Endpoint endpoint) {
        EndpointRoute.tunnelTowards(endpoint).ifPresent(device -> {
            throw WirescaleException.of(
                    SessionReason.ENDPOINT_IN_TUNNEL,
                    "endpoint",
                    endpoint,
                    "peer",
                    peer.name(),
                    "device",
                    device,
                    "machine",
                    name());
        });
    }

    /**
     * Holds the port that the peer is reached from, by the best way that this machine allows.
     *
     * @throws WirescaleException when neither way is open, or another program has the port
     */
    PortHold holdPort(Endpoint peer) throws InterruptedException {
        LocalApi api = tailnet.api();
        Port port = TailscalePorts.findTowards(api, peer);
        if (options.restartTailscale()) {
            return new RestartHold(api, folders, port);
        }
        try {
            return new TakeoverHold(api, port, peer);
        } catch (WirescaleException e) {
            if (e.reason() != TailscaleReason.TAKEOVER_UNAVAILABLE) {
                throw e;
            }
            LOG.warn("tailscaled has to be restarted for this tunnel: {}", e.getMessage());
            return new RestartHold(api, folders, port);
        }
    }

    /**
     * Where the peer is reached without a relay, for a tunnel whose path has died: what Tailscale knows of the way may be as dead.
     *
     * @throws WirescaleException when the peer does not answer, or by a relay only
     */
    DirectEndpoint pathAnew(Peer peer) throws InterruptedException {
        return tailnet.pathAnew(peer);
    }

    /** This machine's address of the family that the peer is spoken to in. */
    IpAddress addressFor(Peer peer) {
        List<IpAddress> own = tailnet.ownAddresses();
        return own.stream()
                .filter(address -> address.isIpv6() == peer.address().isIpv6())
                .findFirst()
                .orElseGet(() -> Tailnet.rank(own));
    }

    /** Takes a tunnel down whose interface's lock is held. */
    void takeDown(Tunnel tunnel) {
        tunnel.undo().forEach(failure -> LOG.warn("{}", failure.getMessage()));
        standing.wentDown(tunnel.interfaceName());
    }

    /** The same for one whose link others took away: its port is free already, and may be the one that tailscaled is to come home to. */
    void takeDownWithoutLink(Tunnel tunnel) {
        Optional<HomeComing> home =
                tunnel.state().link().map(link -> HomeComing.before(tailnet.api(), link.listenPort()));
        takeDown(tunnel);
        home.ifPresent(HomeComing::comeBack);
    }

    /** Third machines will know tailscaled's new port by then: what still sends the old one's packets there goes. */
    void forgetOldPortLater(Tunnel tunnel) {
        InterfaceName name = tunnel.interfaceName();
        List<Change> forwards = tunnel.state().entries().stream()
                .map(TunnelState.Entry::change)
                .filter(OldPortForwardChange.class::isInstance)
                .toList();
        if (forwards.isEmpty()) {
            return;
        }
        Thread.ofVirtual().name("old-port " + name).start(() -> {
            try {
                Thread.sleep(OldPortForwardChange.LIFETIME);
                try (Locks.Held _ = Locks.take(folders, LockName.ofInterface(name), Duration.ofMinutes(1))) {
                    // These alone: a recovery may have made others meanwhile.
                    Tunnel.load(folders, name).ifPresent(found -> forwards.forEach(found::retire));
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (WirescaleException e) {
                LOG.warn("The forwarding of the old port of '{}' was left in place: {}", name, e.getMessage());
            }
        });
    }
}
