package org.wirescale.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A tunnel whose path dies comes back by itself: interface, addresses, routes and connections stay. */
@LabTest
@Timeout(600)
final class RecoverTest extends AliceAndBob {
    /** Alone on the machine it takes some 5 s; other labs are at work beside this one. */
    private static final Duration RECOVERS = Duration.ofSeconds(30);

    private static final String WORKS = "is working again";

    /** Sends or receives 200 MB over one connection and prints their checksum. */
    private static final String COPY = """
            import hashlib, os, socket, sys
            LENGTH = 200 << 20
            sum = hashlib.sha256()
            if sys.argv[1] == 'receive':
                listener = socket.create_server((sys.argv[2], 5000))
                print('listening', flush=True)
                connection, _ = listener.accept()
                listener.close()
                count = 0
                while True:
                    data = connection.recv(1 << 16)
                    if not data:
                        break
                    if count == 0:
                        print('receiving', flush=True)
                    count += len(data)
                    sum.update(data)
                print('received', count, sum.hexdigest(), flush=True)
            else:
                connection = socket.create_connection((sys.argv[2], 5000))
                block = os.urandom(1 << 20)
                for i in range(LENGTH >> 20):
                    data = i.to_bytes(8, 'big') + block[8:]
                    connection.sendall(data)
                    sum.update(data)
                connection.close()
                print('sent', LENGTH, sum.hexdigest(), flush=True)
            """;

    private void upgrade(String... options) {
        String[] command = new String[options.length + 1];
        command[0] = "bob";
        System.arraycopy(options, 0, command, 1, options.length);
        alice.upgrade(command).expect(0);
        Tunnels.assertWhole(alice, bob);
        alice.awaitWatched("bob");
        bob.awaitWatched("alice");
    }

    @Test
    void a_new_public_address_and_a_copy_goes_on_over_the_same_connection() {
        upgrade();
        Run receiver = bob.start("python3", "-c", COPY, "receive", "10.77.0.2");
        receiver.awaitLine("listening", Duration.ofSeconds(10));
        Run sender = alice.start("python3", "-c", COPY, "send", "10.77.0.2");
        receiver.awaitLine("receiving", Duration.ofSeconds(10));
        int before = bob.listenPort("alice");
        lab.run("renumber", "bob");
        Result received = receiver.finish(Duration.ofMinutes(3)).expect(0);
        Result sent = sender.finish(Duration.ofMinutes(1)).expect(0);
        assertThat(received.lines().getLast()).isEqualTo(sent.lines().getLast().replace("sent", "received"));
        assertThat(bob.listenPort("alice")).isNotEqualTo(before);
        Tunnels.assertWhole(alice, bob);
    }

    @Test
    void both_ends_notice_and_there_is_one_recovery_without_an_error() {
        upgrade();
        Journal hers = alice.journal();
        Journal his = bob.journal();
        String links = alice.sh("ip -o link show bob; ip -o addr show bob; ip route show dev bob");
        lab.run("renumber", "bob");
        Await.until(RECOVERS, "the recovery", () -> alice.reaches("bob", "10.77.0.2") && works(hers) && works(his));
        Tunnels.assertWhole(alice, bob);
        assertThat(alice.sh("ip -o link show bob; ip -o addr show bob; ip route show dev bob"))
                .isEqualTo(links);
        assertThat(count(hers, "Modifying WireGuard interface")).isEqualTo(1);
        assertThat(count(his, "Modifying WireGuard interface")).isEqualTo(1);
        assertThat(messages(hers)).noneMatch(line -> line.contains("Error"));
        assertThat(messages(his)).noneMatch(line -> line.contains("Error"));
        assertThat(alice.sh("grep -E 'ListenPort|Endpoint' /run/wirescale/bob.conf"))
                .contains("ListenPort = " + alice.listenPort("bob"), "Endpoint = 203.0.113.")
                .contains(alice.sh("wg show bob endpoints | cut -f2"));
    }

    private static boolean works(Journal journal) {
        return count(journal, WORKS) > 0;
    }

    private static long count(Journal journal, String part) {
        return journal.daemonLines().stream()
                .filter(line -> line.contains(part))
                .count();
    }

    /** What our units wrote. */
    private static List<String> messages(Journal journal) {
        return journal.entries().stream()
                .filter(entry ->
                        entry.unit().startsWith("wirescaled") || entry.unit().startsWith("autoremove"))
                .map(Journal.Entry::message)
                .toList();
    }

