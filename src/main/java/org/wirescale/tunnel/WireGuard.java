package org.wirescale.tunnel;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.wirescale.model.Endpoint;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.IpNetwork;
import org.wirescale.model.Port;
import org.wirescale.model.PublicKey;
import org.wirescale.model.SecretKey;
import org.wirescale.model.WirescaleException;
import org.wirescale.os.Commands;
import org.wirescale.os.Commands.Command;
import org.wirescale.os.Commands.Result;

/** What {@code wg(8)} is asked for. Each method is one command, so that WireGuard never sees half of it. */
public final class WireGuard {
    /** What every tunnel of ours has, in seconds. */
    public static final int KEEPALIVE = 10;

    private static final Path MODULE = Path.of("/sys/module/wireguard");
    private static final Duration DEADLINE = Duration.ofSeconds(5);

    private WireGuard() {}

    /**
     * The other end.
     *
     * @param endpoint empty for the passive end, which learns it from the first packet
     * @param keepalive seconds, 0 for none
     */
    public record Peer(
            PublicKey key,
            Optional<SecretKey> presharedKey,
            List<IpNetwork> allowedIps,
            Optional<Endpoint> endpoint,
            int keepalive) {
        public Peer {
            allowedIps = List.copyOf(allowedIps);
        }

        /** The same peer as the end that drives the handshake has it. */
        public Peer driven(Endpoint at) {
            return new Peer(key, presharedKey, allowedIps, Optional.of(at), KEEPALIVE);
        }

        /** The same peer as the end that waits for the first packet has it. */
        public Peer passive() {
            return new Peer(key, presharedKey, allowedIps, Optional.empty(), 0);
        }
    }

    /**
     * A link as WireGuard has it.
     *
     * @param publicKey empty while the link has no key
     * @param listenPort empty while it has none
     */
    public record Status(Optional<PublicKey> publicKey, Optional<Port> listenPort, List<PeerStatus> peers) {
        public Status {
            peers = List.copyOf(peers);
        }

        public Optional<PeerStatus> peer(PublicKey key) {
            return peers.stream().filter(peer -> peer.key().equals(key)).findFirst();
        }
    }

    /**
     * A peer as WireGuard has it.
     *
     * @param latestHandshake seconds since 1970, 0 when there was none
     * @param received bytes, handshakes included
     * @param sent bytes, handshakes included
     * @param keepalive seconds, empty when off
     */
    public record PeerStatus(
            PublicKey key,
            Optional<Endpoint> endpoint,
            List<IpNetwork> allowedIps,
            long latestHandshake,
            long received,
            long sent,
            OptionalInt keepalive) {
        public PeerStatus {
            allowedIps = List.copyOf(allowedIps);
        }
    }

    /** Whether this kernel makes links of WireGuard. It loads its module for the question, where that is one. */
    static boolean isInKernel() {
        // Asked about any link that is none of WireGuard's, a kernel without it does not even know the protocol.
        return Files.exists(MODULE)
                || !Commands.run("wg", "show", "lo").stderr().contains("Protocol not supported");
    }

    /**
     * Lets the link listen on the port and gives it the peer.
     *
     * @throws WirescaleException with {@link TunnelReason#PORT_TAKEN}: hold the port, rebind and try again. wireguard-go then has
     *     no port at all: {@link #setPort}
     */
    public static void listen(InterfaceName name, Port port, Peer peer) {
        List<String> arguments = set(name);
        arguments.addAll(List.of("listen-port", port.toString()));
        addPeer(arguments, peer);
        run(arguments, peer.presharedKey(), port);
    }

    /**
     * Moves the link to another port, the peer and its session kept.
     *
     * @throws WirescaleException with {@link TunnelReason#PORT_TAKEN}
     */
    public static void setPort(InterfaceName name, Port port) {
        List<String> arguments = set(name);
        arguments.addAll(List.of("listen-port", port.toString()));
        run(arguments, Optional.empty(), port);
    }

    /**
     * Moves the link to another port and the peer to another endpoint in one command, the session kept. A keep-alive goes out
     * at once: the other end need not wait to learn of it.
     *
     * @throws WirescaleException with {@link TunnelReason#PORT_TAKEN}
     */
    public static void move(InterfaceName name, Port port, PublicKey peer, Endpoint endpoint) {
        List<String> arguments = set(name);
        arguments.addAll(List.of("listen-port", port.toString()));
        addGreeting(arguments, peer, endpoint);
        run(arguments, Optional.empty(), port);
    }

    /** Port and endpoint as they were written down; one that was never known is left as it is. */
    static void restore(TunnelHeader header, LinkSettings link) {
        if (link.endpoint().isPresent()) {
            move(
                    header.interfaceName(),
                    link.listenPort(),
                    header.peerKey(),
                    link.endpoint().get());
        } else {
            setPort(header.interfaceName(), link.listenPort());
        }
    }

