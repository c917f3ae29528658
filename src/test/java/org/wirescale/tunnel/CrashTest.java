package org.wirescale.tunnel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.wirescale.model.IpNetwork;
import org.wirescale.model.SecretKey;
import org.wirescale.os.Commands.Command;
import org.wirescale.os.Commands.Result;
import org.wirescale.os.Folders;

/** Another process makes, or takes down, a tunnel and dies at each of its steps; what is found afterwards is taken back. */
@Tag("netns")
final class CrashTest {
    @TempDir
    Path run;

    static Stream<String> steps() {
        return Stream.of(
                "file.intended",
                "file.done",
                "link.intended",
                "link.done",
                "link.undone",
                "wireguard-go.intended",
                "wireguard-go.done",
                "key.intended",
                "key.done",
                "addresses.intended",
                "addresses.done",
                "routes.intended",
                "routes.done",
                "tunnel.removing",
                "routes.undone",
                "wireguard-go.undone",
                "file.undone");
    }

    @ParameterizedTest
    @MethodSource("steps")
    void nothing_is_left_after_a_crash_at(String step) throws Exception {
        try (TestEnd end = new TestEnd(run, 1)) {
            String before = end.machine();
            Result died = end.namespace.call(() -> Command.of(
                            ProcessHandle.current().info().command().orElse("java"),
                            "-XX:TieredStopAtLevel=1",
                            "-XX:+UseSerialGC",
                            "-cp",
                            System.getProperty("java.class.path"),
                            Crashing.class.getName(),
                            run.toString())
                    .with("WIRESCALE_KILL_AT", step)
                    .within(Duration.ofSeconds(30))
                    .run());
            boolean ofOtherKernels = step.startsWith("wireguard-go.") || step.equals("link.done");
            if (ofOtherKernels && died.ok()) {
                // A kernel with WireGuard has no steps of wireguard-go, and the other way round.
                return;
            }
            assertThat(died.exitCode()).as(died.stderr()).isEqualTo(137);
            Optional<Tunnel> found = Tunnel.load(end.folders, TestEnd.TUNNEL);
            assertThat(found).isPresent();
            assertThat(found.get().state().phase()).isNotEqualTo(Phase.UP);
            assertThat(end.namespace.call(() -> found.get().undo())).isEmpty();
            assertThat(end.machine()).isEqualTo(before);
        }
    }

    /** The process that dies. Its one argument is the folder. */
    static final class Crashing {
        private Crashing() {}

        public static void main(String... arguments) {
            Path run = Path.of(arguments[0]);
            Folders folders = new Folders(run, run.resolve("end1"));
            SecretKey key = SecretKey.randomPrivateKey();
            TunnelSpec spec = new TunnelSpec(
                    TestEnd.TUNNEL,
                    key,
                    TestEnd.publicKeyOf(key),
                    List.of(IpNetwork.parse("10.77.0.1/24")),
                    1400,
                    RouteTable.AUTO,
                    FirewallMark.NONE,
                    List.of(IpNetwork.parse("10.78.0.0/24")),
                    List.of(),
                    List.of(),
                    "[Interface]\n");
            Tunnel tunnel = Tunnel.begin(folders, TestEnd.header(spec.publicKey(), spec.publicKey()));
            tunnel.applyAll(TunnelPlan.of(spec, List.of(), HookChange.Plan.NONE).all());
            tunnel.finish();
            tunnel.undo();
        }
    }
}
