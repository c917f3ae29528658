package org.wirescale.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.wirescale.config.PeerFiles;
import org.wirescale.model.ErrorCode;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.IpAddress;
import org.wirescale.model.Port;
import org.wirescale.model.PublicKey;
import org.wirescale.model.SecretKey;
import org.wirescale.os.Folders;
import org.wirescale.protocol.PeerCodec;
import org.wirescale.protocol.PeerMessage;
import org.wirescale.protocol.RecoverText;
import org.wirescale.protocol.Sealed;
import org.wirescale.protocol.StopText;
import org.wirescale.protocol.TunnelSecret;
import org.wirescale.tailscale.FakeLocalApi;
import org.wirescale.tunnel.GeneratedFileChange;
import org.wirescale.tunnel.HookChange;
import org.wirescale.tunnel.PeerNode;
import org.wirescale.tunnel.Phase;
import org.wirescale.tunnel.TestEnd;
import org.wirescale.tunnel.Tunnel;
import org.wirescale.tunnel.TunnelHeader;
import org.wirescale.tunnel.TunnelOptions;
import org.wirescale.tunnel.TunnelPlan;
import org.wirescale.tunnel.WireGuard;

/**
 * What another machine may ask for a tunnel that stands. A request that passes every check fails here when its sender is to be
 * pinged: the tailnet of these tests has no peers.
 */
@Tag("netns")
@Timeout(60)
final class RecoverRefusalsTest {
    private static final InterfaceName THEIRS = InterfaceName.parse("alice");
    private static final String SESSION = "defe22";
    private static final String PASSED = "is no node of this tailnet";

    private static final String STATUS = """
            {"Version":"1.102.5","TUN":true,"BackendState":"Running","CurrentTailnet":{"MagicDNSSuffix":"lab.ts.net"},
             "Self":{"ID":"nAlice","DNSName":"alice.lab.ts.net.","TailscaleIPs":["100.64.0.1"],"Online":true}}
            """;

    private static final String OLD_TOKEN =
            "{\"code\":\"token\",\"error_code\":null,\"token\":\"0b0e2f6e-0000-4000-8000-123456defe22\",\"version\":\"1.0.3\"}";
    private static final String TOKEN =
            OLD_TOKEN.replace("\"1.0.3\"", "\"2.0.0\",\"features\":[\"success\",\"moved\",\"stop\"]");
    private static final String HELLO = "{\"code\":\"hello\",\"error_code\":null}";

    @TempDir
    private Path folder;

    private final SecretKey theirKey = SecretKey.randomPrivateKey();
    private final SecretKey presharedKey = SecretKey.randomPresharedKey();
    private final long handshake = Instant.now().getEpochSecond() - 40;
    private TestEnd end;
    private TunnelSecret secret;
    private FakeLocalApi tailscaled;
    private PeerSessions sessions;

    @BeforeEach
    void start() throws IOException {
        end = new TestEnd(folder, 1);
        tailscaled = new FakeLocalApi(
                folder.resolve("tailscaled.sock"),
                (request, connection) -> connection.send(
                        request.contains("/whois") ? whoIs(request) : FakeLocalApi.response(200, STATUS)));
        Path etc = Files.createDirectory(folder.resolve("etc"));
        Files.setPosixFilePermissions(etc, PosixFilePermissions.fromString("rwxr-xr-x"));
        for (String peer : List.of("bob", "carol")) {
            Path file = etc.resolve(peer + ".conf");
            Files.writeString(file, "[Interface]\nAddress = 10.77.0.1\n[Peer]\nAllowedIPs = 10.77.0.0/24\n");
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        }
        int owner = (int) Files.getAttribute(etc, "unix:uid");
        Machine machine = new Machine(
                new Folders(etc, end.folders.run()),
                new Tailnet(tailscaled.api()),
                DaemonOptions.defaults(),
                new PeerFiles(etc, owner, etc));
        sessions = new PeerSessions(machine, new OpenSessions());
        PublicKey theirPublicKey = TestEnd.publicKeyOf(theirKey);
        secret = TunnelSecret.of(theirKey, end.publicKey, presharedKey);
        end.namespace.run(() -> {
            Tunnel tunnel = Tunnel.begin(
                    end.folders,
                    new TunnelHeader(
                            TestEnd.TUNNEL,
                            new PeerNode("nBob", "bob", List.of(IpAddress.parse("100.64.0.2"))),
                            end.publicKey,
                            theirPublicKey,
                            new TunnelOptions(false, false, false, false, 0, 3, 0),
                            Optional.of(THEIRS),
                            true,
                            SESSION,
                            Set.of("stop")));
            tunnel.applyAll(
                    TunnelPlan.of(end.spec(), List.of(), HookChange.Plan.NONE).all());
            WireGuard.listen(TestEnd.TUNNEL, new Port(TestEnd.PORT), end.peer(theirPublicKey, presharedKey));
            tunnel.update(state -> state.withHandshake(handshake));
            tunnel.finish();
        });
    }

