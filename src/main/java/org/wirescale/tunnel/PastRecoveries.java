package org.wirescale.tunnel;

/**
 * How the recoveries of one tunnel went.
 *
 * @param worked how many of them it stood after, 0 or more
 * @param putBack how many were undone, because the other end was not heard or this one died over it; 0 or more
 * @param last seconds since 1970 of the newest one's end, 0 before the first
 * @param lastWorked whether it stood after the newest one
 */
public record PastRecoveries(int worked, int putBack, long last, boolean lastWorked) {
    public static final PastRecoveries NONE = new PastRecoveries(0, 0, 0, false);

    PastRecoveries andOneThatWorked(long epochSeconds) {
        return new PastRecoveries(worked + 1, putBack, epochSeconds, true);
    }

    PastRecoveries andOnePutBack(long epochSeconds) {
        return new PastRecoveries(worked, putBack + 1, epochSeconds, false);
    }

    public boolean isEmpty() {
        return worked == 0 && putBack == 0;
    }
}
