package org.wirescale.tunnel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.wirescale.model.Endpoint;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.IpNetwork;
import org.wirescale.model.PublicKey;
import org.wirescale.model.SecretKey;
import org.wirescale.os.Commands.Command;
import org.wirescale.os.Folders;

/** One of two machines that get a tunnel: number N has 203.0.113.N outside, 10.77.0.N and fd77::N inside. */
public final class TestEnd implements AutoCloseable {
    public static final InterfaceName TUNNEL = InterfaceName.parse("wst0");
    public static final int PORT = 41641;

    public final NetNamespace namespace;
    public final Folders folders;
    public final SecretKey key = SecretKey.randomPrivateKey();
    public final PublicKey publicKey;
    final Endpoint endpoint;
    private final int number;

    public TestEnd(Path run, int number) throws IOException {
        this.number = number;
        folders = new Folders(run, run.resolve("end" + number));
        Files.createDirectories(folders.control());
        endpoint = Endpoint.parse("203.0.113." + number + ":" + PORT);
        publicKey = publicKeyOf(key);
        namespace = NetNamespace.create("ip", "wg", "wireguard-go", "ping");
    }

    public static PublicKey publicKeyOf(SecretKey key) {
        return PublicKey.parse(Command.of("wg", "pubkey")
                .withStdin(key.reveal() + "\n")
                .run()
                .expectOk()
                .stdout()
                .strip());
    }

    TunnelHeader header(PublicKey peerKey) {
        return header(publicKey, peerKey);
    }

    static TunnelHeader header(PublicKey publicKey, PublicKey peerKey) {
        return new TunnelHeader(
                TUNNEL,
                new PeerNode("nPeer", "peer", List.of()),
                publicKey,
                peerKey,
                new TunnelOptions(false, false, false, false, 0, 3, 0),
                Optional.empty(),
                true,
                "session",
                Set.of());
    }

    public TunnelSpec spec() {
        return new TunnelSpec(
                TUNNEL,
                key,
                publicKey,
                List.of(IpNetwork.parse("10.77.0." + number + "/24"), IpNetwork.parse("fd77::" + number + "/64")),
                1400,
                RouteTable.AUTO,
                new FirewallMark(0x77),
                List.of(IpNetwork.parse("10.77.0.0/24"), IpNetwork.parse("192.168.9.9/24")),
                List.of(),
                List.of(),
                "[Interface]\n");
    }

    /** The link with everything but a peer. */
    Tunnel build(PublicKey peerKey) {
        return namespace.call(() -> {
            Tunnel tunnel = Tunnel.begin(folders, header(peerKey));
            tunnel.applyAll(
                    TunnelPlan.of(spec(), List.of(), HookChange.Plan.NONE).all());
            return tunnel;
        });
    }

    public WireGuard.Peer peer(PublicKey other, SecretKey presharedKey) {
        return new WireGuard.Peer(
                other, Optional.of(presharedKey), List.of(IpNetwork.parse("10.77.0.0/24")), Optional.empty(), 0);
    }

    /** Everything that a tunnel could leave behind. */
    String machine() {
        return namespace.output("ip", "-o", "link")
                + namespace.output("ip", "-o", "address")
                + namespace.output("ip", "-o", "route", "show", "table", "all")
                + namespace.output("ip", "-o", "rule")
                + namespace.output("find", folders.run().toString(), "-type", "f")
                + namespace.output("find", "/run/wireguard", "-type", "s");
    }

    @Override
    public void close() {
        namespace.close();
    }
}
