package org.wirescale.tunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.wirescale.tunnel.TestEnd.PORT;
import static org.wirescale.tunnel.TestEnd.TUNNEL;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wirescale.model.Endpoint;
import org.wirescale.model.Port;
import org.wirescale.model.SecretKey;
import org.wirescale.model.WirescaleException;
import org.wirescale.os.Commands;

/** Two ends, each in namespaces of its own, with real WireGuard. */
@Tag("netns")
final class TunnelUpTest {
    private static final Duration ROUND_TRIP = Duration.ofMillis(1);

    @TempDir
    Path run;

    private final SecretKey presharedKey = SecretKey.randomPresharedKey();

    /** Both links, joined outside, each listening; neither knows the other's address yet. */
    private void listen(TestEnd alice, TestEnd bob) {
        NetNamespace.join("wan", alice.namespace, "203.0.113.1/24", bob.namespace, "203.0.113.2/24");
        alice.build(bob.publicKey);
        bob.build(alice.publicKey);
        bob.namespace.run(() -> WireGuard.listen(TUNNEL, new Port(PORT), bob.peer(alice.publicKey, presharedKey)));
        alice.namespace.run(() -> WireGuard.listen(
                TUNNEL, new Port(PORT), alice.peer(bob.publicKey, presharedKey).driven(bob.endpoint)));
    }

    private Handshake handshake(TestEnd own, TestEnd other) {
        return new Handshake(TUNNEL, own.peer(other.publicKey, presharedKey), other.endpoint, ROUND_TRIP);
    }

    private static WireGuard.PeerStatus status(TestEnd own, TestEnd other) {
        return own.namespace
                .call(() -> WireGuard.show(TUNNEL))
                .orElseThrow()
                .peer(other.publicKey)
                .orElseThrow();
    }

