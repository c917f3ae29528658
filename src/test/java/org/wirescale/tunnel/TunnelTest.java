package org.wirescale.tunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wirescale.model.Endpoint;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.IpAddress;
import org.wirescale.model.Port;
import org.wirescale.model.PublicKey;
import org.wirescale.model.WirescaleException;
import org.wirescale.os.Commands;
import org.wirescale.os.Folders;

final class TunnelTest {
    private static final PublicKey OURS = PublicKey.parse("xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=");
    private static final PublicKey THEIRS = PublicKey.parse("TrMvSoP4jYQlY6RIzBgbssQqY3vxI2Pi+y71lOWWXX0=");
    private static final InterfaceName BOB = InterfaceName.parse("bob");

    @TempDir
    Path run;

    private Folders folders = Folders.system();
    private final List<String> log = new ArrayList<>();

    @BeforeEach
    void makeFolders() throws IOException {
        folders = new Folders(run.resolve("etc"), run);
        Files.createDirectory(folders.control());
    }

    /** Writes what happens to it into the test's log. */
    private record Note(String name, List<String> log, boolean there, boolean failsToApply, boolean failsToUndo)
            implements Change {
        @Override
        public String kind() {
            return "note";
        }

        @Override
        public String describe() {
            return "note " + name;
        }

        @Override
        public void write(ObjectNode json) {
            json.put("name", name);
        }

        @Override
        public Optional<Change> prepare(ChangeContext context) {
            return there ? Optional.empty() : Optional.of(this);
        }

        @Override
        public Change apply(ChangeContext context) {
            log.add("apply " + name);
            if (failsToApply) {
                throw WirescaleException.of(TunnelReason.LINK_GONE, "interface", name);
            }
            return this;
        }

        @Override
        public Optional<Change> instead(WirescaleException failure) {
            return name.equals("kernel") ? Optional.of(new Note("user", log, false, false, false)) : Optional.empty();
        }

        @Override
        public void undo(ChangeContext context, Progress progress) {
            log.add("undo " + name + " " + progress.word());
            if (failsToUndo) {
                throw new IllegalArgumentException("a fault of the program");
            }
        }
    }

    private Note note(String name) {
        return new Note(name, log, false, false, false);
    }

    private ChangeKinds kinds() {
        return ChangeKinds.standard().with("note", json -> note(json.text("name")));
    }

    private Tunnel begin() {
        PeerNode peer = new PeerNode("nBob1CNTRL", "bob", List.of(IpAddress.parse("100.64.0.2")));
        TunnelOptions options = new TunnelOptions(true, false, false, false, 0, 3, -1);
        return Tunnel.begin(
                folders,
                new TunnelHeader(
                        BOB,
                        peer,
                        OURS,
                        THEIRS,
                        options,
                        Optional.of(InterfaceName.parse("alice")),
                        true,
                        "defe22",
                        Set.of("success")),
                kinds());
    }

    private Tunnel reloaded() {
        return Tunnel.load(folders, BOB, kinds()).orElseThrow();
    }

    private Path file() {
        return folders.control().resolve("tunnel-bob.json");
    }

    @Test
    void undoes_newest_first() {
        Tunnel tunnel = begin();
        tunnel.applyAll(List.of(note("first"), note("second")));
        assertThat(tunnel.undo()).isEmpty();
        assertThat(log).containsExactly("apply first", "apply second", "undo second done", "undo first done");
        assertThat(file()).doesNotExist();
    }

    @Test
    void what_was_there_before_is_neither_done_nor_undone() {
        Tunnel tunnel = begin();
        assertThat(tunnel.apply(new Note("there", log, true, false, false))).isFalse();
        tunnel.undo();
        assertThat(log).isEmpty();
    }

    @Test
    void a_change_that_failed_is_undone_as_intended_even_after_a_crash() {
        Tunnel tunnel = begin();
        tunnel.apply(note("first"));
        assertThatThrownBy(() -> tunnel.apply(new Note("second", log, false, true, false)))
                .isInstanceOf(WirescaleException.class);
        reloaded().undo();
        assertThat(log).containsExactly("apply first", "apply second", "undo second intended", "undo first done");
    }

    @Test
    void a_step_that_fails_does_not_stop_the_undo() {
        Tunnel tunnel = begin();
        tunnel.apply(note("first"));
        tunnel.apply(new Note("second", log, false, false, true));
        tunnel.apply(note("third"));
        assertThat(tunnel.undo()).hasSize(1);
        assertThat(log).endsWith("undo third done", "undo second done", "undo first done");
        assertThat(file()).doesNotExist();
    }

