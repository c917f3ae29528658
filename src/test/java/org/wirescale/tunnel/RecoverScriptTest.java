package org.wirescale.tunnel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the script does with a dead tunnel, by what {@code wirescale recover} ends with. */
@Tag("netns")
final class RecoverScriptTest {
    /** One try is that many turns. */
    private static final int TRY = 15;

    @TempDir
    Path folder;

    private ScriptHost host;

    @BeforeEach
    void prepare() throws Exception {
        host = new ScriptHost(folder);
    }

    @AfterEach
    void end() throws Exception {
        host.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {ScriptHost.DASH, ScriptHost.BUSYBOX})
    void a_recovered_tunnel_is_watched_again(String shell) throws Exception {
        host.codes(0, 0, 0, 0);
        host.start(shell);
        for (int i = 1; i <= 4; i++) {
            host.answer();
            host.pings(ScriptHost.NO_ANSWER);
            host.awaitAttempts(i);
            assertThat(host.log()).doesNotContain("try 2");
        }
        assertThat(host.log()).contains("bob is recovered");
    }

    /** Should the daemon be wrong, this is no endless play. Since no echo was answered, bytes are what counts. */
    @Test
    void a_tunnel_that_is_recovered_and_receives_nothing_is_given_up() throws Exception {
        host.codes(0, 0, 0);
        Process script = host.start(ScriptHost.DASH);
        host.die();
        for (int attempt = 2; attempt <= 3; attempt++) {
            // No echo has been answered since: its far end's firewall may have begun to drop them, so bytes are what
            // counts.
            host.silence(12);
            assertThat(host.calls(ScriptHost.RECOVER)).isEqualTo(attempt - 1);
            host.pings(ScriptHost.NO_ANSWER);
            host.awaitAttempts(attempt);
        }
        host.pings(ScriptHost.NO_ANSWER, 13);
        host.awaitEnd(script);
        assertThat(host.log()).contains("try 3 of 3", "could not be recovered in 3 tries");
        assertThat(host.isDown()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {ScriptHost.DASH, ScriptHost.BUSYBOX})
    void tries_again_after_1_1_2_2_turns_and_takes_it_down_after_the_last_try(String shell) throws Exception {
        host.recoverTries = 2;
        Process script = host.start(shell);
        String index = host.ifindex();
        host.die();
        int attempts = 1;
        for (int turn = 1; turn <= 2 * (TRY + 1); turn++) {
            boolean due = turn <= 2 || turn % 2 == 0;
            host.pings(ScriptHost.NO_ANSWER);
            if (due) {
                attempts++;
                host.awaitLog("attempt " + attempts + ".");
            }
            if (turn == 2 * (TRY + 1)) {
                break;
            }
            host.awaitAllRead();
            assertThat(host.calls(ScriptHost.RECOVER)).as("turn %d", turn).isEqualTo(attempts);
            assertThat(host.log().contains("try 2 of 2")).isEqualTo(turn > TRY);
        }
        host.awaitEnd(script);
        assertThat(host.log()).contains("giving up: bob could not be recovered in 2 tries", "taking bob down");
        assertThat(host.read("downs")).isEqualTo(index + "\n");
        assertThat(host.calls("systemd-run")).isZero();
        assertThat(script.exitValue()).isZero();
        host.awaitNothingLeft();
    }

    @ParameterizedTest
    @ValueSource(strings = {ScriptHost.DASH, ScriptHost.BUSYBOX})
    void without_tries_it_is_taken_down_after_a_second_burst(String shell) throws Exception {
        host.recoverTries = 0;
        Process script = host.start(shell);
        host.answer();
        host.pings(ScriptHost.NO_ANSWER);
        host.awaitEnd(script);
        assertThat(host.isDown()).isTrue();
        assertThat(host.calls(ScriptHost.BURST)).isEqualTo(2);
        assertThat(host.calls(ScriptHost.RECOVER)).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {ScriptHost.DASH, ScriptHost.BUSYBOX})
    void without_limit_it_goes_on_less_often_after_ten_minutes(String shell) throws Exception {
        host.recoverTries = -1;
        host.start(shell);
        host.die();
        for (int turn = 1; turn <= 300; turn++) {
            host.pings(ScriptHost.NO_ANSWER);
            if (turn <= 2 || turn % 2 == 0) {
                host.awaitLog("attempt " + (turn <= 2 ? turn + 1 : turn / 2 + 2) + ".");
            }
        }
        long attempts = host.calls(ScriptHost.RECOVER);
        host.silence(13);
        assertThat(host.calls(ScriptHost.RECOVER)).isEqualTo(attempts);
        host.silence(1);
        host.awaitLog("attempt " + (attempts + 1) + ".");
        assertThat(host.log()).contains("(try 1)", "(try 2)", "(try 3)").doesNotContain("(try 4)");
        assertThat(host.isDown()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 77})
    void another_exit_code_gives_it_up_at_once(int code) throws Exception {
        host.codes(code);
        Process script = host.start(ScriptHost.DASH);
        host.answer();
        host.pings(ScriptHost.NO_ANSWER);
        host.awaitEnd(script);
        assertThat(host.log()).contains("giving up: 'wirescale recover bob' ended with code " + code);
        assertThat(host.calls(ScriptHost.RECOVER)).isEqualTo(1);
        assertThat(host.isDown()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {127, 134, 143})
    void a_program_that_is_being_replaced_is_tried_again(int code) throws Exception {
        host.codes(code, 0);
        host.start(ScriptHost.DASH);
        host.die();
        host.pings(ScriptHost.NO_ANSWER);
        host.awaitLog("bob is recovered");
    }

    @ParameterizedTest
    @ValueSource(strings = {ScriptHost.DASH, ScriptHost.BUSYBOX})
    void offline_turns_do_not_count(String shell) throws Exception {
        host.recoverTries = 1;
        host.codes(6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 0);
        host.start(shell);
        host.die();
        for (int attempt = 2; attempt <= 21; attempt++) {
            host.silence(1);
            assertThat(host.calls(ScriptHost.RECOVER)).isEqualTo(attempt - 1);
            host.pings(ScriptHost.NO_ANSWER);
            host.awaitAttempts(attempt);
        }
        host.awaitLog("bob is recovered");
    }

    @ParameterizedTest
    @ValueSource(strings = {ScriptHost.DASH, ScriptHost.BUSYBOX})
    void a_tunnel_that_is_not_dead_after_all_has_25_s_again_and_five_of_these_in_a_row_are_one_try(String shell)
            throws Exception {
        host.recoverTries = 1;
        host.codes(5, 5, 5, 5, 5);
        Process script = host.start(shell);
        host.die();
        for (int attempt = 2; attempt <= 5; attempt++) {
            assertThat(host.log()).contains("bob is not dead after all");
            host.silence(12);
            assertThat(host.calls(ScriptHost.RECOVER)).isEqualTo(attempt - 1);
            host.pings(ScriptHost.NO_ANSWER);
            host.awaitLog("attempt " + attempt + ".");
        }
        host.awaitEnd(script);
        assertThat(host.isDown()).isTrue();
    }

    @Test
    void news_in_between_begin_the_five_anew() throws Exception {
        host.recoverTries = 1;
        host.codes(5, 5, 5, 5, 5, 5, 5, 5);
        host.start(ScriptHost.DASH);
        host.die();
        for (int attempt = 2; attempt <= 8; attempt++) {
            host.received(attempt * 100);
            host.pings(ScriptHost.NO_ANSWER, 14);
            host.awaitAttempts(attempt);
        }
        assertThat(host.isDown()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {ScriptHost.DASH, ScriptHost.BUSYBOX})
    void an_answer_in_a_pause_is_its_own_recovery(String shell) throws Exception {
        host.recoverTries = 2;
        host.start(shell);
        host.die();
        host.setClock(3);
        host.answer();
        assertThat(host.log()).contains("bob lives again, after 3 s");
        host.pings(ScriptHost.ANSWER, 20);
        host.awaitAllRead();
        assertThat(host.calls(ScriptHost.RECOVER)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {ScriptHost.DASH, ScriptHost.BUSYBOX})
    void bytes_in_a_pause_are_where_nothing_is_ever_answered(String shell) throws Exception {
        host.start(shell);
        host.silence(13);
        host.pings(ScriptHost.NO_ANSWER);
        host.awaitAttempts(1);
        host.received(1000);
        host.silence(1);
        assertThat(host.log()).contains("bob lives again");
        host.silence(12);
        assertThat(host.calls(ScriptHost.RECOVER)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void an_answer_during_an_attempt_is_worth_more_than_its_failure(int code) throws Exception {
        holdRecover(code);
        host.start(ScriptHost.DASH);
        host.answer();
        host.pings(ScriptHost.NO_ANSWER);
        host.await("an attempt", () -> host.calls(ScriptHost.RECOVER) == 1);
        host.answer();
        host.write("release", "");
        host.awaitLog("bob lives again");
        assertThat(host.isDown()).isFalse();
    }

    /** An attempt that ends when the file {@code release} is there. */
    private void holdRecover(int code) throws Exception {
        host.program(
                "wirescale", "[ $1 = recover ] || exit 0; until [ -e release ]; do sleep 0.01; done; exit " + code);
        host.realProgram("sleep");
    }

    @Test
    void an_attempt_that_does_not_end_is_ended_after_three_minutes() throws Exception {
        holdRecover(0);
        host.start(ScriptHost.DASH);
        host.answer();
        host.pings(ScriptHost.NO_ANSWER);
        host.await("an attempt", () -> host.calls(ScriptHost.RECOVER) == 1);
        host.silence(90);
        host.awaitLog("'wirescale recover bob' has not ended for 180 s: ending it");
        host.silence(2);
        host.write("release", "");
        host.awaitLog("bob is recovered");
        assertThat(host.calls(ScriptHost.RECOVER)).isEqualTo(2);
    }

    @Test
    void a_check_cuts_a_pause_short() throws Exception {
        host.start(ScriptHost.DASH);
        host.die();
        host.setClock(2);
        host.event("check");
        host.awaitAttempts(2);
        // But not when there was one just now.
        host.event("check");
        host.awaitAllRead();
        assertThat(host.calls(ScriptHost.RECOVER)).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {ScriptHost.DASH, ScriptHost.BUSYBOX})
    void the_same_reason_is_told_once(String shell) throws Exception {
        host.write("said", "defe22 - One reason\nError: with two lines\n");
        host.start(shell);
        host.answer();
        host.pings(ScriptHost.NO_ANSWER);
        host.awaitLog("two lines");
        for (int attempts = 2; attempts <= 5; attempts++) {
            host.write("said", "abcd0" + attempts + " - One reason\nError: with two lines\n");
            awaitAnother(attempts);
        }
        host.write("said", "defe22 - Another reason\n");
        awaitAnother(6);
        host.awaitLog("Another reason");
        assertThat(host.log()).containsOnlyOnce("One reason").containsOnlyOnce("Error: with two lines");
        host.codes(0);
        awaitAnother(7);
        host.awaitLog("bob is recovered");
        assertThat(host.log().split("Another reason")).hasSize(3);
    }

    /** Turns until there is one that tells nothing new. */
    private void awaitAnother(int attempts) throws Exception {
        while (host.calls(ScriptHost.RECOVER) < attempts) {
            host.silence(1);
        }
        host.await("its end", () -> host.near.pids().size() == 4);
    }

    @ParameterizedTest
    @ValueSource(strings = {ScriptHost.DASH, ScriptHost.BUSYBOX})
    void stopped_in_the_middle_of_an_attempt_it_leaves_nothing_running(String shell) throws Exception {
        holdRecover(0);
        Process script = host.start(shell);
        host.answer();
        host.pings(ScriptHost.NO_ANSWER);
        host.await("an attempt", () -> host.calls(ScriptHost.RECOVER) == 1);
        script.destroy();
        host.awaitEnd(script);
        assertThat(host.isDown()).isFalse();
        host.awaitNothingLeft();
    }

    @ParameterizedTest
    @ValueSource(strings = {ScriptHost.DASH, ScriptHost.BUSYBOX})
    void an_interface_that_goes_away_in_the_middle_of_an_attempt_ends_it(String shell) throws Exception {
        holdRecover(0);
        Process script = host.start(shell);
        host.answer();
        host.awaitMonitor();
        host.pings(ScriptHost.NO_ANSWER);
        host.await("an attempt", () -> host.calls(ScriptHost.RECOVER) == 1);
        Files.delete(host.state());
        host.near.ip("link del bob");
        host.awaitEnd(script);
        assertThat(script.exitValue()).isZero();
        host.awaitNothingLeft();
    }

    @Test
    void taking_down_is_tried_again_when_it_fails() throws Exception {
        host.recoverTries = 0;
        Path busy = Files.createFile(folder.resolve("busy"));
        host.program("wirescale", "[ ! -e " + busy + " ]");
        host.program("sleep", "rm -f " + busy);
        Process script = host.start(ScriptHost.DASH);
        host.answer();
        host.pings(ScriptHost.NO_ANSWER);
        host.awaitEnd(script);
        assertThat(host.calls().stream().filter(line -> !line.startsWith("ping") && !line.startsWith("wg")))
                .containsExactly("wirescale down bob", "sleep 5", "wirescale down bob");
        assertThat(script.exitValue()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {ScriptHost.DASH, ScriptHost.BUSYBOX})
    void one_that_is_to_be_built_anew_leaves_that_to_a_unit(String shell) throws Exception {
        host.recoverTries = 0;
        host.recreateTries = 2;
        String text = Files.readString(AutoremoveUnitChange.script(host.context));
        // What "wirescale down" removes.
        host.program("wirescale", "rm run/control/tunnel-bob.json run/control/autoremove-bob.*");
        Process script = host.start(shell);
        host.answer();
        host.pings(ScriptHost.NO_ANSWER);
        host.awaitEnd(script);
        assertThat(host.calls().getLast())
                .startsWith("systemd-run --quiet --collect --unit=recreate-bob.service --description=")
                .contains("--property=SyslogIdentifier=recreate-bob")
                .endsWith(" -- /bin/sh " + host.copy() + " recreate bob 100.64.0.2 2 --interface=bob --no-suffix");
        assertThat(host.copy()).hasContent(text);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(host.copy())))
                .isEqualTo("rw-------");
        host.awaitNothingLeft();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // A user's own "wirescale down", meanwhile or just before.
                "rm -f run/control/tunnel-bob.json run/control/recreate-bob.sh",
                "rm -f run/control/tunnel-bob.json; exit 1"
            })
    void one_that_its_user_took_down_meanwhile_is_not_built_anew(String down) throws Exception {
        host.recoverTries = 0;
        host.recreateTries = 2;
        host.program("wirescale", down);
        Process script = host.start(ScriptHost.DASH);
        host.answer();
        host.pings(ScriptHost.NO_ANSWER);
        host.awaitEnd(script);
        assertThat(host.calls("systemd-run")).isZero();
        assertThat(host.copy()).doesNotExist();
        assertThat(script.exitValue()).isZero();
    }
}
