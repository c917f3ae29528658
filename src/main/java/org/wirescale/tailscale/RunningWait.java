package org.wirescale.tailscale;

import java.nio.file.Files;
import java.time.Duration;
import java.util.Optional;
import org.wirescale.model.WirescaleException;

/** Waiting for a Tailscale that runs. */
final class RunningWait {
    /** The socket of a tailscaled that is only being started appears without an event that names it reliably. */
    private static final Duration LOOK_AGAIN = Duration.ofMillis(20);

    private final LocalApi api;

    RunningWait(LocalApi api) {
        this.api = api;
    }

    boolean await(Deadline deadline) throws InterruptedException {
        while (!deadline.hasPassed()) {
            if (Files.exists(api.socket()) && runs(deadline)) {
                return true;
            }
            Thread.sleep(deadline.atMost(LOOK_AGAIN).left());
        }
        return false;
    }

    /** Watches one tailscaled until it runs or goes away. */
    private boolean runs(Deadline deadline) {
        try (BusWatch watch = api.watch()) {
            Optional<BusEvent> event = watch.next(deadline.left());
            while (event.isPresent()) {
                if (event.get().state().orElse(BackendState.NO_STATE) == BackendState.RUNNING) {
                    return true;
                }
                event = watch.next(deadline.left());
            }
            return false;
        } catch (WirescaleException e) {
            // A socket that a stopped tailscaled left over, or one that is going down: the next look decides.
            return false;
        }
    }
}