    @Test
    void undo_goes_to_its_end_on_an_interrupted_thread_and_leaves_it_interrupted() {
        Tunnel tunnel = begin();
        tunnel.apply(note("first"));
        Thread.currentThread().interrupt();
        tunnel.undo();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(log).endsWith("undo first done");
    }

    @Test
    void another_change_takes_the_place_of_one_that_cannot_be_made() {
        Tunnel tunnel = begin();
        assertThat(tunnel.apply(new Note("kernel", log, false, true, false))).isTrue();
        assertThat(log).containsExactly("apply kernel", "undo kernel intended", "apply user");
        assertThat(tunnel.state().entries()).hasSize(1);
    }

    @Test
    void the_state_is_read_back_as_it_was_written() throws IOException {
        Tunnel tunnel = begin();
        tunnel.apply(note("first"));
        tunnel.update(state -> state.withWay(Way.TAKEOVER)
                .withIfindex(7)
                .withLink(new LinkSettings(
                        new Port(41641), Optional.of(Endpoint.parse("[2001:db8::7]:41642")), Optional.empty()))
                .withHandshake(1_800_000_000L)
                .withHandshake(1_700_000_000L));
        tunnel.finish();
        TunnelState read = reloaded().state();
        assertThat(read).isEqualTo(tunnel.state());
        assertThat(read.phase()).isEqualTo(Phase.UP);
        assertThat(read.lastHandshake()).isEqualTo(1_800_000_000L);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
                .isEqualTo("rw-------");
    }

    @Test
    void undoing_needs_no_new_file() throws IOException {
        Tunnel tunnel = begin();
        tunnel.apply(note("first"));
        tunnel.finish();
        List<Object> seen = new ArrayList<>();
        // A second name keeps the inode's number from being given to another file.
        Files.createLink(run.resolve("kept"), file());
        Object before = Files.getAttribute(file(), "unix:ino");
        Path file = file();
        Tunnel watched = Tunnel.load(folders, BOB, ChangeKinds.standard().with("note", json -> {
                    String name = json.text("name");
                    return new Watching(note(name), file, seen);
                }))
                .orElseThrow();
        watched.undo();
        assertThat(seen).containsOnly(before + " removing");
    }

    /** Notes the state file's inode and phase when it is undone. */
    private record Watching(Note note, Path file, List<Object> seen) implements Change {
        @Override
        public String kind() {
            return note.kind();
        }

        @Override
        public String describe() {
            return note.describe();
        }

        @Override
        public void write(ObjectNode json) {
            note.write(json);
        }

        @Override
        public Change apply(ChangeContext context) {
            return this;
        }

