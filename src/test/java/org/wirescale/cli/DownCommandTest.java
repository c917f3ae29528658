package org.wirescale.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.PublicKey;
import org.wirescale.os.Folders;
import org.wirescale.tunnel.PeerNode;
import org.wirescale.tunnel.Tunnel;
import org.wirescale.tunnel.TunnelHeader;
import org.wirescale.tunnel.TunnelOptions;

final class DownCommandTest {
    private static final InterfaceName BOB = InterfaceName.parse("bob");
    private static final PublicKey KEY = PublicKey.parse("HIgo9xNzJMWLKASShiTqIybxZ0U3wGLiUeJ1PKf8ykw=");

    @TempDir
    Path folder;

    private Folders folders;
    private final StringWriter text = new StringWriter();

    @BeforeEach
    void tunnel() throws Exception {
        folders = new Folders(folder.resolve("etc"), folder.resolve("run"));
        Files.createDirectories(folders.control());
        TunnelHeader header = new TunnelHeader(
                BOB,
                new PeerNode("node", "bob.lab.ts.net", List.of()),
                KEY,
                KEY,
                new TunnelOptions(false, false, false, false, 0, 3, 0),
                Optional.empty(),
                true,
                "defe22",
                Set.of());
        Tunnel tunnel = Tunnel.begin(folders, header);
        tunnel.update(state -> state.withIfindex(12));
        tunnel.finish();
        assertThat(tunnel.state().ifindex()).isEqualTo(OptionalInt.of(12));
    }

    private int down(Map<String, String> environment) {
        Surroundings surroundings = new Surroundings(
                folders,
                environment,
                () -> {
                    throw new AssertionError("nobody asked for a peer");
                },
                () -> true);
        return Wirescale.run(new PrintWriter(text), new PrintWriter(text), surroundings, "down", "bob");
    }

    @Test
    void undoes_the_tunnel() {
        assertThat(down(Map.of())).as(text.toString()).isZero();
        assertThat(Tunnel.load(folders, BOB)).isEmpty();
    }

    @Test
    void undoes_the_tunnel_that_the_unit_watched() {
        assertThat(down(Map.of("WIRESCALE_IFINDEX", "12"))).as(text.toString()).isZero();
        assertThat(Tunnel.load(folders, BOB)).isEmpty();
    }

    @Test
    void leaves_a_newer_tunnel_of_that_name_alone() {
        assertThat(down(Map.of("WIRESCALE_IFINDEX", "11"))).as(text.toString()).isZero();
        assertThat(Tunnel.load(folders, BOB)).isPresent();
        assertThat(text.toString()).contains("newer");
    }
}
