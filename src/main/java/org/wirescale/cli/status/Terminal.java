package org.wirescale.cli.status;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * What may be written to where the output goes.
 *
 * @param redraws whether it is a terminal that can be cleared
 * @param colours whether there may be colours
 */
public record Terminal(boolean redraws, boolean colours) {
    /** A pipe or a file. */
    public static final Terminal NONE = new Terminal(false, false);

    /** Where this process's standard output goes. */
    public static Terminal ofOutput(Map<String, String> environment) {
        return of(Path.of("/proc/self/fd/1"), environment);
    }

    /**
     * @param output a link to what is written to: by its name, since the JDK asks only for a terminal at both ends, and a call of
     *     isatty(3) would cost a command half of its time
     */
    static Terminal of(Path output, Map<String, String> environment) {
        String target;
        try {
            target = Files.readSymbolicLink(output).toString();
        } catch (IOException e) {
            return NONE;
        }
        boolean terminal = target.startsWith("/dev/pts/")
                || target.startsWith("/dev/tty")
                || target.equals("/dev/console")
                || target.startsWith("/dev/hvc");
        boolean capable = terminal && !environment.getOrDefault("TERM", "dumb").equals("dumb");
        return new Terminal(
                capable, capable && environment.getOrDefault("NO_COLOR", "").isEmpty());
    }
}
