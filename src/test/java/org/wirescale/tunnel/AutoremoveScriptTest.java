package org.wirescale.tunnel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wirescale.os.Commands;

/** How the script watches: when a tunnel is taken for dead, and when its interface is gone. */
@Tag("netns")
final class AutoremoveScriptTest {
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
    void once_an_echo_was_answered_one_turn_and_a_burst_without_any_mean_dead(String shell) throws Exception {
        host.start(shell);
        host.pings("PING 10.96.0.2 (10.96.0.2) from 10.96.0.1 bob: 56(84) bytes of data.");
        host.answer();
        host.setClock(4);
        host.pings(ScriptHost.NO_ANSWER);
        host.awaitAttempts(1);
        assertThat(host.log())
                .contains(
                        "watching bob by its peer's address 10.96.0.2",
                        "10.96.0.2 answers through bob",
                        "nothing was received through bob for 4 s: the tunnel is dead",
                        "trying to recover bob (try 1 of 3)");
        assertThat(host.calls())
                .contains("ping -n -O -i 2 -I bob 10.96.0.2", ScriptHost.BURST)
                .containsOnlyOnce(ScriptHost.RECOVER);
    }

    @ParameterizedTest
    @ValueSource(strings = {ScriptHost.DASH, ScriptHost.BUSYBOX})
    void one_answer_in_a_burst_is_enough(String shell) throws Exception {
        host.write("burst", ScriptHost.ANSWER + "\n");
        host.start(shell);
        host.answer();
        for (int bursts = 1; bursts <= 3; bursts++) {
            host.pings(ScriptHost.NO_ANSWER);
            awaitBursts(bursts);
        }
        host.silence(1);
        assertThat(host.calls(ScriptHost.RECOVER)).isZero();
    }

    /** The burst has begun and nothing of it is left. */
    private void awaitBursts(int number) throws Exception {
        host.await(number + " bursts", () -> host.calls(ScriptHost.BURST) == number);
        host.await("the end of the burst", () -> host.near.pids().size() == 4);
        host.awaitAllRead();
    }

    /** A far end whose firewall begins to drop what ping sends, while data comes all the same. */
    @ParameterizedTest
    @ValueSource(strings = {ScriptHost.DASH, ScriptHost.BUSYBOX})
    void bytes_that_come_during_two_bursts_are_what_counts_from_then_on(String shell) throws Exception {
        host.program(
                "ping",
                "case $* in *' -c '*) echo KEY $(grep -c -e ' -c ' calls)99 9000 >received ;; *) exec cat pings ;; esac");
        host.start(shell);
        host.answer();
        host.pings(ScriptHost.NO_ANSWER);
        awaitBursts(1);
        host.pings(ScriptHost.NO_ANSWER);
        host.awaitLog("10.96.0.2 answers no more through bob");
        host.silence(12);
        assertThat(host.calls(ScriptHost.RECOVER)).isZero();
        assertThat(host.calls(ScriptHost.BURST)).isEqualTo(2);
        host.silence(1);
        host.awaitLog("is dead");
    }

    @ParameterizedTest
    @ValueSource(strings = {ScriptHost.DASH, ScriptHost.BUSYBOX})
    void where_nothing_was_ever_answered_13_turns_without_a_byte_mean_dead(String shell) throws Exception {
        host.kind = "kernel";
        host.start(shell);
        // The first turn tells how much was received before.
        host.silence(12);
        host.setClock(5);
        host.far.exec("ping -c 1 -W 1 10.96.0.1");
        host.silence(1);
        host.awaitLog("bob receives again, after 5 s");
        host.silence(12);
        assertThat(host.log()).doesNotContain("is dead");
        host.silence(1);
        host.awaitLog("nothing was received through bob for 0 s: the tunnel is dead");
        host.awaitAttempts(1);
        assertThat(host.calls(ScriptHost.BURST)).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {ScriptHost.DASH, ScriptHost.BUSYBOX})
    void what_wireguard_go_received_is_asked_of_wg_where_echoes_are_not_answered(String shell) throws Exception {
        host.start(shell);
        host.answer();
        assertThat(host.calls("wg")).isZero();
        host.pings("64 bytes from 10.96.0.2: icmp_seq=3 ttl=64 time=0.1 ms", 20);
        host.awaitAllRead();
        assertThat(host.calls("wg")).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {ScriptHost.DASH, ScriptHost.BUSYBOX})
    void keep_alives_of_wireguard_go_keep_it(String shell) throws Exception {
        host.start(shell);
        for (int i = 1; i <= 5; i++) {
            host.silence(10);
            host.received(100 * i);
        }
        assertThat(host.calls(ScriptHost.RECOVER)).isZero();
        assertThat(host.calls("wg show bob transfer")).isEqualTo(50);
    }

