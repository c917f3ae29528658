package org.wirescale.lab;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * How long tunnels are silent when their path dies, and what it costs to watch them, beside wirescale 1.0.3 in the same lab: alice
 * and bob run ours, dave and erin 1.0.3. {@code lab/bench} runs it.
 */
@Tag("bench")
@ExtendWith(LabExtension.class)
@Timeout(3600)
final class HealBench {
    /** 1.0.3 needs a minute, and sometimes two. */
    private static final Duration PATIENCE = Duration.ofMinutes(4);

    private static final int IDLE_TUNNELS = 10;

    /** Those of units, in a hierarchy of either version of cgroups(7). */
    private static final String PROCESSES = """
            processes() {
              for group in $(systemctl show -P ControlGroup "$1"); do
                cat "/sys/fs/cgroup$group/cgroup.procs" "/sys/fs/cgroup/systemd$group/cgroup.procs" 2>/dev/null
              done
            }
            """;

    private final Figures figures = new Figures();

    @Test
    void figures() {
        Lab lab = Lab.up("--hosts", "alice,bob,dave,erin", "--host", "dave=1.0.3", "--host", "erin=1.0.3", "--dotless");
        BenchPair ours = new BenchPair(lab.alice(), lab.bob(), "10.77.1");
        BenchPair old = new BenchPair(lab.host("dave"), lab.host("erin"), "10.77.2");
        BenchPair toOld = new BenchPair(lab.alice(), lab.host("dave"), "10.77.3");
        try {
            memory(ours);
            publicAddress(ours, old, toOld);
            forgottenMappings(ours, old);
            awayForAMinute(ours);
            rebooted(ours);
            // Last: tailscaled's connection to its control server hangs for a while after that.
            ownAddress(new BenchPair(lab.alice(), lab.bob(), "10.77.1"), old);
            lab.close();
            idle();
        } finally {
            figures.print();
        }
        figures.assertNoneMissed();
    }

    private void publicAddress(BenchPair ours, BenchPair old, BenchPair toOld) {
        List<Double> mine = IntStream.range(0, 3)
                .mapToObj(_ -> ours.fresh(() -> silence(ours, () -> renumber(ours.second()))))
                .toList();
        double mixed = toOld.fresh(() -> silence(toOld, () -> renumber(toOld.second())));
        double theirs = old.fresh(() -> silence(old, () -> renumber(old.second())));
        Figures.say("ours to ours: " + mine);
        figures.limit("public address changes, silent (worst of 3)", worst(mine), theirs, 7, " s");
        figures.limit("  the peer on 1.0.3", mixed, theirs, 10, " s");
    }

    private void ownAddress(BenchPair ours, BenchPair old) {
        List<Double> mine = IntStream.range(0, 3)
                .mapToObj(_ -> ours.fresh(() -> silence(ours, () -> newOwnAddress(ours.first()))))
                .toList();
        double theirs = old.fresh(() -> silence(old, () -> newOwnAddress(old.first())));
        Figures.say("ours to ours: " + mine);
        figures.limit("own address changes, silent (worst of 3)", worst(mine), theirs, 4, " s");
    }

    private void forgottenMappings(BenchPair ours, BenchPair old) {
        double mine = ours.fresh(() -> silence(ours, () -> forget(ours)));
        double theirs = old.fresh(() -> silence(old, () -> forget(old)));
        figures.limit("routers forget all mappings, silent", mine, theirs, 12, " s");
    }

    private void awayForAMinute(BenchPair ours) {
        double mine = ours.fresh(() -> {
            watched(ours);
            Host bob = ours.second();
            bob.sh("systemctl stop wirescaled.socket wirescaled.service tailscaled.service");
            renumber(bob);
            bob.sh("sleep 60");
            bob.sh("systemctl start tailscaled.service wirescaled.socket wirescaled.service");
            bob.awaitTailscale();
            return untilBack(ours);
        });
        figures.limit("peer away for 60 s, then back, and the tunnel", mine, Double.NaN, 10, " s");
    }

    private void rebooted(BenchPair ours) {
        double mine = ours.fresh(() -> {
            ours.first().upgrade("bob", "--recreate-tries", "3").expect(0);
            ours.first().awaitWatched("bob");
            Lab lab = ours.first().lab();
            lab.run("crash", "bob");
            lab.run("boot", "bob");
            lab.refresh("bob").awaitServing();
            return untilBack(ours);
        });
        figures.limit("peer rebooted, and the tunnel", mine, Double.NaN, 10, " s");
    }

