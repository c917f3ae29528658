package org.wirescale.os;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wirescale.model.WirescaleException;
import org.wirescale.os.Kernel.Call;

/**
 * The files that this process has mapped: the JVM's library and its AOT cache. Around each page that is touched the kernel maps
 * fifteen more, so that a start touches nearly all of them.
 */
public final class MappedFiles {
    private static final Logger LOG = LoggerFactory.getLogger(MappedFiles.class);
    private static final Path MAPPINGS = Path.of("/proc/self/smaps");
    private static final int MADV_DONTNEED = 4;
    /** proc_pid_smaps(5): {@code 800b52000-801b9e000 r--p 00b52000 fe:00 9978247    /usr/lib/…}. */
    private static final Pattern READ_ONLY_FILE =
            Pattern.compile("([0-9a-f]+)-([0-9a-f]+) r-[-x]p [0-9a-f]+ [0-9a-f:]+ [1-9][0-9]* +/.*");

    private static final Pattern ANY_MAPPING = Pattern.compile("[0-9a-f]+-[0-9a-f]+ .*");

    private MappedFiles() {}

    /**
     * Lets go of the pages of those files that nobody ever wrote to: they stay in the kernel's cache, and come back as they are
     * touched. Never fails.
     */
    public static void letGo() {
        try {
            long start = 0;
            long end = 0;
            for (String line : Files.readAllLines(MAPPINGS)) {
                Matcher mapping = READ_ONLY_FILE.matcher(line);
                if (mapping.matches()) {
                    start = Long.parseUnsignedLong(mapping.group(1), 16);
                    end = Long.parseUnsignedLong(mapping.group(2), 16);
                } else if (ANY_MAPPING.matcher(line).matches()) {
                    end = 0;
                } else if (end != 0 && line.matches("Anonymous: +0 kB")) {
                    // A page of its own would be one that the loader wrote to: letting go of it would undo that.
                    Kernel.expect(Call.MADVISE, start, end - start, MADV_DONTNEED);
                }
            }
        } catch (IOException | WirescaleException e) {
            LOG.debug("pages of mapped files were kept: {}", e.getMessage());
        }
    }
}
