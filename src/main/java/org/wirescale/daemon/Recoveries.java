package org.wirescale.daemon;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.WirescaleException;
import org.wirescale.protocol.Sealed;

/** What this daemon remembers of recoveries, so that none is done twice by one text, and a live tunnel is moved only seldom. */
final class Recoveries {
    /** A live tunnel is moved once in this time. */
    private static final Duration SPACING = Duration.ofMinutes(1);

    /** Both ends of a tunnel send an echo every 2 s. */
    private static final Duration BYTES_COME_WITHIN = Duration.ofMillis(2500);

    private static final Duration LOOK_EVERY = Duration.ofMillis(100);

    /** Our own watcher found the tunnel dead as long ago as this at most. */
    private static final Duration SUSPICION = Duration.ofSeconds(10);

    private static final int MOST_TEXTS = 256;

    private record Moment(long nanos) {
        static Moment now() {
            return new Moment(System.nanoTime());
        }

        boolean isWithin(Duration time) {
            return System.nanoTime() - nanos < time.toNanos();
        }
    }

    private static final class Texts {
        private long handshake;
        private final Set<String> nonces = new HashSet<>();
    }

    private final Map<String, Texts> seen = new HashMap<>();
    private final Map<InterfaceName, Moment> accepted = new HashMap<>();
    private final Map<InterfaceName, Moment> suspected = new HashMap<>();

    /** The tunnel's own watcher asks for a recovery. */
    synchronized void suspect(InterfaceName name) {
        suspected.put(name, Moment.now());
    }

    synchronized void accepted(InterfaceName name) {
        accepted.put(name, Moment.now());
    }

    /**
     * Counts the text for its tunnel.
     *
     * @param machine this machine's name, for the refusal that the peer is shown
     * @throws WirescaleException with {@link SessionReason#SEEN_BEFORE} when it came before since the tunnel's last handshake
     */
    synchronized void requireFresh(LiveTunnel live, Sealed text, String machine) {
        seen.keySet().removeIf(tunnel -> seen.size() > MOST_TEXTS);
        Texts texts = seen.computeIfAbsent(live.name() + " " + live.header().session(), _ -> new Texts());
        if (texts.handshake != live.latestHandshake()) {
            texts.handshake = live.latestHandshake();
            texts.nonces.clear();
        }
        if (texts.nonces.size() >= MOST_TEXTS || !texts.nonces.add(text.nonceText())) {
            throw WirescaleException.of(SessionReason.SEEN_BEFORE, "interface", live.name(), "machine", machine);
        }
    }

    /**
     * A second recovery within a minute is for a tunnel that is dead: by the word of our own watcher, or since no bytes come.
     *
     * @throws WirescaleException with {@link SessionReason#NOT_DEAD}
     */
    void requireDead(LiveTunnel live, String machine) throws InterruptedException {
        if (!isSecond(live.name())) {
            return;
        }
        long end = System.nanoTime() + BYTES_COME_WITHIN.toNanos();
        while (System.nanoTime() < end) {
            if (live.receivedByNow() > live.peer().received()) {
                throw WirescaleException.of(SessionReason.NOT_DEAD, "interface", live.name(), "machine", machine);
            }
            Thread.sleep(LOOK_EVERY);
        }
    }

    private synchronized boolean isSecond(InterfaceName name) {
        Moment last = accepted.get(name);
        Moment suspicion = suspected.get(name);
        return last != null && last.isWithin(SPACING) && !(suspicion != null && suspicion.isWithin(SUSPICION));
    }
}