        @Override
        public void undo(ChangeContext context, Progress progress) {
            try {
                seen.add(Files.getAttribute(file, "unix:ino") + " "
                        + Files.readString(file).split("\"")[3]);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @Test
    void a_failed_recovery_goes_back_to_the_port_and_the_changes_of_before() {
        Tunnel tunnel = begin();
        tunnel.apply(note("old rule"));
        LinkSettings old =
                new LinkSettings(new Port(41641), Optional.of(Endpoint.parse("203.0.113.7:41641")), Optional.empty());
        tunnel.update(state -> state.withLink(old));
        tunnel.finish();
        tunnel.startRecovery();
        tunnel.apply(note("new rule"));
        tunnel.update(state -> state.withLink(new LinkSettings(new Port(50000), Optional.empty(), Optional.empty())));
        Tunnel crashed = reloaded();
        assertThat(crashed.state().phase()).isEqualTo(Phase.RECOVERING);
        // There is no link and no generated file in this test: both are told, and the rest goes on.
        assertThat(crashed.putBack()).hasSize(2);
        assertThat(log).endsWith("undo new rule done");
        assertThat(reloaded().state().link()).contains(old);
        assertThat(reloaded().state().phase()).isEqualTo(Phase.UP);
        assertThat(reloaded().state().entries()).hasSize(1);
    }

    @Test
    void how_recoveries_went_is_written_down() {
        Tunnel tunnel = begin();
        tunnel.update(state -> state.withLink(new LinkSettings(new Port(41641), Optional.empty(), Optional.empty())));
        tunnel.finish();
        assertThat(reloaded().state().recoveries()).isEqualTo(PastRecoveries.NONE);
        tunnel.startRecovery();
        tunnel.finish();
        PastRecoveries one = reloaded().state().recoveries();
        assertThat(one.last()).isCloseTo(Instant.now().getEpochSecond(), within(60L));
        assertThat(one).isEqualTo(new PastRecoveries(1, 0, one.last(), true));
        tunnel.startRecovery();
        tunnel.putBack();
        PastRecoveries two = reloaded().state().recoveries();
        assertThat(two).isEqualTo(new PastRecoveries(1, 1, two.last(), false));
    }

    @Test
    void the_file_of_a_tunnel_from_before_recoveries_were_counted_is_read() throws IOException {
        begin();
        assertThat(file()).content().doesNotContain("recoveries");
        assertThat(reloaded().state().recoveries()).isEqualTo(PastRecoveries.NONE);
    }

    @Test
    void a_recovery_that_went_well_retires_what_the_old_port_needed() {
        Tunnel tunnel = begin();
        tunnel.apply(note("old rule"));
        tunnel.update(state -> state.withLink(new LinkSettings(new Port(41641), Optional.empty(), Optional.empty())));
        tunnel.finish();
        tunnel.startRecovery();
        tunnel.apply(note("new rule"));
        tunnel.retire(note("old rule"));
        assertThat(tunnel.state().before().orElseThrow().entries()).isZero();
        tunnel.finish();
        assertThat(log).endsWith("undo old rule done");
        assertThat(reloaded().state().entries()).hasSize(1);
        assertThat(reloaded().state().before()).isEmpty();
    }

    @Test
    void the_file_of_another_boot_is_discarded() throws IOException {
        begin();
        Files.writeString(file(), Files.readString(file()).replace(BootId.current(), "another"));
        assertThat(Tunnel.load(folders, BOB, kinds())).isEmpty();
        assertThat(file()).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "null",
                "{\"phase\":\"up\"}",
                "{\"phase\":\"up\",\"phase\":\"up\"}",
                "\u0000",
            })
    void a_damaged_file_is_discarded(String text) throws IOException {
        Files.writeString(file(), text);
        assertThat(Tunnel.load(folders, BOB, kinds())).isEmpty();
        assertThat(file()).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"version\":1=\"version\":2",
                "\"phase\":\"building\"=\"phase\":\"built\"",
                "\"interface\":\"bob\"=\"interface\":\"eve\"",
                "\"kind\":\"note\"=\"kind\":\"shell\"",
                "\"kind\":\"note\"=\"extra\":1,\"kind\":\"note\"",
                "\"accept\":true=\"accept\":\"true\"",
                "\"suffix_number\":0=\"suffix_number\":0.5",
                "\"progress\":\"done\"=\"progress\":\"DONE\"",
                "\"addresses\":[\"100.64.0.2\"]=\"addresses\":[1]",
                "}=}}",
            })
    void a_file_with_anything_unexpected_is_discarded(String change) throws IOException {
        begin().apply(note("first"));
        String[] parts = change.split("=", 2);
        String text = Files.readString(file());
        assertThat(text).contains(parts[0]);
        Files.writeString(file(), text.replace(parts[0], parts[1]));
        assertThat(Tunnel.load(folders, BOB, kinds())).isEmpty();
    }

    @Test
    void what_is_no_file_or_far_too_large_is_discarded() throws IOException {
        Commands.output("mkfifo", file().toString());
        assertThat(Tunnel.load(folders, BOB, kinds())).isEmpty();
        assertThat(file()).doesNotExist();
        Files.createDirectory(file());
        assertThat(Tunnel.load(folders, BOB, kinds())).isEmpty();
        assertThat(file()).doesNotExist();
        Files.writeString(file(), " ".repeat((1 << 20) + 1));
        assertThat(Tunnel.load(folders, BOB, kinds())).isEmpty();
        assertThat(file()).doesNotExist();
    }

    @Test
    void a_link_in_place_of_the_file_is_not_followed() throws IOException {
        begin();
        Path elsewhere = run.resolve("elsewhere");
        Files.move(file(), elsewhere);
        Files.createSymbolicLink(file(), elsewhere);
        assertThat(Tunnel.load(folders, BOB, kinds())).isEmpty();
        assertThat(elsewhere).exists();
    }

    @Test
    void all_lists_the_tunnels_by_name_and_nothing_else() throws IOException {
        begin();
        Files.writeString(folders.control().resolve("tunnel-a b.json"), "{}");
        Files.writeString(folders.control().resolve("exit-node.json"), "{}");
        assertThat(Tunnel.all(folders)).extracting(Tunnel::interfaceName).containsExactly(BOB);
    }
}
