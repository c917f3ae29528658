package org.wirescale.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code wirescale upgrade --dry-run}: says what the upgrade then does, and does nothing. */
@LabTest
final class DryRunTest extends AliceAndBob {
    private static final String PRIVATE = "iJYxtIgOhGQdu2+CNLmWC0EVdUr3JeaESCRh44FQfEU=";
    private static final String PSK = "YFSVOA8Eo0Cj5q9ef0LBA3TudRhKP+3hZMwCljUnKms=";

    private static final Pattern NUMBERED = Pattern.compile(" *[0-9]+\\. (.*)");
    /** What the daemon logs of each change that it has made. */
    private static final Pattern MADE = Pattern.compile("[0-9a-f]{6} - [a-z0-9]+: (.*)");

    private static final Pattern MADE_FOR_EXIT_NODE = Pattern.compile("(?:[0-9a-f]{6} - )?(exit node [a-z0-9]+: .*)");
    /** Not known before the peer was asked: a key made for the tunnel, the peer's address inside. */
    private static final Pattern AGREED =
            Pattern.compile("\\((that of|the peer's)[^)]*\\)|[A-Za-z0-9+/]{43}=|(?<=the tunnel by )[0-9a-f.:]+");

    private static final String EVERYTHING = """
            [Interface]
            Address = 10.77.0.1/24, fd77::1/64
            DNS = 10.77.0.2, lab.example
            FwMark = 0x4d2
            PreUp = echo pre %%i >/tmp/hook1
            PostUp = echo post %%s >/tmp/hook2
            PreDown = true
            PostDown = rm -f /tmp/hook1 /tmp/hook2

            [Peer]
            PresharedKey = %s
            AllowedIPs = 0.0.0.0/0, 10.77.0.0/24, 10.88.0.0/16, fd77::/64

            [Wirescale]
            iptables-accept = yes
            iptables-forward = yes
            iptables-masquerade = yes
            """.formatted(PSK);

    @BeforeEach
    void ends() {
        bobHas("10.77.0.2/24, fd77::2/64");
        alice.peerFile("bob", EVERYTHING);
    }

    private void bobHas(String addresses) {
        bob.peerFile("alice", """
                [Interface]
                Address = %s
                [Peer]
                AllowedIPs = 10.77.0.0/24, fd77::/64
                PresharedKey = %s
                """.formatted(addresses, PSK));
    }

    @AfterEach
    void samIsNobody() {
        alice.sh("gpasswd -d sam wirescale >/dev/null 2>&1; true");
    }

    private Result dryRun(String... arguments) {
        return alice.upgrade(
                Stream.concat(Stream.of("--dry-run"), Stream.of(arguments)).toArray(String[]::new));
    }

    private static List<String> foreseen(Result dryRun) {
        assertThat(dryRun.expect(0).lines().getLast()).isEqualTo("Nothing was changed.");
        return dryRun.lines().stream()
                .map(NUMBERED::matcher)
                .filter(Matcher::matches)
                .map(found -> found.group(1))
                .map(DryRunTest::plain)
                .toList();
    }

    private static String plain(String change) {
        return AGREED.matcher(change).replaceAll("…");
    }

    /** As the journal has it, without the attempt at what this kernel may not have. */
    private static List<String> made(List<String> journal, Pattern by) {
        return journal.stream()
                .filter(line -> !line.contains("; instead: ") && !line.contains("undone: WireGuard link "))
                .map(by::matcher)
                .filter(Matcher::matches)
                .map(found -> plain(found.group(1)))
                .toList();
    }

    /** The upgrade does what its dry run said, in that order. */
    private List<String> upgradeAsForeseen(String... arguments) {
        List<String> foreseen = foreseen(dryRun(arguments));
        Journal journal = alice.journal();
        Result upgrade = alice.upgrade(arguments).expect(0);
        String end = upgrade.lines().getLast();
        Await.until(
                Duration.ofSeconds(5),
                "the whole session in alice's journal",
                () -> journal.daemonLines().contains(end));
        // An exit node that is on is kept in step by whoever is first, the session or the daemon's own care.
        Map<Boolean, List<String>> forExitNode =
                foreseen.stream().collect(Collectors.partitioningBy(line -> line.startsWith("exit node ")));
        assertThat(made(journal.daemonLines(), MADE))
                .isEqualTo(forExitNode.get(false))
                .hasSizeGreaterThan(5);
        assertThat(made(journal.daemonLines(), MADE_FOR_EXIT_NODE)).isEqualTo(forExitNode.get(true));
        return foreseen;
    }