    /** Forgets the session with the peer and starts anew, in one command: the next initiation goes out at once. */
    public static void replacePeer(InterfaceName name, Peer peer) {
        List<String> arguments = set(name);
        arguments.addAll(List.of("peer", peer.key().toString(), "remove"));
        addPeer(arguments, peer);
        run(arguments, peer.presharedKey(), Optional.empty());
    }

    /**
     * Gives a peer whose session stands its endpoint and keep-alive, and sends it one at once: what the passive end does after
     * the handshake.
     */
    public static void greet(InterfaceName name, PublicKey peer, Endpoint endpoint) {
        List<String> arguments = set(name);
        addGreeting(arguments, peer, endpoint);
        run(arguments, Optional.empty(), Optional.empty());
    }

    /** WireGuard sends a keep-alive when the interval is switched on. */
    private static void addGreeting(List<String> arguments, PublicKey peer, Endpoint endpoint) {
        arguments.addAll(List.of("peer", peer.toString(), "persistent-keepalive", "0"));
        arguments.addAll(List.of("peer", peer.toString(), "endpoint", endpoint.toString()));
        arguments.addAll(List.of("persistent-keepalive", Integer.toString(KEEPALIVE)));
    }

    /** The allowed IPs of a peer, session kept. */
    public static void setAllowedIps(InterfaceName name, PublicKey peer, List<IpNetwork> allowedIps) {
        List<String> arguments = set(name);
        arguments.addAll(List.of("peer", peer.toString(), "allowed-ips", joined(allowedIps)));
        run(arguments, Optional.empty(), Optional.empty());
    }

    /** The mark of the link's own packets. */
    public static void setMark(InterfaceName name, FirewallMark mark) {
        List<String> arguments = set(name);
        arguments.addAll(List.of("fwmark", mark.toString()));
        run(arguments, Optional.empty(), Optional.empty());
    }

    /**
     * What the link and the peer share with the other end alone.
     *
     * @param presharedKey empty where the peer has none
     */
    public record Secrets(SecretKey privateKey, Optional<SecretKey> presharedKey) {}

    /** The secrets of a live link; empty when it or the peer is gone. */
    public static Optional<Secrets> secrets(InterfaceName name, PublicKey peer) {
        Result result =
                Command.of("wg", "show", name.text(), "dump").within(DEADLINE).run();
        return result.ok() ? WireGuardDump.secrets(result.stdout(), peer) : Optional.empty();
    }

    /** The link as it is, or nothing when there is no WireGuard link of that name. */
    public static Optional<Status> show(InterfaceName name) {
        Result result =
                Command.of("wg", "show", name.text(), "dump").within(DEADLINE).run();
        return result.ok() ? Optional.of(WireGuardDump.parse(result.stdout())) : Optional.empty();
    }

    /** Those of the names that are WireGuard links, as they are; one command, however many there are. */
    public static Map<InterfaceName, Status> show(Collection<InterfaceName> names) {
        Result result = Command.of("wg", "show", "all", "dump").within(DEADLINE).run();
        // A link that goes away meanwhile is a complaint of wg's, and the others are told of all the same.
        if (!result.ok() && !result.stderr().contains("Unable to access interface")) {
            result.expectOk();
        }
        return WireGuardDump.parseAll(result.stdout(), names);
    }

    private static List<String> set(InterfaceName name) {
        return new ArrayList<>(List.of("wg", "set", name.text()));
    }

    private static void addPeer(List<String> arguments, Peer peer) {
        arguments.addAll(List.of("peer", peer.key().toString()));
        if (peer.presharedKey().isPresent()) {
            arguments.addAll(List.of("preshared-key", "/dev/stdin"));
        }
        arguments.addAll(List.of("allowed-ips", joined(peer.allowedIps())));
        peer.endpoint().ifPresent(endpoint -> arguments.addAll(List.of("endpoint", endpoint.toString())));
        if (peer.keepalive() > 0) {
            arguments.addAll(List.of("persistent-keepalive", Integer.toString(peer.keepalive())));
        }
    }

    private static String joined(List<IpNetwork> networks) {
        return String.join(",", networks.stream().map(IpNetwork::toString).toList());
    }

    private static void run(List<String> arguments, Optional<SecretKey> secret, Port port) {
        run(arguments, secret, Optional.of(port));
    }

    private static void run(List<String> arguments, Optional<SecretKey> secret, Optional<Port> port) {
        Command command = Command.of(arguments).within(DEADLINE);
        Result result = secret.map(key -> command.withStdin(key.reveal() + "\n"))
                .orElse(command)
                .run();
        if (port.isPresent() && result.stderr().contains("Address already in use")) {
            throw WirescaleException.of(TunnelReason.PORT_TAKEN, "port", port.get());
        }
        result.expectOk();
    }
}
