package org.wirescale.cli.doctor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** For a person: how it is, what was looked at, what was found, and below it what to do. */
final class ReportText {
    private static final String RESET = "\u001b[0m";
    private static final int WORD =
            width(Arrays.stream(State.values()).map(State::word).toList());
    private static final int ID =
            width(Arrays.stream(Subject.values()).map(Subject::id).toList());

    private ReportText() {}

    private static int width(List<String> words) {
        return words.stream().mapToInt(String::length).max().orElse(0);
    }

    static List<String> lines(Report report, boolean colours) {
        List<String> lines = new ArrayList<>();
        for (Finding finding : report.findings()) {
            State state = finding.state();
            String word = pad(state.word(), WORD);
            lines.add((colours ? colour(state) + word + RESET : word) + "  "
                    + pad(finding.subject().id(), ID) + "  " + finding.verdict().found());
            if (state != State.UNKNOWN) {
                finding.verdict().fix().ifPresent(fix -> lines.add(" ".repeat(WORD + 2) + "-> " + fix));
            }
        }
        lines.add("");
        lines.add(summary(report));
        return lines;
    }

    /** What only root may see has one and the same fix, which is said once. */
    private static String summary(Report report) {
        String unknown = report.findings().stream()
                .filter(finding -> finding.state() == State.UNKNOWN)
                .flatMap(finding -> finding.verdict().fix().stream())
                .findFirst()
                .map(fix -> ": " + fix)
                .orElse("");
        return report.count(State.BROKEN) + " broken, "
                + count(report.count(State.WARNING), "warning") + ", " + report.count(State.GOOD) + " good"
                + (report.count(State.UNKNOWN) == 0 ? "" : ", " + report.count(State.UNKNOWN) + " unknown" + unknown);
    }

    private static String count(long number, String word) {
        return number + " " + word + (number == 1 ? "" : "s");
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(width - text.length());
    }

    private static String colour(State state) {
        return switch (state) {
            case GOOD -> "\u001b[32m";
            case WARNING -> "\u001b[33m";
            case BROKEN -> "\u001b[1;31m";
            case UNKNOWN -> "\u001b[2m";
        };
    }
}
