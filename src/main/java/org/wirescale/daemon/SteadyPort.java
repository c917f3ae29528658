package org.wirescale.daemon;

import org.wirescale.model.WirescaleException;
import org.wirescale.tailscale.TailscalePorts;

/** Another tunnel that came or went a moment ago can make tailscaled move while a port is being agreed on: then all is begun anew. */
final class SteadyPort {
    /** Each is one of the three takeovers in a row that the peer grants. */
    private static final int ATTEMPTS = 3;

    private SteadyPort() {}

    /**
     * What agrees on a port, and throws {@link SessionReason#PORT_LEFT} when tailscaled has it no more.
     *
     * @param <T> what it comes to
     */
    interface Attempt<T> {
        T run() throws InterruptedException;
    }

    /** The same for what comes to nothing but its effect. */
    interface Step {
        void run() throws InterruptedException;
    }

    static void with(Machine machine, Session session, Step step) throws InterruptedException {
        boolean _ = attempt(machine, session, () -> {
            step.run();
            return true;
        });
    }

    static <T> T attempt(Machine machine, Session session, Attempt<T> attempt) throws InterruptedException {
        for (int left = ATTEMPTS - 1; ; left--) {
            try {
                return attempt.run();
            } catch (WirescaleException e) {
                if (e.reason() != SessionReason.PORT_LEFT
                        || left == 0
                        || !TailscalePorts.haveSettled(machine.tailnet().api())) {
                    throw e;
                }
                session.note("Starting over: " + e.getMessage());
            }
        }
    }
}
