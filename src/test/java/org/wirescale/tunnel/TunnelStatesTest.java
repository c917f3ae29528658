package org.wirescale.tunnel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wirescale.model.Endpoint;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.IpAddress;
import org.wirescale.model.IpNetwork;
import org.wirescale.model.Port;
import org.wirescale.model.PublicKey;
import org.wirescale.model.WirescaleException;
import org.wirescale.os.Folders;

final class TunnelStatesTest {
    private static final PublicKey OURS = PublicKey.parse("xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=");
    private static final PublicKey THEIRS = PublicKey.parse("TrMvSoP4jYQlY6RIzBgbssQqY3vxI2Pi+y71lOWWXX0=");
    private static final InterfaceName BOB = InterfaceName.parse("bob");
    private static final InterfaceName ALICE = InterfaceName.parse("alice");

    @TempDir
    Path run;

    private Folders folders = Folders.system();

    @BeforeEach
    void a_folder() throws IOException {
        folders = new Folders(run.resolve("etc"), run);
        Files.createDirectory(folders.control());
    }

    private Tunnel begin(InterfaceName name, Optional<InterfaceName> remote) {
        return Tunnel.begin(
                folders,
                new TunnelHeader(
                        name,
                        new PeerNode("nBob1CNTRL", "bob", List.of(IpAddress.parse("100.64.0.2"))),
                        OURS,
                        THEIRS,
                        new TunnelOptions(true, false, false, false, 0, 3, -1),
                        remote,
                        true,
                        "defe22",
                        Set.of("stop")));
    }

    private Path file() {
        return StateFolder.path(folders, BOB);
    }

    @Test
    void a_tunnel_that_begins_is_read() {
        begin(BOB, Optional.empty());
        assertThat(TunnelStates.read(folders).tunnels())
                .containsExactly(new TunnelSummary(
                        Phase.BUILDING,
                        BOB,
                        "nBob1CNTRL",
                        "bob",
                        OURS,
                        THEIRS,
                        true,
                        Optional.empty(),
                        "defe22",
                        Optional.empty(),
                        Optional.empty(),
                        0,
                        PastRecoveries.NONE));
    }

    @Test
    void all_that_can_be_written_down_is_read() {
        LinkSettings link = new LinkSettings(
                new Port(41641), Optional.of(Endpoint.parse("[2001:db8::7]:41642")), Optional.of(new Port(50000)));
        Tunnel tunnel = begin(BOB, Optional.of(ALICE));
        tunnel.update(state -> state.withEntries(List.of(new TunnelState.Entry(
                        Progress.DONE, new AddressesChange(BOB, List.of(IpNetwork.parse("10.0.0.1")), 1400))))
                .withWay(Way.RESTART)
                .withIfindex(7)
                .withLink(link)
                .withHandshake(1_800_000_000L));
        tunnel.finish();
        tunnel.startRecovery();
        tunnel.finish();
        tunnel.startRecovery();
        PastRecoveries past = tunnel.state().recoveries();
        assertThat(TunnelStates.read(folders).tunnels())
                .containsExactly(new TunnelSummary(
                        Phase.RECOVERING,
                        BOB,
                        "nBob1CNTRL",
                        "bob",
                        OURS,
                        THEIRS,
                        true,
                        Optional.of(ALICE),
                        "defe22",
                        Optional.of(Way.RESTART),
                        Optional.of(link),
                        1_800_000_000L,
                        past));
        assertThat(past.worked()).isEqualTo(1);
    }

    @Test
    void tunnels_come_by_name() {
        begin(BOB, Optional.empty());
        begin(ALICE, Optional.empty());
        assertThat(TunnelStates.read(folders).tunnels())
                .extracting(TunnelSummary::interfaceName)
                .containsExactly(ALICE, BOB);
        assertThat(TunnelStates.names(folders)).containsExactly(ALICE, BOB);
    }

    @Test
    void there_is_none_before_the_first() throws IOException {
        Files.delete(folders.control());
        assertThat(TunnelStates.read(folders)).isEqualTo(new TunnelStates(List.of(), List.of()));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            "version":1           | "version":2             | written by another version of wirescale, form 2
            "phase":"building"    | "phase":"built"         | 'built' is not a valid phase
            "phase":"building"    | "phase":"BUILDING"      | 'BUILDING' is not a valid phase
            "way":"takeover"      | "way":"theft"           | 'theft' is not a valid way
            "interface":"bob"     | "interface":"eve"       | 'eve' is not a valid interface
            "interface":"bob"     | "interface":"../bob"    | '../bob' is
            "name":"bob"          | "name":"Bob"            | 'Bob' is not a valid peer's name
            "initiator":true      | "initiator":1           | '1' is not a valid initiator
            "last_handshake":0    | "last_handshake":"0"    | '0' is not a valid last_handshake
            "last_handshake":0    | "last_handshake":1e3    | '' is not a valid last_handshake
            "session":"defe22"    | "session":{}            | 'an object' is not a valid session
            "session":"defe22"    | "session":[]            | '' is not a valid session
            "session":"defe22"    | "seance":"defe22"       | '' is not a valid session
            "version":1           | "version":1,"version":1 | not JSON
            {"phase"              | [{"phase"               | no object
            }                     | }}                      | not JSON
            """)
    void a_file_that_cannot_be_used_is_named_and_stays(String before, String after, String what) throws IOException {
        begin(BOB, Optional.empty()).update(state -> state.withWay(Way.TAKEOVER));
        String text = Files.readString(file());
        assertThat(text).contains(before);
        Files.writeString(file(), text.replace(before, after));
        assertUnusable(what);
    }

    @Test
    void a_file_of_another_boot_is_named() throws IOException {
        begin(BOB, Optional.empty());
        Files.writeString(file(), Files.readString(file()).replace(BootId.current(), "another"));
        assertUnusable("from before the last boot");
    }

    @Test
    void what_is_no_file_is_named() throws IOException {
        Files.createDirectory(file());
        assertUnusable("no regular file");
    }

    @Test
    void a_damaged_file_hides_no_tunnel() throws IOException {
        begin(BOB, Optional.empty());
        Files.writeString(StateFolder.path(folders, ALICE), "{");
        Files.writeString(folders.control().resolve("tunnel-a b.json"), "{}");
        Files.writeString(folders.control().resolve("exit-node.json"), "{}");
        TunnelStates states = TunnelStates.read(folders);
        assertThat(states.tunnels()).extracting(TunnelSummary::interfaceName).containsExactly(BOB);
        assertThat(states.unusable())
                .extracting(WirescaleException::reason)
                .containsExactly(TunnelReason.STATE_FOREIGN, TunnelReason.STATE_UNUSABLE);
        assertThat(states.unusable().getFirst().getMessage()).contains("tunnel-a b.json");
    }

    private void assertUnusable(String what) {
        TunnelStates states = TunnelStates.read(folders);
        assertThat(states.tunnels()).isEmpty();
        assertThat(states.unusable())
                .singleElement()
                .satisfies(problem ->
                        assertThat(problem.getMessage()).contains(file().toString(), what, "sudo wirescale down bob"));
        assertThat(file()).exists();
    }
}