    @Test
    void two_ends_shake_hands_in_a_round_trip_and_leave_nothing_when_undone() throws Exception {
        try (TestEnd alice = new TestEnd(run, 1);
                TestEnd bob = new TestEnd(run, 2);
                ExecutorService threads = Executors.newCachedThreadPool()) {
            NetNamespace.join("wan", alice.namespace, "203.0.113.1/24", bob.namespace, "203.0.113.2/24");
            String before = alice.machine();
            Tunnel tunnel = alice.build(bob.publicKey);
            bob.build(alice.publicKey);
            bob.namespace.run(() -> WireGuard.listen(TUNNEL, new Port(PORT), bob.peer(alice.publicKey, presharedKey)));
            long start = System.nanoTime();
            Future<Long> answered = threads.submit(
                    () -> bob.namespace.call(() -> handshake(bob, alice).respond()));
            alice.namespace.run(() -> {
                WireGuard.listen(
                        TUNNEL,
                        new Port(PORT),
                        alice.peer(bob.publicKey, presharedKey).driven(bob.endpoint));
                handshake(alice, bob).drive();
            });
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(2));
            assertThat(answered.get()).isPositive();
            assertThat(alice.namespace.output("ping", "-c", "1", "-W", "2", "10.77.0.2"))
                    .contains("1 received");
            WireGuard.PeerStatus seen = status(bob, alice);
            assertThat(seen.endpoint()).contains(alice.endpoint);
            assertThat(seen.keepalive()).hasValue(WireGuard.KEEPALIVE);

            assertThat(alice.machine()).contains("192.168.9.0/24 dev wst0");
            assertThat(alice.namespace.call(tunnel::undo)).isEmpty();
            assertThat(alice.machine()).isEqualTo(before);
        }
    }

    @Test
    void a_responder_whose_peer_does_not_drive_drives_itself() throws IOException {
        try (TestEnd alice = new TestEnd(run, 1);
                TestEnd bob = new TestEnd(run, 2)) {
            NetNamespace.join("wan", alice.namespace, "203.0.113.1/24", bob.namespace, "203.0.113.2/24");
            alice.build(bob.publicKey);
            bob.build(alice.publicKey);
            for (TestEnd end : List.of(alice, bob)) {
                TestEnd other = end == alice ? bob : alice;
                end.namespace.run(
                        () -> WireGuard.listen(TUNNEL, new Port(PORT), end.peer(other.publicKey, presharedKey)));
            }
            long start = System.nanoTime();
            bob.namespace.run(() -> handshake(bob, alice).respond());
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isBetween(Duration.ofMillis(1500), Duration.ofMillis(3000));
        }
    }

    @Test
    void a_live_link_moves_to_another_port_and_keeps_its_session() throws IOException {
        try (TestEnd alice = new TestEnd(run, 1);
                TestEnd bob = new TestEnd(run, 2)) {
            listen(alice, bob);
            alice.namespace.run(() -> handshake(alice, bob).drive());
            long handshake = status(alice, bob).latestHandshake();
            WireGuard.PeerStatus before = status(bob, alice);
            alice.namespace.run(() -> WireGuard.move(TUNNEL, new Port(50_000), bob.publicKey, bob.endpoint));
            bob.namespace.run(() -> handshake(bob, alice).after(before).respond());
            assertThat(alice.namespace.output("ping", "-c", "1", "-W", "2", "10.77.0.2"))
                    .contains("1 received");
            assertThat(status(alice, bob).latestHandshake()).isEqualTo(handshake);
            assertThat(status(bob, alice).endpoint()).contains(Endpoint.parse("203.0.113.1:50000"));
        }
    }

    @Test
    void a_recovery_that_died_is_put_back_with_its_session() throws IOException {
        try (TestEnd alice = new TestEnd(run, 1);
                TestEnd bob = new TestEnd(run, 2)) {
            listen(alice, bob);
            alice.namespace.run(() -> {
                long handshake = handshake(alice, bob).drive();
                Tunnel tunnel = Tunnel.load(alice.folders, TUNNEL).orElseThrow();
                tunnel.update(state ->
                        state.withLink(new LinkSettings(new Port(PORT), Optional.of(bob.endpoint), Optional.empty())));
                tunnel.finish();
                tunnel.startRecovery();
                WireGuard.move(TUNNEL, new Port(50_000), bob.publicKey, Endpoint.parse("203.0.113.99:1"));
                assertThat(Tunnel.load(alice.folders, TUNNEL).orElseThrow().putBack())
                        .isEmpty();
                WireGuard.Status status = WireGuard.show(TUNNEL).orElseThrow();
                assertThat(status.listenPort()).contains(new Port(PORT));
                assertThat(status.peer(bob.publicKey).orElseThrow().latestHandshake())
                        .isEqualTo(handshake);
            });
            assertThat(alice.namespace.output("ping", "-c", "1", "-W", "2", "10.77.0.2"))
                    .contains("1 received");
        }
    }

    @Test
    void a_replaced_peer_reads_no_handshake_and_shakes_hands_again() throws IOException {
        try (TestEnd alice = new TestEnd(run, 1);
                TestEnd bob = new TestEnd(run, 2)) {
            listen(alice, bob);
            alice.namespace.run(() -> {
                handshake(alice, bob).drive();
                WireGuard.PeerStatus before =
                        WireGuard.show(TUNNEL).orElseThrow().peer(bob.publicKey).orElseThrow();
                assertThat(before.received()).isPositive();
                WireGuard.replacePeer(
                        TUNNEL, alice.peer(bob.publicKey, presharedKey).driven(bob.endpoint));
                assertThat(handshake(alice, bob).drive()).isPositive();
            });
            assertThat(status(alice, bob).allowedIps()).hasSize(1);
        }
    }

    @Test
    void a_taken_port_is_told_apart_and_can_be_had_once_it_is_free() throws Exception {
        try (TestEnd alice = new TestEnd(run, 1);
                TestEnd bob = new TestEnd(run, 2)) {
            alice.build(bob.publicKey);
            alice.namespace.run(() -> {
                WireGuard.Peer peer = alice.peer(bob.publicKey, presharedKey);
                try (java.net.DatagramSocket holder = new java.net.DatagramSocket(PORT)) {
                    assertThat(holder.isBound()).isTrue();
                    assertThatThrownBy(() -> WireGuard.listen(TUNNEL, new Port(PORT), peer))
                            .isInstanceOfSatisfying(
                                    WirescaleException.class,
                                    e -> assertThat(e.reason()).isEqualTo(TunnelReason.PORT_TAKEN));
                }
                WireGuard.listen(TUNNEL, new Port(PORT), peer);
                WireGuard.Status status = WireGuard.show(TUNNEL).orElseThrow();
                assertThat(status.listenPort()).contains(new Port(PORT));
                assertThat(status.peers()).hasSize(1);
            });
        }
    }

    @Test
    void an_interface_of_that_name_is_left_alone() throws IOException {
        try (TestEnd alice = new TestEnd(run, 1)) {
            alice.namespace.output("ip", "link", "add", TUNNEL.text(), "type", "bridge");
            assertThatThrownBy(() -> alice.build(alice.publicKey))
                    .isInstanceOfSatisfying(
                            WirescaleException.class,
                            e -> assertThat(e.reason()).isEqualTo(TunnelReason.LINK_EXISTS));
            alice.namespace.run(
                    () -> Tunnel.load(alice.folders, TUNNEL).orElseThrow().undo());
            assertThat(alice.namespace.output("ip", "link", "show", TUNNEL.text()))
                    .contains("wst0");
        }
    }

    @Test
    void a_link_made_by_others_after_ours_went_away_is_left_alone() throws IOException {
        try (TestEnd alice = new TestEnd(run, 1)) {
            Tunnel tunnel = alice.build(alice.publicKey);
            alice.namespace.output("ip", "link", "delete", TUNNEL.text());
            alice.namespace.output("ip", "link", "add", TUNNEL.text(), "type", "bridge");
            assertThat(alice.namespace.call(tunnel::undo)).isEmpty();
            assertThat(alice.namespace.output("ip", "link", "show", TUNNEL.text()))
                    .contains("wst0");
        }
    }

    @Test
    void a_link_whose_making_was_cut_short_is_taken_back() throws IOException {
        try (TestEnd alice = new TestEnd(run, 1)) {
            Tunnel tunnel = alice.build(alice.publicKey);
            Path file = alice.folders.control().resolve("tunnel-wst0.json");
            String text = Files.readString(file);
            int changes = text.indexOf("\"changes\"");
            Files.writeString(
                    file,
                    text.substring(0, changes).replaceAll("\"ifindex\":[0-9]+,", "")
                            + "\"changes\":[{\"progress\":\"intended\",\"kind\":\"wireguard-go\",\"name\":\"wst0\"}]}");
            assertThat(tunnel.state().ifindex()).isNotEqualTo(OptionalInt.empty());
            Optional<Tunnel> crashed = Tunnel.load(alice.folders, TUNNEL);
            assertThat(crashed.orElseThrow().state().ifindex()).isEmpty();
            alice.namespace.run(() -> crashed.orElseThrow().undo());
            assertThat(alice.namespace.call(() -> Link.find(TUNNEL.text()))).isEmpty();
        }
    }

    @Test
    void what_others_took_away_is_noticed_and_put_back() throws IOException {
        try (TestEnd alice = new TestEnd(run, 1)) {
            Tunnel tunnel = alice.build(alice.publicKey);
            String before = alice.machine();
            assertThat(missing(alice, tunnel)).isEmpty();
            alice.namespace.output("ip", "route", "delete", "192.168.9.0/24");
            alice.namespace.output("ip", "address", "flush", "dev", "wst0", "scope", "global");
            alice.namespace.output("wg", "set", "wst0", "fwmark", "0");
            assertThat(alice.namespace.call(() -> Untold.suspects(List.of(tunnel))))
                    .containsExactly(tunnel);
            List<Change> missing = missing(alice, tunnel);
            assertThat(missing).extracting(Change::kind).containsExactly("key", "addresses", "routes");
            assertThat(missing)
                    .extracting(change -> alice.namespace.call(() -> tunnel.putBack(change)))
                    .containsExactly(
                            "mark 0x77 of wst0",
                            "addresses 10.77.0.1/24, fd77::1/64 of wst0",
                            "routes to 192.168.9.0/24 by wst0");
            assertThat(missing(alice, tunnel)).isEmpty();
            assertThat(alice.machine()).isEqualTo(before);
            assertThat(alice.namespace.output("wg", "show", "wst0", "fwmark")).contains("0x77");
            assertThat(alice.namespace.call(() -> Untold.suspects(List.of(tunnel))))
                    .isEmpty();
        }
    }

    private static List<Change> missing(TestEnd end, Tunnel tunnel) {
        return end.namespace.call(() -> tunnel.missing(Set.of(Area.values())));
    }

    @Test
    void the_mtu_is_that_of_the_way_to_the_endpoint_less_80() throws IOException {
        try (TestEnd alice = new TestEnd(run, 1)) {
            alice.namespace.run(() -> {
                Commands.output("ip", "link", "add", "wan", "mtu", "1480", "type", "bridge");
                Commands.output("ip", "address", "add", "203.0.113.1/24", "dev", "wan");
                Commands.output("ip", "link", "set", "wan", "up");
                Commands.output("ip", "route", "add", "198.51.100.0/24", "via", "203.0.113.9", "mtu", "1300");
                assertThat(Mtu.towards(alice.endpoint.address(), FirewallMark.NONE))
                        .isEqualTo(65536 - 80);
                assertThat(Mtu.towards(Endpoint.parse("203.0.113.7:1").address(), FirewallMark.NONE))
                        .isEqualTo(1400);
                assertThat(Mtu.towards(Endpoint.parse("198.51.100.7:1").address(), FirewallMark.NONE))
                        .isEqualTo(1220);
                assertThat(Mtu.towards(Endpoint.parse("[2001:db8::7]:1").address(), FirewallMark.NONE))
                        .isEqualTo(1420);
                Commands.output("ip", "route", "add", "198.51.100.0/24", "dev", "wan", "mtu", "1350", "table", "7");
                Commands.output("ip", "rule", "add", "fwmark", "0x77", "lookup", "7");
                assertThat(Mtu.towards(Endpoint.parse("198.51.100.7:1").address(), new FirewallMark(0x77)))
                        .isEqualTo(1270);
            });
        }
    }
}