    @Test
    void the_upgrade_then_makes_these_changes_in_this_order() {
        List<String> changes = upgradeAsForeseen("bob");
        assertThat(changes)
                .contains(
                        "iptables rule: masquerade 0x8057ee12",
                        "DNS 10.77.0.2, searching lab.example for bob",
                        "routes to 10.88.0.0/16 by bob",
                        "the file's PostUp",
                        "exit node bob: policy rules 5500 to 6000");
        Tunnels.assertWhole(alice, bob);
    }

    @Test
    void a_table_of_the_users_a_private_key_and_an_mtu_are_foreseen_and_so_is_the_generated_file() {
        bobHas("10.77.0.2/24");
        alice.peerFile("bob", """
                [Interface]
                Address = 10.77.0.1/24
                PrivateKey = %s
                Table = 77
                MTU = 1380
                [Peer]
                AllowedIPs = 0.0.0.0/0, 10.77.0.0/24
                PresharedKey = %s
                """.formatted(PRIVATE, PSK));
        Result dryRun = dryRun("bob", "--interface", "b0", "--recover-tries", "7");
        List<String> shown = dryRun.lines().stream().map(String::strip).toList();
        assertThat(shown).contains("recover-tries 7, recreate-tries 0", "unit autoremove-b0.service");
        assertThat(upgradeAsForeseen("bob", "--interface", "b0"))
                .contains("routes to 10.77.0.0/24, 0.0.0.0/0 by b0 in table 77")
                .noneMatch(change -> change.startsWith("exit node"));
        List<String> generated = alice.read("/run/wirescale/b0.conf")
                .lines()
                .filter(line -> !line.isEmpty())
                .toList();
        assertThat(shown)
                .containsSubsequence(generated.stream()
                        .map(line -> line.startsWith("PublicKey") ? "PublicKey = (the peer's, agreed on)" : line)
                        .toList());
    }

    @Test
    void an_exit_node_for_ipv6_alone_is_foreseen_with_a_peer_that_forwards_it() {
        alice.peerFile("bob", """
                [Interface]
                Address = fd77::1/64
                [Peer]
                AllowedIPs = ::/0, fd77::/64
                PresharedKey = %s
                """.formatted(PSK));
        bobHas("fd77::2/64");
        bob.peerFile("alice", bob.read("/etc/wirescale/alice.conf") + "[Wirescale]\niptables-forward = yes\n");
        assertThat(upgradeAsForeseen("bob")).contains("exit node bob: allowed IPs ::/0 of bob");
    }

    @Test
    void a_restart_of_tailscaled_is_foreseen() {
        // With DNS in the file, a tailscaled that starts may leave /etc/resolv.conf alone from then on, or not.
        alice.peerFile("bob", EVERYTHING.replaceFirst("DNS.*", ""));
        alice.daemon(List.of("--restart-tailscale"));
        lab.direct(alice, bob);
        assertThat(dryRun("bob").expect(0).lines())
                .containsSubsequence(
                        "      tailscaled is stopped", "      tailscaled is started again, with another port");
        upgradeAsForeseen("bob");
    }

    @Test
    void an_exit_node_that_is_on_is_replaced_or_learns_of_the_tunnel_as_foreseen() {
        lab.pair(alice, lab.carol(), "10.78.0");
        alice.peerFile("carol", Lab.minimal("10.78.0.1", "0.0.0.0/0"));
        upgradeAsForeseen("carol");
        assertThat(upgradeAsForeseen("bob"))
                .contains(
                        "exit node bob: undone: allowed IPs 0.0.0.0/0 of carol",
                        "exit node bob: allowed IPs 0.0.0.0/0 of bob");
        alice.down("bob").expect(0);
        alice.exec("wirescale", "exit-node", "carol").expect(0);
        bobHas("10.77.0.2/24");
        alice.peerFile("bob", Lab.minimal("10.77.0.1", "10.77.0.0/24") + "PresharedKey = " + PSK + "\n");
        assertThat(upgradeAsForeseen("bob")).contains("exit node carol: mark 0xa08d037c of bob");
    }

    @Test
    void nothing_changes_on_either_machine_and_the_peer_is_not_asked() {
        Ends ends = Ends.of(lab);
        List<Object> before = unseenBySnapshots();
        Journal his = bob.journal();
        foreseen(dryRun("--all"));
        // A name that no tunnel has had here: its lock would stay.
        foreseen(dryRun("bob", "--interface", "dry0"));
        assertThat(unseenBySnapshots()).isEqualTo(before);
        ends.awaitNothing(Duration.ZERO);
        assertThat(his.daemonLines()).isEmpty();
    }

    private List<Object> unseenBySnapshots() {
        List<Object> all = new ArrayList<>();
        for (Host host : List.of(alice, bob)) {
            all.add(host.tailscaledPorts());
            all.add(host.tailscaledPid());
            all.add(host.sh("ls -A /run/wirescale /run/wirescale/control"));
        }
        return all;
    }

