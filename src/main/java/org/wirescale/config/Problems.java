package org.wirescale.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.wirescale.model.WirescaleException;

/** All that is wrong with a file: who reads it goes on behind each failure, so that a user need not mend one to see the next. */
final class Problems {
    private final List<WirescaleException> found = new ArrayList<>();

    void add(WirescaleException problem) {
        found.add(problem);
    }

    /** Takes a step as far as it comes. */
    void attempt(Runnable step) {
        try {
            step.run();
        } catch (WirescaleException e) {
            found.add(e);
        }
    }

    /** Whether something was said about that key already. */
    boolean concern(SectionName section, String key) {
        return found.stream()
                .anyMatch(problem -> problem.detail("section").equals(section.toString())
                        && problem.detail("key").equalsIgnoreCase(key));
    }

    /** By line; what has none comes last. */
    List<WirescaleException> inOrder() {
        return found.stream().sorted(Comparator.comparingInt(Problems::line)).toList();
    }

    private static int line(WirescaleException problem) {
        String line = problem.detail("line");
        return line.isEmpty() ? Integer.MAX_VALUE : Integer.parseInt(line);
    }
}
