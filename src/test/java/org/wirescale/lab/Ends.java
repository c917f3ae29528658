package org.wirescale.lab;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * Two machines before something goes wrong, and the promise for afterwards: Tailscale runs on both, and on each there is either a
 * whole tunnel that passes data or nothing of the attempt.
 */
record Ends(
        Host first,
        String device,
        String there,
        Snapshot firstBefore,
        Host second,
        String otherDevice,
        String here,
        Snapshot secondBefore) {
    /** An end that cannot know that the other has gone learns it by silence: three tries of half a minute to recover the tunnel. */
    static final Duration SILENCE = Duration.ofSeconds(3 * 30 + 60);

    /** As {@link Lab#pair} made them, the interfaces named after the machines. */
    static Ends of(Host first, Host second, String net) {
        return new Ends(
                first,
                second.name(),
                net + ".2",
                first.snapshot(),
                second,
                first.name(),
                net + ".1",
                second.snapshot());
    }

    static Ends of(Lab lab) {
        return of(lab.alice(), lab.bob(), "10.77.0");
    }

    /** Waits until the promise is kept. */
    void awaitAllOrNothing() {
        awaitAllOrNothing(SILENCE);
    }

    void awaitAllOrNothing(Duration atMost) {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (true) {
            boolean hers = first.hasLink(device);
            boolean his = second.hasLink(otherDevice);
            if (hers && his && first.reaches(device, there) && second.reaches(otherDevice, here)) {
                Tunnels.assertWhole(first, device, there, second, otherDevice, here);
                break;
            }
            if (!hers && !his && isUnchanged(first, firstBefore) && isUnchanged(second, secondBefore)) {
                break;
            }
            if (System.nanoTime() > deadline) {
                throw new AssertionError("neither a whole tunnel nor none after " + atMost.toSeconds() + " s: "
                        + first + first.snapshot().differenceFrom(firstBefore) + "\n"
                        + second + second.snapshot().differenceFrom(secondBefore));
            }
            LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
        }
        first.awaitTailscale();
        second.awaitTailscale();
    }

    private static boolean isUnchanged(Host host, Snapshot before) {
        return host.snapshot().equals(before);
    }

    /** Waits until there is nothing of the attempt on either. */
    void awaitNothing(Duration atMost) {
        first.awaitUnchanged(firstBefore, atMost);
        second.awaitUnchanged(secondBefore, atMost);
    }

    /** Ends the tunnel at both ends; both have to be as they were then. */
    void takeDown() {
        first.down(device).expect(0);
        if (second.hasLink(otherDevice)) {
            second.down(otherDevice);
        }
        awaitNothing(Duration.ofSeconds(20));
    }
}
