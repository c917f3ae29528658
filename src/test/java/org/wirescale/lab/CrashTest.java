package org.wirescale.lab;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The daemon is killed at every step of an upgrade. */
@LabTest
@Order(1)
@Timeout(1200)
final class CrashTest extends Crashes {
    /** Makes /run as large as what is in it, so that nothing more fits. */
    private static final String FILL_RUN =
            "/bin/sh -c 'mount -o remount,size=$$(df -k --output=used /run | tail -n 1 | tr -d \" \")k /run;"
                    + " dd if=/dev/zero of=/run/fill bs=1k count=64 2>/dev/null; true'";

    CrashTest() {
        super(3);
    }

    @Test
    void the_daemon_that_asks_is_killed_at_every_step_of_a_takeover() {
        atEachOf(steps(Role.ASKS, TAKEOVER), (pair, step) -> kill(pair, Role.ASKS, TAKEOVER, step));
    }

    @Test
    void the_daemon_that_answers_is_killed_at_every_step_of_a_takeover() {
        atEachOf(steps(Role.ANSWERS, TAKEOVER), (pair, step) -> kill(pair, Role.ANSWERS, TAKEOVER, step));
    }

    @Test
    void the_daemon_that_asks_is_killed_at_every_step_while_tailscaled_is_stopped() {
        List<String> steps = steps(Role.ASKS, RESTART);
        // What comes before and after is the same as in a takeover.
        List<String> stopped = steps.subList(steps.indexOf("tailscaled.stop"), steps.indexOf("handshake.done"));
        atEachOf(stopped, (pair, step) -> kill(pair, Role.ASKS, RESTART, step));
    }

    @Test
    void the_daemon_is_killed_at_every_step_and_run_is_full_from_then_on() {
        atEachOf(steps(Role.ASKS, TAKEOVER), (pair, step) -> {
            pair.reset(Role.ASKS, TAKEOVER, DEBUG, "WIRESCALE_KILL_AT=" + step);
            Host killed = pair.asking();
            killed.afterTheDaemon(Stream.concat(Stream.of(FILL_RUN), killed.ownAfterTheDaemon().stream())
                    .toArray(String[]::new));
            thenAllOrNothing(pair, Role.ASKS);
        });
    }
}
