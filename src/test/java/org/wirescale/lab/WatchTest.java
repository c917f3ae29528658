package org.wirescale.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the units that watch a tunnel take for its end, and what they do then. */
@LabTest
final class WatchTest extends AliceAndBob {
    private static final String NO_ECHO = "INPUT -p icmp -j DROP";

    /** Without any other traffic keep-alives are all that comes, one each 10 s. */
    private static final Duration QUIET = Duration.ofSeconds(75);

    private static final Duration SOON = Duration.ofSeconds(20);

    /** What the watching unit and the daemon said of a tunnel's death and recovery. */
    private static List<String> alarms(Journal journal) {
        return journal.entries().stream()
                .filter(entry ->
                        entry.unit().startsWith("wirescaled") || entry.unit().startsWith("autoremove"))
                .map(Journal.Entry::message)
                .filter(line -> line.contains("nothing was received") || line.contains("recover"))
                .toList();
    }

    private static List<String> unit(Journal journal, String unit) {
        return journal.entries().stream()
                .filter(entry -> entry.unit().equals(unit + ".service"))
                .map(Journal.Entry::message)
                .toList();
    }

    /** Nobody touched the interface. */
    private static void assertNothingModified(Journal... journals) {
        assertThat(Stream.of(journals)
                        .flatMap(journal -> journal.daemonLines().stream())
                        .collect(Collectors.toList()))
                .noneMatch(line -> line.contains("Modifying WireGuard interface"));
    }

    private static void awaitAge(Host host, String unit, Duration age) {
        Await.until(
                age.plusSeconds(30),
                "the age of " + unit,
                () -> Long.parseLong(host.sh("echo $(( $(cut -d. -f1 /proc/uptime) -"
                                + " $(systemctl show -P ActiveEnterTimestampMonotonic " + unit
                                + ".service) / 1000000 ))"))
                        >= age.toSeconds());
    }

    /** Both at once: they take a while. Ten minutes would tell no more, since nothing is ever counted for longer than 26 s. */
    @Test
    void a_tunnel_without_traffic_and_one_whose_far_end_answers_no_echo_are_left_in_peace() {
        Host carol = lab.carol();
        lab.pair(alice, carol, "10.78.0");
        bob.sh("iptables -w -I " + NO_ECHO);
        List<Journal> journals = List.of(alice.journal(), bob.journal(), carol.journal());
        alice.upgrade("bob").expect(0);
        alice.upgrade("carol").expect(0);
        awaitAge(alice, "autoremove-carol", QUIET);
        assertThat(journals.stream().flatMap(journal -> alarms(journal).stream()))
                .isEmpty();
        assertThat(unit(journals.getFirst(), "autoremove-bob"))
                .hasSize(1)
                .allMatch(line -> line.contains("watching bob"));
        assertThat(unit(journals.getFirst(), "autoremove-carol"))
                .hasSize(2)
                .anyMatch(line -> line.contains("10.78.0.2 answers through carol"));
    }

    @Test
    void a_far_end_that_begins_to_answer_no_echo_is_found_alive() {
        alice.upgrade("bob").expect(0);
        Tunnels.assertWhole(alice, bob);
        Journal hers = alice.journal();
        Journal his = bob.journal();
        bob.sh("iptables -w -I " + NO_ECHO);
        Await.until(
                SOON,
                "the look at the tunnel",
                () -> unit(hers, "autoremove-bob").stream()
                        .anyMatch(line -> line.matches(
                                ".*(answers no more through bob, which receives|bob is not dead after all).*")));
        Journal later = alice.journal();
        awaitAge(alice, "autoremove-bob", QUIET);
        assertThat(alarms(later)).isEmpty();
        assertNothingModified(hers, his);
        bob.sh("iptables -w -D " + NO_ECHO);
        Tunnels.assertWhole(alice, bob);
    }

    @Test
    void a_machine_that_stood_still_for_30_s_has_no_recovery() {
        alice.upgrade("bob").expect(0);
        Tunnels.assertWhole(alice, bob);
        Journal hers = alice.journal();
        Journal his = bob.journal();
        alice.signalAll("STOP");
        Await.until(
                SOON,
                "the alarm at the other end",
                () -> alarms(his).stream().anyMatch(line -> line.contains("trying to recover alice (try 1 of 3)")));
        Await.until(
                Duration.ofSeconds(50),
                "the second try",
                () -> alarms(his).stream().anyMatch(line -> line.contains("trying to recover alice (try 2 of 3)")));
        alice.signalAll("CONT");
        bob.awaitReaches("alice", "10.77.0.1");
        Await.until(
                SOON,
                "the end of the alarm",
                () -> unit(his, "autoremove-alice").stream()
                        .anyMatch(line -> line.matches(".*alice (lives again.*|is not dead after all)")));
        Tunnels.assertWhole(alice, bob);
        assertThat(unit(hers, "autoremove-bob")).noneMatch(line -> line.contains("recover"));
        assertNothingModified(hers, his);
    }

