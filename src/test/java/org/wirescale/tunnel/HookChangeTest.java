package org.wirescale.tunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wirescale.config.Hooks;
import org.wirescale.model.WirescaleException;
import org.wirescale.tunnel.HookChange.Moment;

final class HookChangeTest {
    private static final HookRunner DIRECT = new HookRunner(false, Duration.ofSeconds(20));

    @TempDir
    Path folder;

    private ChangeContext context;

    @BeforeEach
    void prepare() throws IOException {
        context = Contexts.in(folder, "bob");
        Files.createDirectories(context.folders().control());
    }

    /** A hook that notes a word, in the order in which hooks run. */
    private String note(String word) {
        return "echo '" + word + "' >>" + folder.resolve("notes");
    }

    private List<String> notes() throws IOException {
        Path notes = folder.resolve("notes");
        return Files.exists(notes) ? Files.readAllLines(notes) : List.of();
    }

    private Hooks all() {
        return new Hooks(
                List.of(note("PreUp 1"), note("PreUp 2")),
                List.of(note("PostUp 1"), note("PostUp 2")),
                List.of(note("PreDown 1"), note("PreDown 2")),
                List.of(note("PostDown 1"), note("PostDown 2")));
    }

    private static HookChange change(Moment moment) {
        return new HookChange(moment, "defe22", Optional.empty());
    }

    private void before(Hooks hooks) {
        new HookChange(Moment.BEFORE_LINK, "defe22", Optional.of(new HookChange.Texts(hooks))).apply(context, DIRECT);
    }

    private void apply(Moment moment) {
        change(moment).apply(context, DIRECT);
    }

    private void undo(Moment moment) {
        change(moment).undo(context, DIRECT);
    }

    private Hooks preUp(String hook) {
        return new Hooks(List.of(hook), List.of(), List.of(), List.of());
    }

    private Hooks postUpAndDown(String up) {
        return new Hooks(List.of(), List.of(up), List.of(note("PreDown")), List.of(note("PostDown")));
    }

    @Test
    void hooks_run_in_the_order_of_wg_quick() throws Exception {
        before(all());
        apply(Moment.WITH_LINK);
        assertThat(notes()).containsExactly("PreUp 1", "PreUp 2");
        apply(Moment.AFTER_HANDSHAKE);
        undo(Moment.AFTER_HANDSHAKE);
        undo(Moment.WITH_LINK);
        undo(Moment.BEFORE_LINK);
        assertThat(notes())
                .containsExactly(
                        "PreUp 1",
                        "PreUp 2",
                        "PostUp 1",
                        "PostUp 2",
                        "PreDown 1",
                        "PreDown 2",
                        "PostDown 1",
                        "PostDown 2");
    }

    private static List<Moment> moments(List<Change> changes) {
        return changes.stream().map(change -> ((HookChange) change).moment()).toList();
    }

    @Test
    void the_plan_puts_each_at_its_moment() {
        HookChange.Plan plan = HookChange.plan(all(), "defe22");
        assertThat(moments(plan.beforeLink())).containsExactly(Moment.BEFORE_LINK);
        assertThat(moments(plan.withLink())).containsExactly(Moment.WITH_LINK);
        assertThat(moments(plan.afterHandshake())).containsExactly(Moment.AFTER_HANDSHAKE);
        assertThat(HookChange.plan(Hooks.NONE, "defe22")).isEqualTo(HookChange.Plan.NONE);
    }

    @Test
    void ten_hooks_keep_their_order() throws Exception {
        before(new Hooks(
                java.util.stream.IntStream.rangeClosed(1, 11)
                        .mapToObj(number -> note("" + number))
                        .toList(),
                List.of(),
                List.of(),
                List.of()));
        assertThat(notes()).containsExactly("1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "printf %s 'a=b; c%d \"q\" \\ #no $(comment)'",
                "x='$HOME'; [[ $x == @(\\$HOME|other) ]] && printf %s \"$x\"",
                "case $INTERFACE in +([a-z])) printf yes ;; esac",
                "printf '%s\\n' one two | (read -r a; read -r b; printf %s \"$b$a\")",
                "[ -z \"$(cat)\" ] && printf %s \"$LC_ALL $INTERFACE\"",
                "printf %s \u00e4\u20ac"
            })
    void text_reaches_bash_as_it_is(String hook) throws Exception {
        Path ours = folder.resolve("ours");
        before(preUp("{ " + hook + "; } >" + ours));
        ProcessBuilder wgQuick = new ProcessBuilder(
                        "bash",
                        "-c",
                        "set -e -o pipefail; shopt -s extglob; export LC_ALL=C; INTERFACE=bob; (eval \"$1\")",
                        "wg-quick",
                        hook)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(folder.resolve("theirs").toFile());
        assertThat(wgQuick.start().waitFor()).isZero();
        assertThat(ours).hasSameBinaryContentAs(folder.resolve("theirs"));
        assertThat(ours).isNotEmptyFile();
    }