    private void memory(BenchPair ours) {
        double mine = ours.fresh(() -> {
            watched(ours);
            return Double.parseDouble(
                            ours.first()
                                    .sh(
                                            PROCESSES + "for pid in $(processes autoremove-bob.service); do"
                                                    + " cat /proc/$pid/smaps_rollup; done | awk '/^Private_/ {kb += $2} END {print kb}'"))
                    / 1024;
        });
        figures.limit("private memory of a tunnel's watcher", mine, Double.NaN, 2, " MB");
    }

    /** One machine with ten tunnels that nobody uses, to ten others. */
    private void idle() {
        List<String> others =
                IntStream.rangeClosed(1, IDLE_TUNNELS).mapToObj(i -> "h" + i).toList();
        Lab lab = Lab.up("--hosts", "alice," + String.join(",", others), "--no-direct");
        Host alice = lab.alice();
        for (int i = 0; i < others.size(); i++) {
            lab.pair(alice, lab.host(others.get(i)), "10.78." + i);
            alice.upgrade(others.get(i)).expect(0);
        }
        others.forEach(alice::awaitWatched);
        Await.until(
                Duration.ofSeconds(60),
                "the end of the old ports' forwarding",
                () -> !alice.sh("nft list ruleset").contains("0x5453f09f92ac"));
        double scriptsBefore = processorSeconds(alice, "autoremove-*.service");
        double daemonBefore = processorSeconds(alice, "wirescaled.service");
        alice.sh("sleep 60");
        double scripts = processorSeconds(alice, "autoremove-*.service") - scriptsBefore;
        double daemon = processorSeconds(alice, "wirescaled.service") - daemonBefore;
        figures.limit("ten idle tunnels, a minute: watchers, CPU", scripts, Double.NaN, 1.0, " s");
        figures.limit("  the daemon", daemon, Double.NaN, 0.3, " s");
    }

    /** What has ended is counted with what waited for it. */
    private static double processorSeconds(Host host, String units) {
        String script = "for pid in $(processes '" + units + "'); do cat /proc/$pid/stat; done |"
                + " sed 's/.*) //' | awk '{ticks += $12 + $13 + $14 + $15} END {print ticks / '$(getconf CLK_TCK)'}'";
        return Double.parseDouble(host.sh(PROCESSES + script));
    }

    private static void watched(BenchPair pair) {
        pair.upgrade();
        for (Host host : List.of(pair.first(), pair.second())) {
            if (host.isOurs()) {
                host.awaitWatched(
                        host == pair.first()
                                ? pair.second().name()
                                : pair.first().name());
            } else {
                host.awaitUnit("autoremove-" + (host == pair.first() ? pair.second() : pair.first()).name());
            }
        }
    }

    /** What passes between the last answer through the tunnel before something happens and the first one after it. */
    private static double silence(BenchPair pair, Runnable happens) {
        watched(pair);
        Prober prober = pair.first().probe(pair.net() + ".2");
        happens.run();
        return prober.finish(PATIENCE).silence().toNanos() / 1e9;
    }

    private static double untilBack(BenchPair pair) {
        long start = System.nanoTime();
        Await.until(
                PATIENCE,
                "the tunnel",
                () -> pair.first().hasLink("bob") && pair.first().reaches("bob", pair.net() + ".2"));
        return (System.nanoTime() - start) / 1e9;
    }

    private static void renumber(Host host) {
        host.lab().run("renumber", host.name());
    }

    /** What a laptop does that changes its network: it has another router, and another address. */
    private static void newOwnAddress(Host host) {
        renumber(host);
        host.sh("""
                old=$(ip -o -4 addr show dev eth0 | awk '{print $4}')
                gateway=$(ip -o -4 route show default dev eth0 | awk '{print $3}')
                last=${old##*.} new=${old%.*}.$((${last%/24} + 1))/24
                ip addr del "$old" dev eth0 && ip addr add "$new" dev eth0 && ip route replace default via "$gateway"
                """);
    }

    private static Result onRouter(Host host, String... command) {
        String router = host.lab().run("netns", "router-" + host.name()).text();
        return Run.start(Stream.concat(Stream.of("ip", "netns", "exec", router), Stream.of(command))
                        .toList())
                .finish(Duration.ofSeconds(10));
    }

    private static void forget(BenchPair pair) {
        for (Host host : List.of(pair.first(), pair.second())) {
            onRouter(host, "conntrack", "-F").expect(0);
        }
    }

    private static double worst(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
    }
}
