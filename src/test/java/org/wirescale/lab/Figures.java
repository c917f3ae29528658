package org.wirescale.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A table of figures beside those of wirescale 1.0.3, each with its limit. */
final class Figures {
    private final List<String> rows = new ArrayList<>();
    private final List<String> missed = new ArrayList<>();

    Figures() {
        row("what", "ours", "1.0.3", "ratio", "at most", "");
    }

    /** The whole table once more, behind all that was said in between. */
    void print() {
        System.out.println();
        rows.forEach(System.out::println);
    }

    void assertNoneMissed() {
        assertThat(missed).as("figures that are missed").isEmpty();
    }

    void ratio(String what, double ours, double old, double most) {
        double ratio = ours / old;
        verdict(
                what,
                number(ours) + " s",
                number(old) + " s",
                number(ratio),
                number(most) + " of 1.0.3",
                ratio <= most);
    }

    /**
     * @param old NaN where it was not measured
     * @param most NaN for a figure without a limit
     */
    void limit(String what, double ours, double old, double most, String unit) {
        boolean none = Double.isNaN(most);
        verdict(
                what,
                number(ours) + unit,
                Double.isNaN(old) ? "" : number(old) + unit,
                Double.isNaN(old) || old == 0 ? "" : number(ours / old),
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

    static void say(String text) {
        System.out.println("  " + text);
    }

    private static String number(double value) {
        String text = String.format(Locale.ROOT, "%.2f", value);
        return text.endsWith(".00") ? text.substring(0, text.length() - 3) : text;
    }

    static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        return sorted.get(sorted.size() / 2);
    }
}