    @Test
    void the_rule_that_accepts_the_port_goes_along() {
        upgrade("--iptables-accept");
        int before = alice.listenPort("bob");
        assertThat(accepted()).containsExactly(Integer.toString(before));
        Journal hers = alice.journal();
        lab.run("renumber", "bob");
        Await.until(RECOVERS, "the recovery", () -> works(hers));
        int after = alice.listenPort("bob");
        assertThat(after).isNotEqualTo(before);
        assertThat(accepted()).containsExactly(Integer.toString(after));
        alice.down("bob").expect(0);
        assertThat(accepted()).isEmpty();
    }

    private List<String> accepted() {
        return alice.sh("iptables-save | sed -n 's/.*--dport \\([0-9]*\\).*wirescale-bob.*/\\1/p'")
                .lines()
                .toList();
    }

    @Test
    void by_a_restart_of_tailscaled_where_its_port_cannot_be_taken_over() {
        alice.daemon(List.of("--restart-tailscale"));
        bob.daemon(List.of("--restart-tailscale"));
        lab.direct(alice, bob);
        upgrade();
        lab.direct(alice, bob);
        Journal hers = alice.journal();
        lab.run("renumber", "bob");
        Await.until(Duration.ofMinutes(1), "the recovery", () -> works(hers));
        Tunnels.assertWhole(alice, bob);
        alice.awaitTailscale();
        bob.awaitTailscale();
        assertThat(alice.exists("/run/wirescale/control/tailscaled-stopped")).isFalse();
    }

    @Test
    void a_live_tunnel_is_moved_once_a_minute_at_most() {
        upgrade();
        // An answer to a watcher's echo in just this second is a sign of life, too.
        alice.sh("pkill -STOP -x ping");
        bob.sh("pkill -STOP -x ping");
        alice.exec("wirescale", "recover", "bob").expect(0);
        alice.sh("pkill -CONT -x ping");
        bob.sh("pkill -CONT -x ping");
        Tunnels.assertWhole(alice, bob);
        int port = alice.listenPort("bob");
        Result second = alice.exec("wirescale", "recover", "bob").expect(5);
        assertThat(second.text()).contains("is not dead");
        assertThat(second.errors()).isEmpty();
        assertThat(alice.listenPort("bob")).isEqualTo(port);
        Tunnels.assertWhole(alice, bob);
    }

    @Test
    void recover_is_for_root_and_for_a_tunnel_that_is_watched() {
        upgrade();
        Result sam = alice.exec("runuser", "-u", "sam", "--", "wirescale", "recover", "bob");
        assertThat(sam.exitCode()).isEqualTo(1);
        assertThat(sam.errorText()).startsWith("Error: ").contains("root");
        String request = "{\"code\":\"recover\",\"error_code\":null,\"peer_ip\":\"100.64.0.2\",\"interface\":\"bob\","
                + "\"latest_handshake\":0}";
        String answer = alice.sh("runuser -u sam -- python3 -c \"" + """
                import socket, sys
                s = socket.socket(socket.AF_UNIX)
                s.connect('/run/wirescale/wirescaled.sock')
                s.sendall(sys.argv[1].encode() + b'\\n')
                print(s.makefile().readline())
                """ + "\" '" + request + "'");
        assertThat(answer).contains("only root");
        assertThat(alice.exec("wirescale", "recover", "carol").expect(1).errorText())
                .contains("there is no tunnel");
        alice.sh("systemctl stop autoremove-bob.service");
        assertThat(alice.exec("wirescale", "recover", "bob").expect(1).errorText())
                .contains("autoremove-bob.service");
        assertThat(alice.reaches("bob", "10.77.0.2")).isTrue();
    }

    @Test
    void routers_that_forget_all_mappings_are_no_more_than_a_pause() {
        upgrade();
        Prober prober = alice.probe("10.77.0.2");
        for (String host : List.of("alice", "bob")) {
            String router = lab.run("netns", "router-" + host).text();
            Run.start(List.of("ip", "netns", "exec", router, "conntrack", "-F"))
                    .finish(Duration.ofSeconds(10))
                    .expect(0);
        }
        Prober.Tally tally = prober.finish();
        assertThat(tally.silence()).as("%s", tally).isLessThan(Duration.ofSeconds(12));
        Tunnels.assertWhole(alice, bob);
    }

    @Test
    void a_peer_that_is_away_for_a_minute_is_found_again() {
        upgrade();
        bob.sh("systemctl stop wirescaled.socket wirescaled.service tailscaled.service");
        lab.run("renumber", "bob");
        Journal hers = alice.journal();
        Await.until(
                Duration.ofMinutes(2),
                "a minute of trying",
                () -> messages(hers).stream().anyMatch(line -> line.contains("try 3 of 3")));
        bob.sh("systemctl start tailscaled.service wirescaled.socket wirescaled.service");
        Await.until(Duration.ofSeconds(30), "the recovery", () -> works(hers) && alice.reaches("bob", "10.77.0.2"));
        Tunnels.assertWhole(alice, bob);
    }

