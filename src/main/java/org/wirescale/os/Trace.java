package org.wirescale.os;

import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Names each step at which a crash would find the machine in another state. The journal shows the steps with
 * {@code WIRESCALE_DEBUG=1}; a test that sets {@code WIRESCALE_KILL_AT} to one of them makes this process end there as by a
 * SIGKILL, so that every one of them is tried and none is guessed.
 */
public final class Trace {
    private static final Logger LOG = LoggerFactory.getLogger(Trace.class);
    private static final Optional<String> KILL_AT = Optional.ofNullable(System.getenv("WIRESCALE_KILL_AT"));

    private Trace() {}

    /**
     * @param step a name that is the same in every run, such as {@code link.done}
     */
    public static void step(String step) {
        LOG.debug("step {}", step);
        if (KILL_AT.isPresent() && KILL_AT.get().equals(step)) {
            Runtime.getRuntime().halt(137);
        }
    }
}
