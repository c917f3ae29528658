package org.wirescale.tunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wirescale.model.IpNetwork;
import org.wirescale.model.WirescaleException;
import org.wirescale.os.Commands;

@Tag("netns")
final class FullDiskTest {
    @TempDir
    Path run;

    @Test
    void a_tunnel_is_taken_down_on_a_full_disk_and_nothing_more_is_made() throws Exception {
        try (TestEnd end = new TestEnd(run, 1)) {
            end.namespace.run(() -> {
                Commands.output(
                        "mount",
                        "-t",
                        "tmpfs",
                        "-o",
                        "size=64k",
                        "tmpfs",
                        end.folders.run().toString());
                Commands.output("mkdir", end.folders.control().toString());
            });
            String before = end.machine();
            Tunnel tunnel = end.build(end.publicKey);
            end.namespace.run(() -> {
                tunnel.finish();
                Commands.run("dd", "if=/dev/zero", "of=" + end.folders.run().resolve("full"), "bs=4k");
                assertThatThrownBy(() -> tunnel.apply(
                                new RoutesChange(TestEnd.TUNNEL, List.of(IpNetwork.parse("10.1.0.0/16")), 0)))
                        .isInstanceOfSatisfying(
                                WirescaleException.class,
                                e -> assertThat(e.reason()).isEqualTo(TunnelReason.STATE_UNWRITABLE));
                assertThat(Commands.output("ip", "route")).doesNotContain("10.1.0.0");
                Tunnel loaded = Tunnel.load(end.folders, TestEnd.TUNNEL).orElseThrow();
                assertThat(loaded.state().phase()).isEqualTo(Phase.UP);
                assertThat(loaded.undo()).isEmpty();
                Commands.output("rm", end.folders.run().resolve("full").toString());
            });
            assertThat(end.machine()).isEqualTo(before);
        }
    }
}