    @Test
    void a_peer_that_was_rebooted_gets_its_tunnel_back_without_a_command() {
        upgrade("--recreate-tries", "3");
        lab.run("crash", "bob");
        lab.run("boot", "bob");
        bob = lab.refresh("bob");
        bob.awaitServing();
        Await.until(
                Duration.ofMinutes(2),
                "the tunnel to the rebooted machine",
                () -> alice.hasLink("bob") && alice.reaches("bob", "10.77.0.2"));
        Tunnels.assertWhole(alice, bob);
    }

    @Test
    void a_deliberate_down_takes_the_other_end_down_too() {
        Ends ends = Ends.of(lab);
        upgrade("--recreate-tries", "-1");
        Journal his = bob.journal();
        alice.down("bob").expect(0);
        bob.awaitNoLink("alice", Duration.ofSeconds(10));
        ends.awaitNothing(Duration.ofSeconds(20));
        assertThat(his.daemonLines()).anyMatch(line -> line.contains("Somebody took the tunnel down at 'alice'"));
        assertThat(bob.exec("systemctl", "is-active", "recreate-alice.service").text())
                .isEqualTo("inactive");
    }

    @Test
    void a_daemon_that_is_stopped_right_after_a_deliberate_down_still_tells_the_other_end() {
        upgrade();
        Journal hers = alice.journal();
        bob.sh("systemctl kill --kill-whom=main -s STOP wirescaled.service");
        try {
            alice.down("bob").expect(0);
            alice.sh("systemctl stop --no-block wirescaled.service");
            Await.until(
                    Duration.ofSeconds(5),
                    "the end of alice's daemon",
                    () -> hers.daemonLines().contains("Stopping"));
        } finally {
            bob.sh("systemctl kill --kill-whom=main -s CONT wirescaled.service");
        }
        bob.awaitNoLink("alice", Duration.ofSeconds(10));
    }

    /** The first one is none of the comparison: it loads what the others use. */
    @Test
    void thirty_new_addresses_in_a_row_leave_nothing_behind() {
        upgrade("--iptables-accept");
        recover(0);
        awaitNoForwarding();
        String before = what(alice);
        String hisBefore = what(bob);
        IntStream.range(1, 30).forEach(this::recover);
        Tunnels.assertWhole(alice, bob);
        awaitNoForwarding();
        assertSame(alice, before);
        assertSame(bob, hisBefore);
    }

    private void recover(int number) {
        List<Journal> journals = List.of(alice.journal(), bob.journal());
        lab.run("renumber", number % 3 == 2 ? "alice" : "bob");
        Await.until(
                Duration.ofMinutes(1),
                "the tunnel after change number " + number,
                () -> alice.reaches("bob", "10.77.0.2") && bob.reaches("alice", "10.77.0.1"));
        journals.forEach(journal -> Await.until(
                Duration.ofSeconds(30),
                "an answer that the watchers saw after change number " + number,
                () -> seesAnswers(journal)));
    }

    private void awaitNoForwarding() {
        for (Host host : List.of(alice, bob)) {
            Await.until(
                    Duration.ofSeconds(40),
                    "the end of the forwarding of old ports",
                    () -> !host.sh("nft list ruleset").contains("0x5453f09f92ac"));
        }
    }

    private static void assertSame(Host host, String before) {
        Await.until(
                Duration.ofSeconds(20),
                "as much on " + host + " as before:\n" + before + "\nand not\n" + what(host) + "\nwhich",
                () -> what(host).equals(before));
    }

    /** After a recovery a watcher waits for an answered echo before it trusts a short silence again. */
    private static boolean seesAnswers(Journal journal) {
        List<String> lines = messages(journal);
        int recovered = lastOf(lines, " is recovered", " is not dead after all");
        return recovered < 0 || lastOf(lines, " answers through ") > recovered;
    }

    private static int lastOf(List<String> lines, String... parts) {
        int last = -1;
        for (int i = 0; i < lines.size(); i++) {
            if (Stream.of(parts).anyMatch(lines.get(i)::contains)) {
                last = i;
            }
        }
        return last;
    }

    /** Processes, files, rules and the daemon's descriptors, those of tailscaled's own left out. */
    private static String what(Host host) {
        return host.sh("""
                ps -eo comm= | grep -Ev 'systemd|tailscale|ps|grep|sort|uniq|bash|iptables|nsenter|agetty|dbus|sed|wc|cat|env' | sort | uniq -c
                find /run/wirescale | sort
                nft list tables | grep wirescale
                iptables-save | grep -c wirescale-
                ls /proc/$(systemctl show -P MainPID wirescaled.service)/fd | wc -l
                """);
    }
}