    @AfterEach
    void stop() throws IOException {
        tailscaled.close();
        end.close();
    }

    private static String whoIs(String request) {
        String node = request.contains("addr=100.64.0.2 ") ? "Bob" : "Carol";
        String address = request.contains("addr=100.64.0.2 ") ? "100.64.0.2" : "100.64.0.3";
        return FakeLocalApi.response(
                200,
                "{\"Node\":{\"StableID\":\"n" + node + "\",\"Name\":\"" + node.toLowerCase(java.util.Locale.ROOT)
                        + ".lab.ts.net.\",\"Addresses\":[\"" + address + "/32\"]}}");
    }

    /** A request as the other end of the tunnel would make it. */
    private static RecoverText.Request request(long latestHandshake, OptionalInt age) {
        return new RecoverText.Request(
                latestHandshake,
                age,
                new Port(TestEnd.PORT),
                IpAddress.parse("203.0.113.1"),
                new Port(TestEnd.PORT),
                THEIRS,
                new Port(50_000));
    }

    private RecoverText.Request request() {
        return request(handshake, OptionalInt.of(age()));
    }

    private int age() {
        return (int) (Instant.now().getEpochSecond() - handshake);
    }

    private PeerMessage.Failure answer(String from, String token, PeerMessage request) {
        FakeConnection connection = new FakeConnection(from, token, HELLO);
        connection.comesAfterAck(PeerCodec.encode(request));
        end.namespace.run(() -> sessions.serve(connection));
        return connection.failure().orElseThrow();
    }

    private PeerMessage.Failure answer(String token, RecoverText.Request request) {
        return answer("100.64.0.2", token, new PeerMessage.Recover(TestEnd.TUNNEL, request.seal(secret)));
    }

    private void assertUnchanged() {
        end.namespace.run(() -> {
            assertThat(WireGuard.show(TestEnd.TUNNEL).orElseThrow().listenPort())
                    .contains(new Port(TestEnd.PORT));
            assertThat(Tunnel.load(end.folders, TestEnd.TUNNEL)
                            .orElseThrow()
                            .state()
                            .phase())
                    .isEqualTo(Phase.UP);
        });
    }

    @Test
    void a_request_of_the_other_end_passes() {
        assertThat(answer(TOKEN, request()).message()).contains(PASSED);
        assertUnchanged();
    }

    @Test
    void one_of_another_key_is_refused() {
        TunnelSecret other = TunnelSecret.of(SecretKey.randomPrivateKey(), end.publicKey, presharedKey);
        PeerMessage.Failure failure = answer(
                "100.64.0.2",
                TOKEN,
                new PeerMessage.Recover(TestEnd.TUNNEL, request().seal(other)));
        assertThat(failure.message()).contains("not sealed with the keys of this tunnel");
        assertUnchanged();
    }

    @Test
    void the_same_text_is_refused_the_second_time() {
        Sealed text = request().seal(secret);
        PeerMessage.Recover recover = new PeerMessage.Recover(TestEnd.TUNNEL, text);
        assertThat(answer("100.64.0.2", TOKEN, recover).message()).contains(PASSED);
        assertThat(answer("100.64.0.2", TOKEN, recover).message()).contains("before");
        assertUnchanged();
    }

    @Test
    void an_interface_that_is_not_the_other_ends_is_refused() {
        RecoverText.Request good = request();
        RecoverText.Request foreign = new RecoverText.Request(
                good.latestHandshake(),
                good.handshakeAge(),
                good.port(),
                good.publicIp(),
                good.exposedPort(),
                InterfaceName.parse("eve"),
                good.remotePort());
        assertThat(answer(TOKEN, foreign).message()).contains("no live tunnel");
        PeerMessage.Failure unknown = answer(
                "100.64.0.2",
                TOKEN,
                new PeerMessage.Recover(InterfaceName.parse("tun9"), request().seal(secret)));
        assertThat(unknown.message()).contains("no live tunnel 'tun9'");
        assertUnchanged();
    }

