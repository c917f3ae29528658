package org.wirescale.tailscale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.wirescale.model.Endpoint;
import org.wirescale.model.Port;
import org.wirescale.model.WirescaleException;
import org.wirescale.os.Descriptor;
import org.wirescale.os.Errno;
import org.wirescale.os.Sockets;
import org.wirescale.os.Sockets.Family;
import org.wirescale.tailscale.FakeTailscaled.Behaviour;

/** Takes the port of another process, by the real system calls. */
@Timeout(60)
final class PortTakeoverTest {
    @TempDir
    Path folder;

    private final Port port = freePort();
    private final List<Process> started = new ArrayList<>();

    @AfterEach
    void end() throws Exception {
        for (Process process : started) {
            process.destroyForcibly();
            assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void the_port_is_nobodys_but_ours_until_it_is_released() throws Exception {
        LocalApi api = start(Behaviour.MOVES, port.number(), port.number());
        try (PortTakeover takeover = PortTakeover.hold(api, port)) {
            assertThat(takeover.tailscaledHasPort()).isTrue();
            PortTakeover.NewPorts moved = takeover.rebindAway();
            assertThat(takeover.tailscaledHasPort()).isFalse();
            assertThat(moved.ipv4()).isPresent().get().isNotEqualTo(port);
            assertThat(moved.ipv6()).isPresent().get().isNotEqualTo(port);
            assertThat(TailscalePorts.find(api)).isEqualTo(new TailscalePorts(moved.ipv4(), moved.ipv6()));
            for (Family family : Family.values()) {
                assertThat(isFree(family)).as("%s", family).isFalse();
            }
            takeover.release();
            for (Family family : Family.values()) {
                assertThat(isFree(family)).as("%s", family).isTrue();
            }
        }
    }

    @Test
    void the_other_family_is_held_too_where_tailscaled_has_another_port_there() throws Exception {
        Port other = freePort();
        LocalApi api = start(Behaviour.MOVES, port.number(), other.number());
        TailscalePorts ports = TailscalePorts.find(api);
        assertThat(ports).isEqualTo(new TailscalePorts(Optional.of(port), Optional.of(other)));
        assertThat(ports.towards(Endpoint.parse("203.0.113.1:1"))).isEqualTo(port);
        assertThat(ports.towards(Endpoint.parse("[2001:db8::1]:1"))).isEqualTo(other);
        try (PortTakeover takeover = PortTakeover.hold(api, port)) {
            assertThat(isFree(Family.IPV6)).isFalse();
            PortTakeover.NewPorts moved = takeover.rebindAway();
            assertThat(moved.ipv4()).isPresent();
            assertThat(moved.ipv6()).as("it did not have to leave there").isEmpty();
        }
        assertThat(isFree(Family.IPV4)).isTrue();
        assertThat(isFree(Family.IPV6)).isTrue();
    }

    @Test
    void a_port_of_one_family_is_enough() throws Exception {
        LocalApi api = start(Behaviour.MOVES, 0, port.number());
        assertThat(TailscalePorts.find(api).ipv4()).isEmpty();
        assertThat(reason(() -> TailscalePorts.find(api).towards(Endpoint.parse("203.0.113.1:1"))))
                .isEqualTo(TailscaleReason.NO_PORT);
        try (PortTakeover takeover = PortTakeover.hold(api, port)) {
            assertThat(takeover.rebindAway().ipv6()).isPresent();
        }
    }

    @Test
    void its_short_lived_sockets_are_not_taken_for_the_new_port() throws Exception {
        LocalApi api = start(Behaviour.PROBES, port.number(), 0);
        try (PortTakeover takeover = PortTakeover.hold(api, port)) {
            PortTakeover.NewPorts moved = takeover.rebindAway();
            assertThat(moved.ipv4()).isEqualTo(TailscalePorts.find(api).ipv4());
        }
    }

    @Test
    void a_port_that_it_took_back_is_taken_again() throws Exception {
        LocalApi api = start(Behaviour.MOVES, port.number(), port.number());
        try (PortTakeover takeover = PortTakeover.hold(api, port)) {
            takeover.rebindAway();
            takeover.release();
            api.rebind();
            assertThat(takeover.tailscaledHasPort()).as("it is home again").isTrue();
            PortTakeover.NewPorts moved = takeover.again();
            assertThat(takeover.tailscaledHasPort()).isFalse();
            assertThat(TailscalePorts.find(api)).isEqualTo(new TailscalePorts(moved.ipv4(), moved.ipv6()));
            takeover.release();
            // Nobody had it this time: where tailscaled is stays known, at once.
            assertThat(takeover.again()).isEqualTo(moved);
        }
    }

    @Test
    void another_holder_in_one_family_ends_it_before_anything_changes() throws Exception {
        LocalApi api = start(Behaviour.MOVES, port.number(), 0);
        try (Descriptor other = Sockets.holdUdp(Family.IPV6, port).orElseThrow()) {
            WirescaleException failure = failure(() -> PortTakeover.hold(api, port));
            assertThat(failure.reason()).isEqualTo(TailscaleReason.PORT_TAKEN);
            assertThat(failure).hasMessageContaining("IPv6");
            assertThat(other.isOpen()).isTrue();
        }
        assertThat(TailscalePorts.find(api).ipv4()).as("untouched").contains(port);
    }

    @Test
    void a_port_that_tailscaled_does_not_have_is_no_port_to_take() throws Exception {
        Port other = freePort();
        LocalApi api = start(Behaviour.MOVES, port.number(), 0);
        assertThat(reason(() -> PortTakeover.hold(api, other))).isEqualTo(TailscaleReason.PORT_MOVED);
        Sockets.holdUdp(Family.IPV4, other).orElseThrow().close();
    }

    @Test
    void a_tailscaled_that_stays_is_given_up_and_keeps_its_port() throws Exception {
        LocalApi api = start(Behaviour.STAYS, port.number(), 0);
        try (PortTakeover takeover = PortTakeover.hold(api, port)) {
            assertThat(reason(takeover::rebindAway)).isEqualTo(TailscaleReason.PORT_KEPT);
        }
        assertThat(isFree(Family.IPV4)).isFalse();
    }

    @Test
    void a_tailscaled_without_the_call_is_known_before_anything_changes() throws Exception {
        LocalApi api = start(Behaviour.OLD, port.number(), 0);
        assertThat(reason(() -> PortTakeover.hold(api, port))).isEqualTo(TailscaleReason.TAKEOVER_UNAVAILABLE);
        assertThat(PortTakeover.whyUnavailable(api, port).orElseThrow()).contains("rebind");
    }

    @Test
    void what_no_other_way_helps_against_is_no_reason_for_one() throws Exception {
        LocalApi api = start(Behaviour.MOVES, port.number(), port.number());
        assertThat(reason(() -> PortTakeover.whyUnavailable(api, freePort()))).isEqualTo(TailscaleReason.PORT_MOVED);
    }

    @Test
    void a_refusal_says_to_take_the_next_way() throws Exception {
        LocalApi api = start(Behaviour.REFUSES, port.number(), 0);
        try (PortTakeover takeover = PortTakeover.hold(api, port)) {
            WirescaleException failure = failure(takeover::rebindAway);
            assertThat(failure.reason()).isEqualTo(TailscaleReason.TAKEOVER_UNAVAILABLE);
            assertThat(failure.detail("why")).contains("cannot");
        }
    }

    @Test
    void a_tailscaled_that_ends_meanwhile_leaves_the_port_to_us() throws Exception {
        LocalApi api = start(Behaviour.ENDS, port.number(), 0);
        try (PortTakeover takeover = PortTakeover.hold(api, port)) {
            assertThat(takeover.rebindAway()).isEqualTo(new PortTakeover.NewPorts(Optional.empty(), Optional.empty()));
            assertThat(isFree(Family.IPV4)).isFalse();
        }
        assertThat(isFree(Family.IPV4)).isTrue();
    }

    @Test
    void no_descriptor_is_left_open() throws Exception {
        LocalApi api = start(Behaviour.MOVES, port.number(), port.number());
        PortTakeover.whyUnavailable(api, port);
        int before = openDescriptors();
        for (int i = 0; i < 3; i++) {
            assertThat(PortTakeover.whyUnavailable(api, port)).isEmpty();
            assertThat(reason(() -> PortTakeover.hold(api, freePort()))).isEqualTo(TailscaleReason.PORT_MOVED);
        }
        assertThat(openDescriptors()).isEqualTo(before);
    }

    @Test
    void without_a_local_api_there_is_nothing_to_take() {
        LocalApi api = LocalApi.at(folder.resolve("none"), Optional.empty());
        assertThat(reason(() -> PortTakeover.hold(api, port))).isEqualTo(TailscaleReason.NOT_RUNNING);
    }

    private LocalApi start(Behaviour behaviour, int ipv4, int ipv6) throws Exception {
        Path socket = folder.resolve("s");
        Process process = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        FakeTailscaled.class.getName(),
                        socket.toString(),
                        Integer.toString(ipv4),
                        Integer.toString(ipv6),
                        behaviour.name())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        started.add(process);
        LocalApi api = LocalApi.at(socket, Optional.empty());
        long deadline = System.nanoTime() + Duration.ofSeconds(40).toNanos();
        while (!listens(api)) {
            assertThat(process.isAlive() && System.nanoTime() < deadline).isTrue();
            Thread.sleep(Duration.ofMillis(5));
        }
        return api;
    }

    private static boolean listens(LocalApi api) {
        try {
            return api.statusWithoutPeers().self().isPresent();
        } catch (WirescaleException e) {
            assertThat(e.reason()).isEqualTo(TailscaleReason.NOT_RUNNING);
            return false;
        }
    }

    private boolean isFree(Family family) {
        try {
            Sockets.holdUdp(family, port).orElseThrow().close();
            return true;
        } catch (WirescaleException e) {
            assertThat(Errno.of(e)).contains(Errno.EADDRINUSE);
            return false;
        }
    }

    private static int openDescriptors() throws IOException {
        try (var files = Files.list(Path.of("/proc/self/fd"))) {
            return (int) files.count();
        }
    }

    private static WirescaleException failure(ThrowingCallable call) {
        return catchThrowableOfType(WirescaleException.class, call);
    }

    private static Object reason(ThrowingCallable call) {
        return failure(call).reason();
    }

    /** Bound to a port that the kernel chose. */
    static Descriptor anyPort(Family family) {
        return Sockets.holdUdp(family, freePort()).orElseThrow();
    }

    /** A port that is free in both families now. */
    private static Port freePort() {
        try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress("::", 0))) {
            return new Port(socket.getLocalPort());
        } catch (SocketException e) {
            throw new AssertionError(e);
        }
    }
}