    @Test
    void a_unit_that_its_user_stops_leaves_the_tunnel() {
        Ends ends = Ends.of(lab);
        alice.upgrade("bob").expect(0);
        Tunnels.assertWhole(alice, bob);
        alice.sh("systemctl stop autoremove-bob.service");
        assertThat(alice.reaches("bob", "10.77.0.2")).isTrue();
        assertThat(alice.tunnelState("bob")).isPresent();
        assertThat(alice.exists("/run/wirescale/control/autoremove-bob.events")).isFalse();
        assertThat(alice.sh("pgrep -x ping || true")).isEmpty();
        ends.takeDown();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ip link del bob", "wg-quick down /run/wirescale/bob.conf"})
    void an_interface_that_its_user_takes_away_takes_the_rest_with_it(String command) {
        Ends ends = Ends.of(lab);
        alice.upgrade("bob", "--iptables-accept", "--recreate-tries", "2").expect(0);
        Tunnels.assertWhole(alice, bob);
        Journal hers = alice.journal();
        alice.sh(command);
        alice.awaitUnchanged(ends.firstBefore(), Duration.ofSeconds(5));
        assertThat(hers.entries()).noneMatch(entry -> entry.message().contains("anew"));
    }

    @Test
    void without_recover_tries_a_dead_tunnel_is_down_after_some_seconds() {
        Ends ends = Ends.of(lab);
        alice.upgrade("bob", "--recover-tries", "0").expect(0);
        Tunnels.assertWhole(alice, bob);
        lab.run("offline", "bob");
        try {
            alice.awaitNoLink("bob", Duration.ofSeconds(8));
            alice.awaitUnchanged(ends.firstBefore(), Duration.ofSeconds(10));
        } finally {
            lab.run("online", "bob");
        }
    }

    @Test
    void a_tunnel_is_built_anew_with_its_own_options_once_the_peer_is_back() {
        Ends ends = Ends.of(lab);
        alice.upgrade(
                        "bob",
                        "--interface",
                        "tobob",
                        "--iptables-accept",
                        "--recover-tries",
                        "0",
                        "--recreate-tries",
                        "2")
                .expect(0);
        Tunnels.assertEnd(alice, "tobob", "10.77.0.2");
        Journal hers = alice.journal();
        lab.run("offline", "bob");
        try {
            alice.awaitUnit("recreate-tobob");
        } finally {
            lab.run("online", "bob");
        }
        Await.until(
                Duration.ofSeconds(60),
                "the new tunnel",
                () -> unit(hers, "recreate-tobob").stream()
                        .anyMatch(line -> line.contains("Success! Now you have a new working P2P connection")));
        Tunnels.assertEnd(alice, "tobob", "10.77.0.2");
        alice.awaitNoUnit("recreate-tobob");
        assertThat(alice.exists("/run/wirescale/control/recreate-tobob.sh")).isFalse();
        assertThat(alice.tunnelState("tobob").orElseThrow())
                .contains("\"accept\":true", "\"forward\":false", "\"recover_tries\":0", "\"recreate_tries\":2");
        alice.down("tobob").expect(0);
        ends.awaitNothing(Duration.ofSeconds(30));
    }

    @Test
    void a_recreation_without_limit_ends_with_wirescale_down() {
        Ends ends = Ends.of(lab);
        alice.upgrade("bob", "--recover-tries", "0", "--recreate-tries", "-1").expect(0);
        Tunnels.assertWhole(alice, bob);
        Journal hers = alice.journal();
        lab.run("offline", "bob");
        try {
            Await.until(
                    SOON,
                    "an attempt",
                    () -> unit(hers, "recreate-bob").stream()
                            .anyMatch(line -> line.startsWith("Error: peer 'bob' is offline")));
            assertThat(unit(hers, "recreate-bob")).anyMatch(line -> line.endsWith("building bob anew (try 1)"));
            assertThat(alice.exec("wirescale", "status", "--json").expect(0).text())
                    .contains("\"state\":\"recreating\"");
            Result down = alice.down("bob").expect(0);
            assertThat(down.text()).isEqualTo("Interface 'bob' is not going to be recreated any more");
            assertThat(alice.exec("systemctl", "is-active", "recreate-bob.service")
                            .text())
                    .isNotEqualTo("active");
            alice.awaitUnchanged(ends.firstBefore(), Duration.ofSeconds(10));
            assertThat(alice.down("bob").exitCode()).isEqualTo(1);
        } finally {
            lab.run("online", "bob");
        }
    }
}