    @Test
    void another_node_that_knows_the_keys_is_refused() {
        PeerMessage.Failure failure = answer(
                "100.64.0.3",
                TOKEN,
                new PeerMessage.Recover(TestEnd.TUNNEL, request().seal(secret)));
        assertThat(failure.message()).contains("no live tunnel");
        assertUnchanged();
    }

    @Test
    void another_handshake_means_that_the_tunnel_lives() {
        assertThat(answer(TOKEN, request(handshake, OptionalInt.of(age() + 30))).errorCode())
                .isEqualTo(ErrorCode.HANDSHAKE_MISMATCH);
        assertUnchanged();
    }

    @Test
    void clocks_that_differ_by_an_hour_do_no_harm_between_two_of_ours_and_are_named_to_another() {
        assertThat(answer(TOKEN, request(handshake + 3600, OptionalInt.of(age())))
                        .message())
                .contains(PASSED);
        PeerMessage.Failure failure = answer(OLD_TOKEN, request(handshake + 3600, OptionalInt.empty()));
        assertThat(failure.errorCode()).isEqualTo(ErrorCode.HANDSHAKE_MISMATCH);
        assertThat(failure.message()).contains("clocks");
        assertUnchanged();
    }

    @Test
    void another_port_is_refused_where_the_peer_is_on_1_0_3() {
        RecoverText.Request good = request(handshake, OptionalInt.empty());
        RecoverText.Request other = new RecoverText.Request(
                good.latestHandshake(),
                good.handshakeAge(),
                new Port(4),
                good.publicIp(),
                good.exposedPort(),
                THEIRS,
                good.remotePort());
        assertThat(answer(OLD_TOKEN, other).message()).contains("does not listen on that port");
        assertThat(answer(OLD_TOKEN, good).message()).contains(PASSED);
        assertUnchanged();
    }

    @Test
    void a_tunnel_without_its_generated_file_is_none() throws IOException {
        Files.delete(GeneratedFileChange.path(end.folders, TestEnd.TUNNEL));
        assertThat(answer(TOKEN, request()).message()).contains("no live tunnel");
        assertUnchanged();
    }

    @Test
    void an_interface_that_somebody_else_made_meanwhile_is_left_alone() {
        end.namespace.output("ip", "link", "delete", "dev", TestEnd.TUNNEL.text());
        end.namespace.output("ip", "link", "add", TestEnd.TUNNEL.text(), "type", "veth");
        assertThat(answer(TOKEN, request()).message()).contains("no live tunnel");
        assertThat(end.namespace.output("ip", "-o", "link", "show", "dev", TestEnd.TUNNEL.text()))
                .isNotEmpty();
    }

    @Test
    void a_stop_for_an_earlier_tunnel_or_of_another_node_is_refused() {
        Sealed earlier = new StopText(THEIRS, "000000").seal(secret);
        assertThat(answer("100.64.0.2", TOKEN, new PeerMessage.Stop(TestEnd.TUNNEL, earlier))
                        .message())
                .contains("no live tunnel");
        Sealed right = new StopText(THEIRS, SESSION).seal(secret);
        assertThat(answer("100.64.0.3", TOKEN, new PeerMessage.Stop(TestEnd.TUNNEL, right))
                        .message())
                .contains("no live tunnel");
        assertUnchanged();
    }

    @Test
    void a_stop_of_the_other_end_takes_the_tunnel_down() {
        Sealed right = new StopText(THEIRS, SESSION).seal(secret);
        FakeConnection connection = new FakeConnection("100.64.0.2", TOKEN, HELLO);
        connection.comesAfterAck(PeerCodec.encode(new PeerMessage.Stop(TestEnd.TUNNEL, right)));
        end.namespace.run(() -> sessions.serve(connection));
        assertThat(connection.answers()).hasAtLeastOneElementOfType(PeerMessage.Success.class);
        assertThat(Tunnel.load(end.folders, TestEnd.TUNNEL)).isEmpty();
    }
}