    @Test
    void keys_and_hooks_are_shown_to_root_only() {
        alice.peerFile("bob", EVERYTHING.replace("FwMark", "PrivateKey = " + PRIVATE + "\nFwMark"));
        List<String> secrets = List.of(PRIVATE, PSK, "echo pre bob", "echo post 0", "rm -f");
        assertThat(dryRun("bob").expect(0).text()).contains(secrets);
        alice.sh("groupadd -f wirescale && usermod -aG wirescale sam");
        Result member = alice.exec(
                "runuser", "-u", "sam", "--", "wirescale", "upgrade", "bob", "--dry-run", "--iptables-accept");
        assertThat(foreseen(member)).isEqualTo(foreseen(dryRun("bob")));
        assertThat(member.text()).doesNotContain(secrets).contains("PostUp: (shown to root only)");
        alice.sh("gpasswd -d sam wirescale");
        Result anybody = alice.exec("runuser", "-u", "sam", "--", "wirescale", "upgrade", "bob", "--dry-run");
        assertThat(anybody.expect(0).text()).doesNotContain(secrets);
        alice.exec("runuser", "-u", "sam", "--", "wirescale", "upgrade", "bob", "--dry-run", "--iptables-accept")
                .expect(1);
    }

    @Test
    void who_is_not_root_may_not_hold_the_port_all_the_time() {
        List<String> refused = Stream.generate(
                        () -> alice.exec("runuser", "-u", "sam", "--", "wirescale", "upgrade", "bob", "--dry-run"))
                .limit(10)
                .filter(dryRun -> dryRun.exitCode() == 4)
                .map(Result::errorText)
                .limit(1)
                .toList();
        assertThat(refused).first().asString().contains("try again in");
        dryRun("bob").expect(0);
        alice.sh("runuser -u sam -- wirescale upgrade bob");
        Tunnels.assertWhole(alice, bob);
    }

    @Test
    void what_the_upgrade_refuses_is_refused_in_the_same_words() {
        refusesAlike(1, "nobody");
        alice.sh("rm /etc/wirescale/bob.conf");
        refusesAlike(3, "bob");
        alice.peerFile("bob", "[Interface]\nAddress = 10.77.0.1\nMTU = large\n[Peer]\nAllowedIPs = 10.77.0.0/24\n");
        refusesAlike(1, "bob");
        alice.peerFile("bob", Lab.minimal("10.77.0.1", "203.0.113.0/24"));
        refusesAlike(1, "bob");
        alice.peerFile("bob", EVERYTHING);
        alice.sh("ip link add bob type bridge");
        try {
            refusesAlike(2, "bob");
            assertThat(foreseen(dryRun("bob", "--suffix"))).contains("generated file bob1.conf");
        } finally {
            alice.sh("ip link del bob");
        }
        alice.sh("systemctl stop wirescaled.service wirescaled.socket");
        refusesAlike(4, "bob");
    }

    private void refusesAlike(int code, String... arguments) {
        String foreseen = dryRun(arguments).expect(code).errorText();
        String real = alice.upgrade(arguments).expect(code).errorText();
        assertThat(foreseen).isEqualTo(real.replaceFirst("^Error: [0-9a-f]{6} - ", "Error: "));
    }

    @Test
    void a_session_that_has_the_turn_is_not_disturbed() {
        lab.pair(alice, lab.carol(), "10.78.0");
        bobHas("10.77.0.2/24");
        alice.peerFile("bob", """
                [Interface]
                Address = 10.77.0.1
                PreUp = touch /tmp/hook1; while [ ! -e /tmp/hook2 ]; do sleep 0.05; done
                [Peer]
                AllowedIPs = 10.77.0.0/24
                PresharedKey = %s
                """.formatted(PSK));
        List<Integer> ports = alice.tailscaledPorts();
        Run upgrade = alice.startUpgrade("bob");
        Await.until(Duration.ofSeconds(20), "alice's hook", () -> alice.exists("/tmp/hook1"));
        Run dryRun = alice.startUpgrade("carol", "--dry-run");
        dryRun.awaitLine("in this order:", Duration.ofSeconds(20));
        alice.sh("touch /tmp/hook2");
        upgrade.finish(Duration.ofSeconds(30)).expect(0);
        Result shown = dryRun.finish(Duration.ofSeconds(30));
        foreseen(shown);
        assertThat(alice.tailscaledPorts())
                .doesNotContainAnyElementsOf(ports)
                .anyMatch(port -> shown.lines().contains("      port " + port + ", which is tailscaled's now"));
        Tunnels.assertWhole(alice, bob);
    }
}