    @ParameterizedTest
    @ValueSource(strings = {ScriptHost.DASH, ScriptHost.BUSYBOX})
    void the_first_turn_after_a_standstill_does_not_count(String shell) throws Exception {
        host.start(shell);
        host.answer();
        host.setClock(3600);
        host.silence(1);
        assertThat(host.calls(ScriptHost.BURST)).isZero();
        host.pings(ScriptHost.NO_ANSWER);
        // The time in which nothing could be received is none.
        host.awaitLog("nothing was received through bob for 0 s: the tunnel is dead");
        assertThat(host.calls(ScriptHost.BURST)).isEqualTo(1);
    }

    @Test
    void a_burst_in_the_middle_of_which_the_machine_slept_tells_nothing() throws Exception {
        host.program("ping", "case $* in *' -c '*) exec cat held ;; *) exec cat pings ;; esac");
        Commands.output("mkfifo", folder.resolve("held").toString());
        host.start(ScriptHost.DASH);
        host.answer();
        host.pings(ScriptHost.NO_ANSWER);
        host.await("a burst", () -> host.calls(ScriptHost.BURST) == 1);
        host.setClock(3600);
        host.silence(1);
        host.await("the end of the burst", () -> host.near.pids().size() == 4);
        host.awaitAllRead();
        assertThat(host.log()).doesNotContain("is dead");
    }

    @ParameterizedTest
    @ValueSource(strings = {ScriptHost.DASH, ScriptHost.BUSYBOX})
    void a_check_asks_at_once_and_several_of_them_once(String shell) throws Exception {
        host.start(shell);
        host.answer();
        host.event("check\ncheck\ncheck");
        host.awaitAttempts(1);
        assertThat(host.calls(ScriptHost.BURST)).isEqualTo(1);
        assertThat(host.log()).contains("is dead");
    }

    @ParameterizedTest
    @ValueSource(strings = {ScriptHost.DASH, ScriptHost.BUSYBOX})
    void a_check_gives_a_far_end_that_answers_nothing_6_turns(String shell) throws Exception {
        host.start(shell);
        host.silence(3);
        host.event("check");
        host.silence(5);
        host.received(7);
        // Then it has 13 again.
        host.silence(1 + 12);
        assertThat(host.log()).doesNotContain("is dead");
        host.event("check");
        host.silence(5);
        assertThat(host.log()).doesNotContain("is dead");
        host.silence(1);
        assertThat(host.log()).contains("is dead");
        assertThat(host.calls(ScriptHost.BURST)).isZero();
    }

    @Test
    void a_slow_link_has_more_time_to_answer() throws Exception {
        host.start(ScriptHost.DASH);
        host.pings("64 bytes from 10.96.0.2: icmp_seq=1 ttl=64 time=812 ms");
        host.silence(1);
        host.awaitAttempts(1);
        assertThat(host.calls()).contains(ScriptHost.BURST.replace("0.300", "1.624"));
    }

    @ParameterizedTest
    @ValueSource(strings = {ScriptHost.DASH, ScriptHost.BUSYBOX})
    void behind_two_NATs_tailscale_is_asked_every_4_minutes_for_an_hour(String shell) throws Exception {
        host.nat = "nat";
        host.start(shell);
        for (int i = 1; i <= 17; i++) {
            int asked = Math.min(i, 15);
            host.pings(ScriptHost.ANSWER, 120);
            host.awaitAllRead();
            host.await("ping number " + asked, () -> host.calls("tailscale") == asked);
            host.await("its end", () -> host.near.pids().size() == 4);
        }
        assertThat(host.calls()).contains("tailscale ping -c 1 --timeout 2s 100.64.0.2");
    }

