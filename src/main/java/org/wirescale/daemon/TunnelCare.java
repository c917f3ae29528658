package org.wirescale.daemon;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.WirescaleException;
import org.wirescale.os.Folders;
import org.wirescale.os.JournalAppender;
import org.wirescale.os.LockName;
import org.wirescale.os.Locks;
import org.wirescale.os.OsReason;
import org.wirescale.os.Systemd;
import org.wirescale.tunnel.Area;
import org.wirescale.tunnel.AutoremoveUnitChange;
import org.wirescale.tunnel.Change;
import org.wirescale.tunnel.Phase;
import org.wirescale.tunnel.Tunnel;

/** Looks at one tunnel at a time, under its interface's lock: what others took of it is put back, what is left of one without its link goes. */
final class TunnelCare {
    private static final Logger LOG = LoggerFactory.getLogger(TunnelCare.class);

    /** A session, or a {@code down}, is at work. */
    private static final Duration LOCKED = Duration.ofSeconds(1);

    private static final Duration NOT_UP = Duration.ofSeconds(2);

    /** Its unit undoes what is left of a tunnel without a link by itself, and tries three times. */
    private static final Duration UNIT_AT_WORK = Duration.ofSeconds(5);

    private record Thing(InterfaceName name, String session, Change change) {}

    private final Folders folders;
    private final Consumer<Tunnel> takeDown;
    private final PutBackRates<Thing> rates = new PutBackRates<>();

    /**
     * @param takeDown of a tunnel whose interface's lock is held
     */
    TunnelCare(Folders folders, Consumer<Tunnel> takeDown) {
        this.folders = folders;
        this.takeDown = takeDown;
    }

    /** What is remembered of tunnels that are no more. */
    void forgetAllBut(List<Tunnel> tunnels) {
        Set<String> sessions = tunnels.stream()
                .map(tunnel -> tunnel.state().header().session())
                .collect(Collectors.toUnmodifiableSet());
        rates.forget(thing -> !sessions.contains(thing.session()));
    }

    /**
     * Looks, and does what is to be done.
     *
     * @return when to look again; empty when all is well
     */
    Optional<Duration> look(InterfaceName name, Set<Area> areas) {
        try (Locks.Held _ = Locks.take(folders, LockName.ofInterface(name), Duration.ZERO)) {
            Optional<Tunnel> tunnel = Tunnel.load(folders, name);
            if (tunnel.isEmpty()) {
                return Optional.empty();
            }
            // Its lines stand behind the uid of the session that made it, and are found by it.
            String session = tunnel.get().state().header().session();
            try (MDC.MDCCloseable _ = MDC.putCloseable(JournalAppender.UID, session)) {
                return look(tunnel.get(), areas);
            }
        } catch (WirescaleException e) {
            if (e.reason() != OsReason.LOCKED) {
                LOG.warn("{}: it cannot be looked at whether all of it is in place: {}", name, e.getMessage());
                return Optional.empty();
            }
            return Optional.of(LOCKED);
        }
    }

    private Optional<Duration> look(Tunnel tunnel, Set<Area> areas) {
        if (tunnel.state().phase() != Phase.UP) {
            return Optional.of(NOT_UP);
        }
        if (areas.contains(Area.LINK) && !tunnel.hasItsLink()) {
            return withoutLink(tunnel);
        }
        List<String> gone = new ArrayList<>();
        Optional<Duration> again = Optional.empty();
        for (Change change : tunnel.missing(areas)) {
            again = earlier(again, putBack(tunnel, change, gone));
        }
        if (!gone.isEmpty()) {
            LOG.warn("{}: somebody removed the {}: put back", tunnel.interfaceName(), String.join(", ", gone));
        }
        return again;
    }

    private static Optional<Duration> earlier(Optional<Duration> one, Optional<Duration> other) {
        return one.filter(first ->
                        other.filter(second -> second.compareTo(first) < 0).isEmpty())
                .or(() -> other);
    }

    private Optional<Duration> putBack(Tunnel tunnel, Change change, List<String> gone) {
        InterfaceName name = tunnel.interfaceName();
        Thing thing = new Thing(name, tunnel.state().header().session(), change);
        if (!change.canPutBack()) {
            if (rates.tellOnce(thing)) {
                LOG.warn(
                        "{}: somebody removed or changed the {}: it is left so until the tunnel is made anew",
                        name,
                        change.describe());
            }
            return Optional.empty();
        }
        long now = System.nanoTime();
        Optional<Duration> wait = rates.wait(thing, now);
        if (wait.isPresent()) {
            return wait;
        }
        try {
            String what = tunnel.putBack(change);
            rates.isWell(thing);
            boolean wasLastAtOnce = rates.putBack(thing, now);
            if (!rates.isSlow(thing)) {
                gone.add(what);
            }
            if (wasLastAtOnce) {
                LOG.warn(
                        "{}: somebody removes the {} again and again: from now on it is put back every {} s, without a word",
                        name,
                        what,
                        PutBackRates.THEN_EVERY.toSeconds());
            }
        } catch (WirescaleException e) {
            // A link that was set down meanwhile misses nothing any more.
            if (!tunnel.isInPlace(change) && rates.tellOnce(thing)) {
                LOG.warn(
                        "{}: somebody removed the {}, and it cannot be put back: {}",
                        name,
                        change.describe(),
                        e.getMessage());
            }
        }
        return Optional.empty();
    }

    private Optional<Duration> withoutLink(Tunnel tunnel) {
        InterfaceName name = tunnel.interfaceName();
        if (isWatched(name)) {
            return Optional.of(UNIT_AT_WORK);
        }
        LOG.warn("{}: its interface is gone, or is another's now: undoing what is left of the tunnel", name);
        takeDown.accept(tunnel);
        return Optional.empty();
    }

    /** Its unit sees the same, and does the same, hooks included, with or without the daemon. */
    private static boolean isWatched(InterfaceName name) {
        return Systemd.isBooted()
                && Systemd.unit(AutoremoveUnitChange.unit(name)).isRunning();
    }
}
