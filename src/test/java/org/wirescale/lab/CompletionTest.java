package org.wirescale.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.wirescale.lab.Typist.Shell;

/** The key for completion in real shells, of Debian 12 (alice) and 13 (carol), with real peers and a real tunnel to bob. */
@LabTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class CompletionTest {
    /** What a node is called that hopes for a shell that evaluates it. */
    private static final String HOSTILE = "$(touch${IFS}owned)";

    /** What is typed before the key, and what the line is then. */
    private static final Map<String, String> LINES = new LinkedHashMap<>();

    static {
        LINES.put("wirescale upg", "wirescale upgrade");
        LINES.put("wirescale --verb", "wirescale --verbose");
        LINES.put("wirescale upgrade --al", "wirescale upgrade --all");
        LINES.put("wirescale upgrade --no-suf", "wirescale upgrade --no-suffix");
        LINES.put("wirescale upgrade bo", "wirescale upgrade bob");
        LINES.put("wirescale upgrade dave bo", "wirescale upgrade dave bob");
        LINES.put("wirescale upgrade --recover-tries=3 bo", "wirescale upgrade --recover-tries=3 bob");
        LINES.put("wirescale upgrade --recover-tries 3 bo", "wirescale upgrade --recover-tries 3 bob");
        // That is to be the name of a new interface.
        LINES.put("wirescale upgrade --interface bo", "wirescale upgrade --interface bo");
        LINES.put("wirescale upgrade \\$", "wirescale upgrade $");
        LINES.put("wirescale down ", "wirescale down bob");
        LINES.put("wirescale down bob bo", "wirescale down bob bo");
        LINES.put("wirescale exit-node b", "wirescale exit-node bob");
        LINES.put("wirescale exit-node --fail-closed=", "wirescale exit-node --fail-closed=always");
        LINES.put("wirescale exit-node --fail-closed b", "wirescale exit-node --fail-closed bob");
        LINES.put("wirescale daemon --suffix sta", "wirescale daemon --suffix start");
        // A word that is not for users.
        LINES.put("wirescale daemon cl", "wirescale daemon cl");
        LINES.put("wirescale check ", "wirescale check bob");
        LINES.put("wirescale reco", "wirescale reco");
    }

    private final Map<String, Typist> typists = new HashMap<>();
    private Lab lab;

    @BeforeAll
    void startLab() {
        lab = Lab.up(
                "--hosts",
                "alice,bob,carol,dave",
                "--suite",
                "carol=trixie",
                "--packages",
                "alice=" + Typist.PACKAGES,
                "--packages",
                "carol=" + Typist.PACKAGES);
        lab.pair(lab.alice(), lab.bob(), "10.77.0");
        lab.pair(lab.carol(), lab.bob(), "10.78.0");
        lab.run("rename", "dave", HOSTILE + "x.lab.ts.net.");
        for (Host host : List.of(lab.alice(), lab.carol())) {
            host.upgrade("bob").expect(0);
            host.peerFile(HOSTILE, "");
            host.write("/run/wirescale/control/tunnel-" + HOSTILE + ".json", "{}");
            typists.put(host.name(), new Typist(host));
            Await.until(
                    Duration.ofSeconds(20),
                    "the hostile name",
                    () -> host.sh("tailscale status --json").contains(HOSTILE));
        }
    }

    @BeforeEach
    void everyoneIsThere() {
        for (Host host : List.of(lab.alice(), lab.carol())) {
            Await.until(
                    Duration.ofSeconds(20),
                    "all peers of " + host,
                    () -> host.sh("tailscale status --json | jq '[.Peer[].Online] == [true, true, true]'")
                            .equals("true"));
        }
    }

    @ParameterizedTest
    @CsvSource({"alice,BASH", "alice,ZSH", "carol,BASH", "carol,ZSH"})
    void a_line_is_completed(String host, Shell shell) {
        assertThat(typist(host).completed(shell, List.copyOf(LINES.keySet())))
                .containsExactlyElementsOf(LINES.values());
        assertNothingWasEvaluated(host);
    }

    @ParameterizedTest
    @CsvSource({"alice,bob,carol", "carol,bob,alice"})
    void what_there_is_to_choose_is_listed_peers_with_a_file_first(String host, String first, String second) {
        Typist typist = typist(host);
        assertThat(typist.listed(Shell.BASH, "wirescale upgrade ", first, second))
                .doesNotContain("touch");
        typist.listed(Shell.BASH, "wirescale exit-node --st", "--status", "--stop");
        assertThat(typist.listed(Shell.ZSH, "wirescale upgrade ", first, "-- with a file", second, "-- without a file"))
                .doesNotContain("touch");
        typist.listed(Shell.ZSH, "wirescale exit-node --st", "Print the interface", "Go back to how it was");
        typist.listed(Shell.ZSH, "wirescale ", "Look for mistakes in the peers' files", "Upgrade the connection");
        assertNothingWasEvaluated(host);
    }

    @ParameterizedTest
    @CsvSource({"alice,carol", "carol,alice"})
    void fish_completes_with_what_it_is(String host, String other) {
        assertThat(fish(host, "wirescale upg"))
                .containsExactly("upgrade\tUpgrade the connection to a peer to a WireGuard tunnel");
        assertThat(fish(host, "wirescale upgrade ")).containsExactly("bob\twith a file", other + "\twithout a file");
        assertThat(fish(host, "wirescale upgrade --interface=")).isEmpty();
        assertThat(fish(host, "wirescale down ")).containsExactly("bob");
        assertThat(fish(host, "wirescale check ")).containsExactly("bob");
        assertThat(fish(host, "wirescale daemon ")).containsExactly("start", "stop");
        assertThat(fish(host, "wirescale exit-node --fail-closed="))
                .singleElement()
                .asString()
                .startsWith("--fail-closed=always\t");
        assertThat(fish(host, "wirescale status --pro"))
                .containsExactly(
                        "--prometheus\tPrint metrics for the textfile collector of Prometheus's node_exporter");
        assertNothingWasEvaluated(host);
    }

    /** Stopped, and stopped in the middle of its work. */
    @ParameterizedTest
    @ValueSource(strings = {"systemctl stop", "systemctl kill --signal=STOP --kill-whom=main"})
    void without_tailscale_nobody_is_offered_and_nobody_waits(String how) {
        Host alice = lab.alice();
        alice.sh(how + " tailscaled.service");
        try {
            Result words = alice.exec("wirescale", "complete-peers").expect(0);
            assertThat(words.text() + words.errorText()).isEmpty();
            assertThat(words.took()).isLessThan(Duration.ofSeconds(3));
        } finally {
            alice.sh("systemctl kill --signal=CONT tailscaled.service 2>/dev/null; systemctl start tailscaled.service");
            alice.awaitTailscale();
        }
    }

    @Test
    void who_is_offline_is_told() {
        lab.run("offline", "carol");
        try {
            Await.until(
                    Duration.ofSeconds(20),
                    "the news of carol",
                    () -> fish("alice", "wirescale upgrade ").contains("carol\twithout a file, offline"));
        } finally {
            lab.run("online", "carol");
        }
    }

    private List<String> fish(String host, String line) {
        return lab.host(host)
                .exec("fish", "-c", "complete -C '" + line + "'")
                .expect(0)
                .lines();
    }

    private Typist typist(String host) {
        return Optional.ofNullable(typists.get(host)).orElseThrow();
    }

    private void assertNothingWasEvaluated(String host) {
        assertThat(lab.host(host).sh("find / -xdev -name owned")).isEmpty();
    }
}
