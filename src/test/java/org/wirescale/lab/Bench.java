package org.wirescale.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
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

    private final List<String> rows = new ArrayList<>();
    private final List<String> missed = new ArrayList<>();

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
        Pair ours = new Pair(lab.alice(), lab.bob(), "10.77.1");
        Pair old = new Pair(lab.host("dave"), lab.host("erin"), "10.77.2");
        Pair toOld = new Pair(lab.alice(), lab.host("dave"), "10.77.3");
        Pair fromOld = new Pair(lab.host("erin"), lab.bob(), "10.77.4");
        row("what", "ours", "1.0.3", "ratio", "at most", "");
        try {
            rest("daemon at rest", ours.first, old.first);
            upgrades(ours, old, toOld, fromOld);
            silences(ours, old, lab.carol());
            again(ours, old);
            crossing(ours, old);
            rest("  after its sessions", ours.first, old.first);
        } finally {
            System.out.println();
            rows.forEach(System.out::println);
        }
        assertThat(missed).as("figures that are missed").isEmpty();
    }

    private void upgrades(Pair ours, Pair old, Pair toOld, Pair fromOld) {
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
        double of = median(oldTook);
        say("1.0.3 to 1.0.3: " + oldTook);
        say("ours to ours: " + oursTook + "; ours asks 1.0.3: " + toOldTook + "; 1.0.3 asks ours: " + fromOldTook);
        ratio("upgrade, median of " + ROUNDS, median(oursTook), of, 0.2);
        ratio("upgrade, ours asks 1.0.3", median(toOldTook), of, 0.5);
        ratio("upgrade, 1.0.3 asks ours", median(fromOldTook), of, 1.0);
        first = median(oursTook);
    }

    private double first;

    private void silences(Pair ours, Pair old, Host watcher) {
        Silence mine = ours.fresh(() -> silence(ours, watcher));
        Silence theirs = old.fresh(() -> silence(old, watcher));
        limit("pings lost between the two", mine.between.lost(), theirs.between.lost(), 0, "");
        limit("longest silence towards a third machine", seconds(mine.third), seconds(theirs.third), 0.3, " s");
        say("ours: between the two " + mine.between + "; third " + mine.third);
        say("1.0.3: between the two " + theirs.between + "; third " + theirs.third);
    }

    /** Past the removal of the rules that forward the old port, 20 s after the takeover. */
    private Silence silence(Pair pair, Host watcher) {
        Prober between = pair.first.probe(pair.second.address());
        Prober third = watcher.probe(pair.first.address());
        pair.upgrade();
        Await.until(
                Duration.ofSeconds(40),
                "the end of the forwarding of the old port",
                () -> !pair.first.sh("nft list ruleset").contains("0x5453f09f92ac"));
        return new Silence(between.finish(), third.finish());
    }

    private void again(Pair ours, Pair old) {
        List<Double> mine = new ArrayList<>();
        List<Double> theirs = new ArrayList<>();
        for (int round = 0; round < Math.min(ROUNDS, 3); round++) {
            mine.add(ours.fresh(() -> secondUpgrade(ours)));
            theirs.add(old.fresh(() -> secondUpgrade(old)));
        }
        // "As fast as the first" up to what single runs differ by.
        limit("upgrade again right after down", median(mine), median(theirs), first * 1.2 + 0.2, " s");
    }

    private static double secondUpgrade(Pair pair) {
        pair.upgrade();
        pair.down();
        return pair.upgrade();
    }

    private void crossing(Pair ours, Pair old) {
        Crossing mine = ours.fresh(() -> Crossing.of(ours.first, ours.second));
        Crossing theirs = old.fresh(() -> Crossing.of(old.first, old.second));
        limit("both ends ask at once", mine.seconds(), theirs.seconds(), first + 2, " s");
        limit("  exit codes", mine.worstCode(), theirs.worstCode(), 0, "");
    }

    private void rest(String when, Host ours, Host old) {
        limit(when + ", resident", memory(ours, "Rss"), memory(old, "Rss"), 64, " MB");
        limit("  of it private", memory(ours, "Private_"), memory(old, "Private_"), Double.NaN, " MB");
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

    /** Two machines; the first asks. */
    private record Pair(Host first, Host second, String net) {
        /** Measures something on machines that have no tunnel and a direct path, and takes down what it made. */
        <T> T fresh(Supplier<T> measure) {
            first.lab().pair(first, second, net);
            T measured = measure.get();
            down();
            first.awaitNoUnit("autoremove-" + second.name());
            second.awaitNoUnit("autoremove-" + first.name());
            return measured;
        }

        double upgrade() {
            double seconds = first.upgrade(second.name()).expect(0).seconds();
            first.awaitReaches(second.name(), net + ".2");
            return seconds;
        }

        void down() {
            first.down(second.name());
            if (second.hasLink(first.name())) {
                second.down(first.name());
            }
            first.awaitNoLink(second.name(), Duration.ofSeconds(10));
            second.awaitNoLink(first.name(), Duration.ofSeconds(10));
        }
    }

    private void ratio(String what, double ours, double old, double most) {
        double ratio = ours / old;
        verdict(
                what,
                number(ours) + " s",
                number(old) + " s",
                number(ratio),
                number(most) + " of 1.0.3",
                ratio <= most);
    }

    private void limit(String what, double ours, double old, double most, String unit) {
        boolean none = Double.isNaN(most);
        verdict(
                what,
                number(ours) + unit,
                number(old) + unit,
                old == 0 ? "" : number(ours / old),
                none ? "" : number(most) + unit,
                none || ours <= most);
    }

    private void verdict(String what, String ours, String old, String ratio, String most, boolean held) {
        row(what, ours, old, ratio, most, held ? "" : "MISSED");
        if (!held) {
            missed.add(what + ": " + ours);
        }
    }

    private void row(String... cells) {
        String line = "%-42s %10s %10s %7s %15s  %s".formatted((Object[]) cells);
        rows.add(line.stripTrailing());
        System.out.println(line.stripTrailing());
    }

    private static void say(String text) {
        System.out.println("  " + text);
    }

    private static double seconds(Prober.Tally tally) {
        return tally.silence().toNanos() / 1e9;
    }

    private static String number(double value) {
        String text = String.format(Locale.ROOT, "%.2f", value);
        return text.endsWith(".00") ? text.substring(0, text.length() - 3) : text;
    }

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        return sorted.get(sorted.size() / 2);
    }
}
