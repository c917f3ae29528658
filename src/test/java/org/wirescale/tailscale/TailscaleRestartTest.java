package org.wirescale.tailscale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.wirescale.model.Port;
import org.wirescale.model.WirescaleException;
import org.wirescale.os.Descriptor;
import org.wirescale.os.Folders;
import org.wirescale.os.OsReason;
import org.wirescale.os.Sockets;
import org.wirescale.os.Sockets.Family;

@Timeout(60)
final class TailscaleRestartTest {
    private static final String EVENT = "HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n{\"State\":6}\n";

    @TempDir
    Path folder;

    private final FakeUnit unit = new FakeUnit();
    private String tun = "true";
    private FakeLocalApi fake;
    private Port port;

    @BeforeEach
    void start() throws Exception {
        fake = new FakeLocalApi(
                folder.resolve("s"),
                (request, connection) ->
                        connection.send(request.contains("watch") ? EVENT : FakeLocalApi.response(200, status())));
        try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress("::", 0))) {
            port = new Port(socket.getLocalPort());
        }
    }

    @AfterEach
    void end() throws Exception {
        fake.close();
    }

    @Test
    void marker_and_timer_stand_before_tailscaled_stops_and_go_when_it_runs() throws Exception {
        try (TailscaleRestart restart = prepare()) {
            assertThat(unit.calls).isEmpty();
            restart.stop();
            assertThat(unit.calls).containsExactly("later 15 s, marked", "stop, marked");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(marker())))
                    .isEqualTo("rw-------");
            restart.release();
            restart.start();
        }
        assertThat(unit.calls)
                .containsExactly("later 15 s, marked", "stop, marked", "start, marked", "cancel, not marked");
    }

    @Test
    void the_port_is_held_until_it_is_released() throws Exception {
        try (TailscaleRestart restart = prepare()) {
            restart.stop();
            assertThat(isFree(Family.IPV4)).isFalse();
            assertThat(isFree(Family.IPV6)).isFalse();
            restart.release();
            assertThat(isFree(Family.IPV4)).isTrue();
            assertThat(isFree(Family.IPV6)).isTrue();
            restart.start();
        }
    }

    @Test
    void a_failure_in_between_starts_tailscaled_again() {
        try (TailscaleRestart restart = prepare()) {
            restart.stop();
        }
        assertThat(unit.calls).endsWith("start, marked", "cancel, not marked");
    }

    @Test
    void another_holder_of_the_port_is_an_error_and_tailscaled_runs_again() {
        try (Descriptor other = Sockets.holdUdp(Family.IPV6, port).orElseThrow();
                TailscaleRestart restart = prepare()) {
            assertThat(reason(restart::stop)).isEqualTo(TailscaleReason.PORT_TAKEN);
            assertThat(unit.calls).endsWith("start, marked", "cancel, not marked");
            assertThat(other.isOpen()).isTrue();
            assertThat(isFree(Family.IPV4)).isTrue();
        }
    }

    @Test
    void without_the_timer_nothing_is_stopped() {
        unit.fails = "later";
        try (TailscaleRestart restart = prepare()) {
            assertThat(reason(restart::stop)).isEqualTo(OsReason.PROGRAM_FAILED);
        }
        assertThat(unit.calls).containsExactly("later 15 s, marked", "cancel, not marked");
    }

    @Test
    void a_start_that_fails_leaves_marker_and_timer_to_systemd() {
        try (TailscaleRestart restart = prepare()) {
            restart.stop();
            unit.fails = "start";
            assertThat(reason(restart::start)).isEqualTo(TailscaleReason.RESTART_FAILED);
        }
        assertThat(marker()).exists();
        assertThat(unit.calls).doesNotContain("cancel, not marked", "cancel, marked");
    }

    @Test
    void what_is_no_unit_of_ours_is_left_alone() {
        unit.pid = OptionalLong.empty();
        assertThat(reason(this::prepare)).isEqualTo(TailscaleReason.RESTART_IMPOSSIBLE);
        unit.pid = OptionalLong.of(1);
        assertThat(reason(this::prepare)).isEqualTo(TailscaleReason.RESTART_IMPOSSIBLE);
        unit.managed = false;
        assertThat(reason(this::prepare)).isEqualTo(TailscaleReason.RESTART_IMPOSSIBLE);
        assertThat(unit.calls).isEmpty();
    }

    @Test
    void userspace_networking_is_left_alone() {
        tun = "false";
        assertThat(reason(this::prepare)).isEqualTo(TailscaleReason.USERSPACE);
    }

    private TailscaleRestart prepare() {
        return TailscaleRestart.prepare(
                LocalApi.at(folder.resolve("s"), Optional.empty()), unit, new Folders(folder, folder), port);
    }

    private String status() {
        return "{\"BackendState\":\"Running\",\"TUN\":" + tun
                + ",\"Self\":{\"ID\":\"nSelf\",\"TailscaleIPs\":[\"100.64.0.1\"]}}";
    }

    private Path marker() {
        return folder.resolve("control/tailscaled-stopped");
    }

    private boolean isFree(Family family) {
        try {
            Sockets.holdUdp(family, port).orElseThrow().close();
            return true;
        } catch (WirescaleException e) {
            return false;
        }
    }

    private static Object reason(ThrowingCallable call) {
        return catchThrowableOfType(WirescaleException.class, call).reason();
    }

    /** Writes down what it is told, and whether the marker was there. */
    private final class FakeUnit implements TailscaledUnit {
        private final List<String> calls = new ArrayList<>();
        private OptionalLong pid = OptionalLong.of(ProcessHandle.current().pid());
        private boolean managed = true;
        private String fails = "";

        @Override
        public boolean isManaged() {
            return managed;
        }

        @Override
        public OptionalLong mainPid() {
            return pid;
        }

        @Override
        public void stop() {
            note("stop");
        }

        @Override
        public void start() {
            note("start");
        }

        @Override
        public void startLater(Path marker, Duration delay) {
            assertThat(marker).isEqualTo(marker());
            note("later " + delay.toSeconds() + " s");
        }

        @Override
        public void cancelStartLater() {
            note("cancel");
        }

        private void note(String call) {
            calls.add(call + (Files.exists(marker()) ? ", marked" : ", not marked"));
            if (!fails.isEmpty() && call.startsWith(fails)) {
                throw WirescaleException.of(OsReason.PROGRAM_FAILED, "command", call, "code", 1, "stderr", "no");
            }
        }
    }
}
