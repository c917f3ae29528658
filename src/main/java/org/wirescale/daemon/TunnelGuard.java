package org.wirescale.daemon;

import java.net.NetworkInterface;
import java.net.SocketException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wirescale.model.InterfaceName;
import org.wirescale.os.Folders;
import org.wirescale.os.NetworkEvent;
import org.wirescale.os.NetworkEvents;
import org.wirescale.tunnel.Area;
import org.wirescale.tunnel.Phase;
import org.wirescale.tunnel.Tunnel;
import org.wirescale.tunnel.Untold;
import org.wirescale.tunnel.WatcherPipe;

/**
 * Keeps what stands: waits for the kernel's events, and lets {@link TunnelCare} look at the tunnels that they may be about. When the
 * machine itself got another address or way, or woke, the tunnels' units are told to look at once whether they still carry data.
 *
 * <p>While nothing happens nothing runs, but for what the kernel does not tell of: a few programs every 8 s, only where there is
 * something of that kind. Nothing is remembered that the state files do not say.
 */
final class TunnelGuard implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TunnelGuard.class);

    /** One command of a person's is many events: they are over when there was none for so long, */
    private static final Duration SETTLED = Duration.ofMillis(250);
    /** or after this time, whatever still comes. */
    private static final Duration AT_LATEST = Duration.ofSeconds(1);

    private static final Duration MOVE_SETTLED = Duration.ofMillis(200);
    private static final Duration BETWEEN_CHECKS = Duration.ofSeconds(1);

    /** 10 s are promised. */
    private static final Duration POLL = Duration.ofSeconds(8);

    /** Where the kernel has more to tell than it can remember, again and again, all tunnels are not looked at all the time. */
    private static final Duration BETWEEN_OVERFLOWS = Duration.ofSeconds(10);

    private static final Duration END = Duration.ofMillis(500);
    private static final int STACK = 256 << 10;
    private static final int MOST_REMEMBERED = 256;
    private static final String TAILSCALE = "tailscale0";

    private final Folders folders;
    private final Runnable moved;
    private final TunnelCare care;
    private final ExitNodeCare exitNode;
    private final NetworkEvents events;
    private final NetworkNews news = new NetworkNews();
    private final Alarm look = new Alarm();
    private final Alarm lookAtLatest = new Alarm();
    private final Alarm check = new Alarm();
    private final Alarm poll = new Alarm();
    private final Alarm again = new Alarm();
    private final Map<InterfaceName, Set<Area>> toLookAtAgain = new HashMap<>();
    /** The numbers of links that were a tunnel's: what happens to them as it goes is no move of the machine. */
    private final Set<Integer> own = new LinkedHashSet<>();

    private boolean everything = true;
    private long lastCheck = System.nanoTime() - BETWEEN_CHECKS.toNanos();
    private long lastOfEverything = System.nanoTime() - BETWEEN_OVERFLOWS.toNanos();
    private final Thread thread;

    private TunnelGuard(Folders folders, Consumer<Tunnel> takeDown, Runnable moved) {
        this.folders = folders;
        this.moved = moved;
        this.care = new TunnelCare(folders, takeDown);
        this.exitNode = new ExitNodeCare(folders);
        this.events = NetworkEvents.open();
        this.thread =
                Thread.ofPlatform().name("guard").daemon().stackSize(STACK).unstarted(this::run);
    }

    /**
     * Starts with a look at every tunnel: nobody kept them before.
     *
     * @param takeDown undoes what is left of a tunnel without its link; its interface's lock is held
     * @param moved called when the machine got another address or way, before the tunnels' units are told
     */
    static TunnelGuard start(Folders folders, Consumer<Tunnel> takeDown, Runnable moved) {
        TunnelGuard guard = new TunnelGuard(folders, takeDown, moved);
        guard.look.ringIn(Duration.ZERO);
        guard.thread.start();
        return guard;
    }

    /** Lets a look that has begun come to its end. */
    @Override
    public void close() {
        events.stop();
        try {
            if (!thread.join(END)) {
                LOG.debug("the guard is still at work");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try (NetworkEvents _ = events) {
            Optional<List<NetworkEvent>> told = events.await(untilNext());
            while (told.isPresent()) {
                note(told.get());
                work();
                told = events.await(untilNext());
            }
        } catch (RuntimeException e) {
            LOG.error("What others remove of tunnels is not put back any more, until the daemon is restarted", e);
        }
    }

    private Optional<Duration> untilNext() {
        return Alarm.next(look, lookAtLatest, check, poll, again);
    }

    private void note(List<NetworkEvent> told) {
        if (told.isEmpty()) {
            return;
        }
        news.add(told);
        if (news.isToBeLookedAt()) {
            look.postpone(SETTLED);
            lookAtLatest.ringIn(AT_LATEST);
        }
        if (news.hasMoved()) {
            Duration rest = BETWEEN_CHECKS.minusNanos(System.nanoTime() - lastCheck);
            check.ringIn(rest.compareTo(MOVE_SETTLED) > 0 ? rest : MOVE_SETTLED);
        }
    }

    private void work() {
        try {
            if (check.rings()) {
                askForChecks();
            }
            if (look.rings() || lookAtLatest.rings() || again.rings()) {
                look.stop();
                lookAtLatest.stop();
                look();
            }
            if (poll.rings()) {
                poll();
            }
        } catch (RuntimeException e) {
            // A fault with one piece of news must not end the guard.
            LOG.error("A look at the tunnels failed", e);
        }
    }

    private List<Tunnel> tunnels() {
        List<Tunnel> tunnels = Tunnel.all(folders);
        tunnels.forEach(tunnel -> tunnel.state().ifindex().ifPresent(own::add));
        while (own.size() > MOST_REMEMBERED) {
            own.remove(own.iterator().next());
        }
        return tunnels;
    }

    private void look() {
        NetworkNews.News latest = news.take();
        everything |= latest.everything();
        boolean all = everything && isTimeForEverything();
        Map<InterfaceName, Set<Area>> repeated = Map.copyOf(toLookAtAgain);
        toLookAtAgain.clear();
        List<Tunnel> tunnels = tunnels();
        care.forgetAllBut(tunnels);
        exitNode.look(EnumSet.allOf(Area.class)).ifPresent(again::ringIn);
        for (Tunnel tunnel : tunnels) {
            Set<Area> areas = EnumSet.noneOf(Area.class);
            areas.addAll(repeated.getOrDefault(tunnel.interfaceName(), Set.of()));
            tunnel.state().ifindex().stream().filter(latest.links()::contains).forEach(_ -> areas.add(Area.LINK));
            if (latest.firewall()) {
                areas.add(Area.FIREWALL);
            }
            look(tunnel, all ? EnumSet.allOf(Area.class) : areas);
        }
        plan(tunnels);
    }

    private boolean isTimeForEverything() {
        long now = System.nanoTime();
        Duration left = BETWEEN_OVERFLOWS.minusNanos(now - lastOfEverything);
        if (left.isPositive()) {
            again.ringIn(left);
            return false;
        }
        everything = false;
        lastOfEverything = now;
        return true;
    }

    private void look(Tunnel tunnel, Set<Area> areas) {
        if (areas.isEmpty()) {
            return;
        }
        areas.add(Area.WIREGUARD);
        care.look(tunnel.interfaceName(), areas).ifPresent(wait -> {
            toLookAtAgain.put(tunnel.interfaceName(), areas);
            again.ringIn(wait);
        });
    }

    private void plan(List<Tunnel> tunnels) {
        if (exitNode.isOn() || Untold.concerns(up(tunnels))) {
            poll.ringIn(POLL);
        } else {
            poll.stop();
        }
    }

    private void poll() {
        List<Tunnel> up = up(tunnels());
        exitNode.look(ExitNodeCare.UNTOLD).ifPresent(again::ringIn);
        Untold.suspects(up).forEach(tunnel -> look(tunnel, EnumSet.of(Area.FIREWALL)));
        // One that goes is told of, and looked at then.
        if (!up.isEmpty() || exitNode.isOn()) {
            poll.ringIn(POLL);
        }
    }

    private static List<Tunnel> up(List<Tunnel> tunnels) {
        return tunnels.stream()
                .filter(tunnel -> tunnel.state().phase() == Phase.UP)
                .toList();
    }

    private void askForChecks() {
        NetworkNews.Move move = news.takeMove();
        List<Tunnel> up = up(tunnels());
        if (up.isEmpty() || (!move.woke() && move.links().stream().noneMatch(this::leadsOutside))) {
            return;
        }
        lastCheck = System.nanoTime();
        LOG.debug("The machine's addresses or routes changed: each tunnel is looked at");
        moved.run();
        up.forEach(tunnel -> WatcherPipe.askForCheck(folders, tunnel.interfaceName()));
    }

    /** Of a link that is gone nobody knows any more what it was. */
    private boolean leadsOutside(int ifindex) {
        if (own.contains(ifindex)) {
            return false;
        }
        try {
            NetworkInterface link = ifindex == 0 ? null : NetworkInterface.getByIndex(ifindex);
            return link == null || !(link.isLoopback() || link.getName().equals(TAILSCALE));
        } catch (SocketException e) {
            return true;
        }
    }
}
