package org.wirescale.cli.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.WirescaleException;
import org.wirescale.os.Folders;
import org.wirescale.os.OsReason;
import org.wirescale.os.Systemd.ActiveState;
import org.wirescale.tunnel.PeerNode;
import org.wirescale.tunnel.Tunnel;
import org.wirescale.tunnel.TunnelHeader;
import org.wirescale.tunnel.TunnelOptions;
import org.wirescale.tunnel.WireGuard;

final class LookTest {
    private static final InterfaceName BOB = InterfaceName.parse("bob");
    private static final InterfaceName CAROL = InterfaceName.parse("carol");

    @TempDir
    Path run;

    private Folders folders = Folders.system();
    private final List<String> asked = Collections.synchronizedList(new ArrayList<>());
    private boolean systemdTells = true;

    private final Probe probe = new Probe() {
        @Override
        public Map<InterfaceName, WireGuard.Status> links(List<InterfaceName> names) {
            asked.add("links " + names);
            return Map.of(BOB, Tunnels.link(1, 2, 3));
        }

        @Override
        public Map<InterfaceName, ActiveState> watchers(List<InterfaceName> names) {
            asked.add("watchers " + names);
            if (!systemdTells) {
                throw WirescaleException.of(OsReason.PROGRAM_MISSING, "program", "systemctl\u001b[31m", "hint", "x");
            }
            return Map.of(CAROL, ActiveState.FAILED);
        }

        @Override
        public Optional<Traffic> traffic(InterfaceName name) {
            asked.add("traffic " + name);
            return name.equals(BOB) ? Optional.of(new Traffic(4, 5)) : Optional.empty();
        }
    };

    @BeforeEach
    void a_folder() throws IOException {
        folders = new Folders(run.resolve("etc"), run);
        Files.createDirectory(folders.control());
    }

    private void tunnel(InterfaceName name) {
        Tunnel.begin(
                        folders,
                        new TunnelHeader(
                                name,
                                new PeerNode("node", "bob", List.of()),
                                Tunnels.OURS,
                                Tunnels.THEIRS,
                                new TunnelOptions(false, false, false, false, 0, 3, 0),
                                Optional.empty(),
                                true,
                                "defe22",
                                Set.of()))
                .finish();
    }

    private void exitNode(String name) throws IOException {
        Files.writeString(
                folders.control().resolve("exit-node.json"), "{\"interface\":\"" + name + "\",\"phase\":\"up\",");
    }

    private Snapshot look(boolean root) {
        return new Look(folders, root, probe).now();
    }

    @Test
    void two_questions_are_asked_however_many_tunnels_there_are() {
        tunnel(BOB);
        tunnel(CAROL);
        look(true);
        assertThat(asked).containsExactlyInAnyOrder("links [bob, carol]", "watchers [bob, carol]");
    }

    @Test
    void none_is_asked_where_there_is_no_tunnel() {
        assertThat(look(true).tunnels()).isEmpty();
        assertThat(look(false).tunnels()).isEmpty();
        assertThat(asked).isEmpty();
    }

    @Test
    void what_is_known_is_put_together_by_name() throws IOException {
        tunnel(BOB);
        tunnel(CAROL);
        exitNode("carol");
        Snapshot snapshot = look(true);
        assertThat(snapshot.warnings()).isEmpty();
        TunnelStatus bob = snapshot.tunnels().getFirst();
        TunnelStatus carol = snapshot.tunnels().getLast();
        assertThat(bob.traffic()).contains(new Traffic(2, 3));
        assertThat(bob.watcher()).isEmpty();
        assertThat(bob.exitNode()).isFalse();
        assertThat(carol.condition()).contains(Condition.GONE);
        assertThat(carol.watcher()).contains(ActiveState.FAILED);
        assertThat(carol.exitNode()).isTrue();
    }

    @Test
    void a_tunnel_that_is_to_be_built_anew_is_told_until_it_is_being_built() throws IOException {
        Files.createFile(folders.control().resolve("recreate-carol.sh"));
        assertThat(look(false).tunnels()).singleElement().satisfies(carol -> {
            assertThat(carol.iface()).isEqualTo(CAROL);
            assertThat(carol.condition()).contains(Condition.RECREATING);
        });
        assertThat(asked).isEmpty();
        tunnel(CAROL);
        assertThat(look(true).tunnels())
                .singleElement()
                .satisfies(carol -> assertThat(carol.condition()).contains(Condition.GONE));
    }

    @Test
    void anybody_sees_what_the_kernel_shows_and_is_told_how_to_see_the_rest() throws IOException {
        tunnel(BOB);
        exitNode("bob");
        Snapshot snapshot = look(false);
        assertThat(snapshot.tunnels()).singleElement().satisfies(bob -> {
            assertThat(bob.traffic()).contains(new Traffic(4, 5));
            assertThat(bob.exitNode()).isTrue();
            assertThat(bob.state()).isEmpty();
        });
        assertThat(snapshot.warnings()).singleElement().asString().contains("run it as root");
        assertThat(asked).doesNotContain("links [bob]");
    }

    @Test
    void a_damaged_file_is_warned_of_without_what_a_terminal_obeys() throws IOException {
        tunnel(BOB);
        Files.writeString(folders.control().resolve("tunnel-\u001b[31m.json"), "{}");
        Files.writeString(
                folders.control().resolve("tunnel-eve.json"),
                "{\"version\":1,\"boot\":\"" + org.wirescale.tunnel.BootId.current()
                        + "\",\"peer\":{\"node\":\"n\",\"name\":\"\\u001b[31m\"}}");
        Snapshot snapshot = look(true);
        assertThat(snapshot.tunnels()).hasSize(1);
        assertThat(snapshot.warnings())
                .hasSize(2)
                .allSatisfy(
                        warning -> assertThat(warning).doesNotContain("\u001b").contains("?[31m"));
    }

    @Test
    void tunnels_are_shown_though_systemd_does_not_tell() {
        tunnel(BOB);
        systemdTells = false;
        Snapshot snapshot = look(true);
        assertThat(snapshot.tunnels()).hasSize(1);
        assertThat(snapshot.warnings()).singleElement().asString().contains("systemctl?[31m");
    }

    @Test
    void an_exit_node_without_its_tunnel_is_warned_of() throws IOException {
        tunnel(BOB);
        exitNode("carol");
        for (boolean root : new boolean[] {true, false}) {
            assertThat(look(root).warnings())
                    .last()
                    .asString()
                    .contains("'carol' has no tunnel", "wirescale exit-node --stop");
        }
    }
}
