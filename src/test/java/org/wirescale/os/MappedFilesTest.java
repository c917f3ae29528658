package org.wirescale.os;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class MappedFilesTest {
    /** The code of the JVM itself: if it did not come back unharmed, there would be no second line. */
    @Test
    void pages_that_nobody_wrote_to_are_let_go_of_and_come_back() throws IOException {
        long before = residentCode();
        MappedFiles.letGo();
        assertThat(residentCode()).isLessThan(before * 9 / 10).isPositive();
    }

    /** Of the JVM's library, in kB. */
    private static long residentCode() throws IOException {
        boolean code = false;
        for (String line : Files.readAllLines(Path.of("/proc/self/smaps"))) {
            if (line.matches("[0-9a-f]+-[0-9a-f]+ .*")) {
                code = line.contains(" r-xp ") && line.endsWith("libjvm.so");
            } else if (code && line.startsWith("Rss:")) {
                return Long.parseLong(line.replaceAll("[^0-9]", ""));
            }
        }
        throw new AssertionError("the JVM's library is not mapped");
    }
}
