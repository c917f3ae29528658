package org.wirescale.daemon;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.wirescale.model.WirescaleException;
import org.wirescale.protocol.PeerLimits;

/**
 * How often a peer, or a local user, may move tailscaled's port. A few in a row are free, so that a tunnel can be taken down and
 * made anew at once; in the long run they are {@link PeerLimits#TAKEOVER_SPACING} apart. A peer whose tunnels get no handshake waits
 * longer each time.
 */
final class TakeoverRates {
    /** Sessions in a row before the spacing holds. */
    static final int BURST = 3;

    private static final int MAX_KEPT = 1024;

    private final LongSupplier nanoTime;
    private final Map<String, Account> accounts = new HashMap<>();

    TakeoverRates() {
        this(System::nanoTime);
    }

    TakeoverRates(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /**
     * Counts one session for this peer or user.
     *
     * @param machine this machine's name, for the refusal that the peer is shown
     * @throws WirescaleException with {@link SessionReason#TOO_SOON}, which says when to come back
     */
    synchronized void spend(String who, String machine) {
        long now = nanoTime.getAsLong();
        Account account = accounts.computeIfAbsent(who, _ -> new Account(now));
        long wait = Math.max(account.blockedUntil - now, account.nextFree - burstNanos() - now);
        if (wait > 0) {
            long seconds = Duration.ofNanos(wait).toSeconds() + 1;
            throw WirescaleException.of(SessionReason.TOO_SOON, "seconds", seconds, "machine", machine);
        }
        account.nextFree = Math.max(account.nextFree, now) + PeerLimits.TAKEOVER_SPACING.toNanos();
        forgetOld(now);
    }

    /** A {@code go} led to no handshake. */
    synchronized void noHandshake(String who) {
        long now = nanoTime.getAsLong();
        Account account = accounts.computeIfAbsent(who, _ -> new Account(now));
        Duration backoff = PeerLimits.BACKOFF.multipliedBy(1L << Math.min(account.failures, 10));
        account.failures++;
        account.blockedUntil =
                now + (backoff.compareTo(PeerLimits.BACKOFF_MAX) > 0 ? PeerLimits.BACKOFF_MAX : backoff).toNanos();
    }

    synchronized void handshake(String who) {
        Account account = accounts.get(who);
        if (account != null) {
            account.failures = 0;
            account.blockedUntil = nanoTime.getAsLong();
        }
    }

    private static long burstNanos() {
        return PeerLimits.TAKEOVER_SPACING.multipliedBy(BURST - 1L).toNanos();
    }

    private void forgetOld(long now) {
        if (accounts.size() > MAX_KEPT) {
            accounts.values().removeIf(account -> account.nextFree < now && account.blockedUntil < now);
        }
    }

    private static final class Account {
        private long nextFree;
        private long blockedUntil;
        private int failures;

        Account(long now) {
            nextFree = now;
            blockedUntil = now;
        }
    }
}