    @Test
    void elsewhere_tailscale_is_not_asked() throws Exception {
        host.start(ScriptHost.DASH);
        host.pings(ScriptHost.ANSWER, 240);
        host.awaitAllRead();
        assertThat(host.calls("tailscale")).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {ScriptHost.DASH, ScriptHost.BUSYBOX})
    void an_interface_taken_away_by_others_is_undone_at_once(String shell) throws Exception {
        host.recreateTries = 2;
        Process script = host.start(shell);
        host.answer();
        host.awaitMonitor();
        long start = System.nanoTime();
        host.near.ip("link del bob");
        host.awaitEnd(script);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(1));
        assertThat(host.log()).contains("the interface bob is gone: undoing what is left of its tunnel");
        assertThat(host.isDown()).isTrue();
        // Nobody wants it back.
        assertThat(host.calls("systemd-run")).isZero();
        host.awaitNothingLeft();
    }

    @Test
    void after_wirescale_down_it_just_ends() throws Exception {
        Process script = host.start(ScriptHost.DASH);
        host.answer();
        host.awaitMonitor();
        Files.delete(host.state());
        host.near.ip("link del bob");
        host.awaitEnd(script);
        assertThat(host.isDown()).isFalse();
        host.awaitNothingLeft();
    }

    @ParameterizedTest
    @ValueSource(strings = {ScriptHost.DASH, ScriptHost.BUSYBOX})
    void a_new_interface_of_the_same_name_is_left_alone(String shell) throws Exception {
        Process script = host.start(shell);
        host.answer();
        host.awaitMonitor();
        ProcessHandle handle = descendant(script, "autoremove-bob.sh");
        Commands.output("kill", "-STOP", Long.toString(handle.pid()));
        host.near.ip("link del bob");
        host.connect();
        Commands.output("kill", "-CONT", Long.toString(handle.pid()));
        host.awaitEnd(script);
        assertThat(host.isDown()).isFalse();
        assertThat(script.exitValue()).isZero();
    }

    /** {@code ip netns exec} becomes the shell. */
    private static ProcessHandle descendant(Process process, String word) {
        return Stream.concat(Stream.of(process.toHandle()), process.descendants())
                .filter(handle -> handle.info().commandLine().orElse("").contains(word))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void another_boots_or_another_interface_is_not_watched() throws Exception {
        Process other = host.start(ScriptHost.DASH, "4711");
        host.awaitEnd(other);
        host.bootId = "00000000-0000-0000-0000-000000000000";
        Process earlier = host.start(ScriptHost.DASH);
        host.awaitEnd(earlier);
        assertThat(host.calls()).isEmpty();
        assertThat(other.exitValue() + earlier.exitValue()).isZero();
    }

    @Test
    void a_ping_that_ends_is_started_again() throws Exception {
        host.realProgram("sleep");
        host.program("ping", "echo 'ping: no such thing' >&2");
        host.start(ScriptHost.DASH);
        host.await("a second ping", () -> host.calls("ping -n -O") == 2);
        assertThat(host.log()).containsOnlyOnce("ping: no such thing");
    }

    @ParameterizedTest
    @ValueSource(strings = {ScriptHost.DASH, ScriptHost.BUSYBOX})
    void ends_with_everything_that_it_started_when_it_is_stopped(String shell) throws Exception {
        host.fragileRm();
        Process script = host.start(shell);
        host.answer();
        host.awaitMonitor();
        script.destroy();
        host.awaitEnd(script);
        assertThat(host.isDown()).isFalse();
        host.awaitNothingLeft();
    }

    /** With the real ping: what all of its processes have for themselves. */
    @Test
    void needs_no_more_than_2_MB() throws Exception {
        host.realProgram("ping");
        host.start(ScriptHost.DASH);
        host.awaitLog("10.96.0.2 answers through bob");
        host.awaitMonitor();
        long kilobytes = 0;
        for (String pid : host.near.pids()) {
            kilobytes += Files.readString(Path.of("/proc", pid, "smaps_rollup"))
                    .lines()
                    .filter(line -> line.startsWith("Private_"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                    .sum();
        }
        assertThat(kilobytes).isBetween(100L, 2048L);
    }

    @Test
    void is_clean_by_shellcheck() {
        Commands.output("shellcheck", AutoremoveUnitChange.script(host.context).toString());
    }
}
