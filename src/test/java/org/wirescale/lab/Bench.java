package org.wirescale.lab;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The product's figures beside those of wirescale 1.0.3, both in the same lab: alice and bob run ours, dave and erin 1.0.3, carol
 * watches. Measured in turns, so that what else the machine does meets both. {@code lab/bench} runs it.
 *
 * <p>System properties: {@code bench.rounds} (5), the upgrades of each kind of which the median counts.
 */
@Tag("bench")
@ExtendWith(LabExtension.class)
@Timeout(3600)
final class Bench {
    private static final int ROUNDS = Integer.getInteger("bench.rounds", 5);
    private static final Duration UPGRADE = Duration.ofMinutes(2);

    private final Figures figures = new Figures();

    @Test
    void figures() {
        Lab lab = Lab.up(
                "--hosts",
                "alice,bob,carol,dave,erin",
                "--host",
                "carol=bare",
                "--host",
                "dave=1.0.3",
                "--host",
                "erin=1.0.3",
                "--dotless");
        BenchPair ours = new BenchPair(lab.alice(), lab.bob(), "10.77.1");
        BenchPair old = new BenchPair(lab.host("dave"), lab.host("erin"), "10.77.2");
        BenchPair toOld = new BenchPair(lab.alice(), lab.host("dave"), "10.77.3");
        BenchPair fromOld = new BenchPair(lab.host("erin"), lab.bob(), "10.77.4");
        try {
            rest("daemon at rest", ours.first(), old.first());
            upgrades(ours, old, toOld, fromOld);
            silences(ours, old, lab.carol());
            again(ours, old);
            crossing(ours, old);
            rest("  after its sessions", ours.first(), old.first());
        } finally {
            figures.print();
        }
        figures.assertNoneMissed();
    }

    private void upgrades(BenchPair ours, BenchPair old, BenchPair toOld, BenchPair fromOld) {
        List<Double> oursTook = new ArrayList<>();
        List<Double> oldTook = new ArrayList<>();
        List<Double> toOldTook = new ArrayList<>();
        List<Double> fromOldTook = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            oursTook.add(ours.fresh(ours::upgrade));
            oldTook.add(old.fresh(old::upgrade));
            toOldTook.add(toOld.fresh(toOld::upgrade));
            fromOldTook.add(fromOld.fresh(fromOld::upgrade));
        }
        double of = Figures.median(oldTook);
        Figures.say("1.0.3 to 1.0.3: " + oldTook);
        Figures.say(
                "ours to ours: " + oursTook + "; ours asks 1.0.3: " + toOldTook + "; 1.0.3 asks ours: " + fromOldTook);
        figures.ratio("upgrade, median of " + ROUNDS, Figures.median(oursTook), of, 0.2);
        figures.ratio("upgrade, ours asks 1.0.3", Figures.median(toOldTook), of, 0.5);
        figures.ratio("upgrade, 1.0.3 asks ours", Figures.median(fromOldTook), of, 1.0);
        first = Figures.median(oursTook);
    }

    private double first;

    private void silences(BenchPair ours, BenchPair old, Host watcher) {
        Silence mine = ours.fresh(() -> silence(ours, watcher));
        Silence theirs = old.fresh(() -> silence(old, watcher));
        figures.limit("pings lost between the two", mine.between.lost(), theirs.between.lost(), 0, "");
        figures.limit("longest silence towards a third machine", seconds(mine.third), seconds(theirs.third), 0.3, " s");
        Figures.say("ours: between the two " + mine.between + "; third " + mine.third);
        Figures.say("1.0.3: between the two " + theirs.between + "; third " + theirs.third);
    }

    /** Past the removal of the rules that forward the old port, 20 s after the takeover. */
    private Silence silence(BenchPair pair, Host watcher) {
        Prober between = pair.first().probe(pair.second().address());
        Prober third = watcher.probe(pair.first().address());
        pair.upgrade();
        Await.until(
                Duration.ofSeconds(40),
                "the end of the forwarding of the old port",
                () -> !pair.first().sh("nft list ruleset").contains("0x5453f09f92ac"));
        return new Silence(between.finish(), third.finish());
    }

    private void again(BenchPair ours, BenchPair old) {
        List<Double> mine = new ArrayList<>();
        List<Double> theirs = new ArrayList<>();
        for (int round = 0; round < Math.min(ROUNDS, 3); round++) {
            mine.add(ours.fresh(() -> secondUpgrade(ours)));
            theirs.add(old.fresh(() -> secondUpgrade(old)));
        }
        // "As fast as the first" up to what single runs differ by.
        figures.limit(
                "upgrade again right after down",
                Figures.median(mine),
                Figures.median(theirs),
                first * 1.2 + 0.2,
                " s");
    }

    private static double secondUpgrade(BenchPair pair) {
        pair.upgrade();
        pair.down();
        return pair.upgrade();
    }

    private void crossing(BenchPair ours, BenchPair old) {
        Crossing mine = ours.fresh(() -> Crossing.of(ours.first(), ours.second()));
        Crossing theirs = old.fresh(() -> Crossing.of(old.first(), old.second()));
        figures.limit("both ends ask at once", mine.seconds(), theirs.seconds(), first + 2, " s");
        figures.limit("  exit codes", mine.worstCode(), theirs.worstCode(), 0, "");
    }

    private void rest(String when, Host ours, Host old) {
        figures.limit(when + ", resident", memory(ours, "Rss"), memory(old, "Rss"), 64, " MB");
        figures.limit("  of it private", memory(ours, "Private_"), memory(old, "Private_"), 40, " MB");
    }

    /** The least within some seconds, since a session may just have ended. */
    private static double memory(Host host, String field) {
        String pid = host.sh("systemctl show -P MainPID wirescaled.service");
        String look = "for i in $(seq 40); do awk '/^" + field + "/ {kb += $2} END {print kb}' /proc/" + pid
                + "/smaps_rollup; sleep 0.5; done | sort -n | head -n 1";
        return Double.parseDouble(host.sh(look)) / 1024;
    }

    private record Silence(Prober.Tally between, Prober.Tally third) {}

    /** Two ends that ask each other at the same moment. */
    private record Crossing(Result first, Result second) {
        static Crossing of(Host first, Host second) {
            Run one = first.startUpgrade(second.name());
            Run other = second.startUpgrade(first.name());
            return new Crossing(one.finish(UPGRADE), other.finish(UPGRADE));
        }

        double seconds() {
            return Math.max(first.seconds(), second.seconds());
        }

        double worstCode() {
            return Math.max(first.exitCode(), second.exitCode());
        }
    }

    private static double seconds(Prober.Tally tally) {
        return tally.silence().toNanos() / 1e9;
    }
}