    @Test
    void the_configuration_file_is_named_without_links() throws Exception {
        Path real = Files.createDirectories(folder.resolve("real"));
        context = Contexts.in(folder, "bob");
        Files.delete(context.folders().control());
        Files.delete(context.folders().run());
        Files.createSymbolicLink(context.folders().run(), real);
        Files.createDirectories(context.folders().control());
        Files.createFile(real.resolve("bob.conf"));
        before(preUp("echo \"$CONFIG_FILE\" >>" + folder.resolve("notes")));
        assertThat(notes())
                .containsExactly(real.toRealPath().resolve("bob.conf").toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"false; true", "false | true", "exit 3", "if", "kill -9 $$"})
    void a_hook_that_fails_is_an_error(String hook) {
        assertThatThrownBy(() -> before(preUp(hook)))
                .isInstanceOfSatisfying(
                        WirescaleException.class, e -> assertThat(e.reason()).isEqualTo(TunnelReason.HOOK_FAILED))
                .hasMessageContaining("the hook PreUp of 'bob' failed with exit code");
    }

    @Test
    void no_further_hook_runs_after_one_that_failed_on_the_way_up() throws Exception {
        assertThatThrownBy(() -> before(
                        new Hooks(List.of("exit 1", note("second")), List.of(), List.of(), List.of(note("PostDown")))))
                .isInstanceOf(WirescaleException.class);
        assertThat(notes()).isEmpty();
        undo(Moment.BEFORE_LINK);
        assertThat(notes()).containsExactly("PostDown");
    }

    @Test
    void every_hook_runs_on_the_way_down_even_after_one_that_failed() throws Exception {
        before(new Hooks(List.of(note("PreUp")), List.of(), List.of(), List.of("exit 1", note("second"))));
        assertThatThrownBy(() -> undo(Moment.BEFORE_LINK)).hasMessageContaining("PostDown");
        assertThat(notes()).containsExactly("PreUp", "second");
        assertThat(HookChange.folder(context)).doesNotExist();
    }

    @Test
    void nothing_runs_on_the_way_down_when_no_up_hook_had_begun() throws Exception {
        before(postUpAndDown(note("PostUp")));
        apply(Moment.WITH_LINK);
        undo(Moment.WITH_LINK);
        undo(Moment.BEFORE_LINK);
        assertThat(notes()).isEmpty();
        assertThat(HookChange.folder(context)).doesNotExist();
    }

    @Test
    void all_run_on_the_way_down_when_an_up_hook_had_begun_and_failed() throws Exception {
        before(postUpAndDown("exit 1"));
        apply(Moment.WITH_LINK);
        assertThatThrownBy(() -> apply(Moment.AFTER_HANDSHAKE)).isInstanceOf(WirescaleException.class);
        undo(Moment.AFTER_HANDSHAKE);
        undo(Moment.WITH_LINK);
        undo(Moment.BEFORE_LINK);
        assertThat(notes()).containsExactly("PreDown", "PostDown");
    }

    /** As with wg-quick, a tunnel that stood has its down hooks run, even if it has no others. */
    @Test
    void down_hooks_alone_run_once_the_tunnel_stood() throws Exception {
        before(new Hooks(List.of(), List.of(), List.of(note("PreDown")), List.of(note("PostDown"))));
        apply(Moment.WITH_LINK);
        apply(Moment.AFTER_HANDSHAKE);
        undo(Moment.AFTER_HANDSHAKE);
        undo(Moment.WITH_LINK);
        undo(Moment.BEFORE_LINK);
        assertThat(notes()).containsExactly("PreDown", "PostDown");
    }

    @Test
    void undoing_again_runs_nothing_twice() throws Exception {
        before(all());
        undo(Moment.WITH_LINK);
        undo(Moment.WITH_LINK);
        undo(Moment.BEFORE_LINK);
        undo(Moment.BEFORE_LINK);
        assertThat(notes()).containsExactly("PreUp 1", "PreUp 2", "PreDown 1", "PreDown 2", "PostDown 1", "PostDown 2");
    }

    @Test
    void texts_are_in_files_that_only_root_can_read_and_nowhere_else() throws Exception {
        before(new Hooks(
                List.of("tr '\\0' ' ' </proc/$$/cmdline >>" + folder.resolve("notes") + "; env >>"
                        + folder.resolve("notes") + "; : secret"),
                List.of("secret"),
                List.of(),
                List.of()));
        assertThat(String.join("\n", notes())).contains("bash").doesNotContain("secret");
        Path hooks = HookChange.folder(context);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(hooks)))
                .isEqualTo("rwx------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(hooks.resolve("PostUp-1"))))
                .isEqualTo("rw-------");
        HookChange withTexts = new HookChange(Moment.BEFORE_LINK, "defe22", Optional.of(new HookChange.Texts(all())));
        assertThat(withTexts + withTexts.describe()).doesNotContain("echo");
        assertThat(StateCopy.of(withTexts, HookChange::read)).isEqualTo(change(Moment.BEFORE_LINK));
    }

    @Test
    void a_hook_that_does_not_end_is_killed_with_what_it_started() throws Exception {
        HookRunner impatient = new HookRunner(false, Duration.ofSeconds(1));
        HookChange change = new HookChange(
                Moment.BEFORE_LINK,
                "defe22",
                Optional.of(
                        new HookChange.Texts(preUp("echo $$ >>" + folder.resolve("notes") + "; sleep 1000; true"))));
        assertThatThrownBy(() -> change.apply(context, impatient))
                .isInstanceOfSatisfying(
                        WirescaleException.class, e -> assertThat(e.reason()).isEqualTo(TunnelReason.HOOK_TIMED_OUT));
        long bash = Long.parseLong(notes().getFirst());
        ProcessHandle.of(bash).ifPresent(handle -> handle.onExit().join());
    }
}
