package org.wirescale.tailscale;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wirescale.model.Port;
import org.wirescale.model.WirescaleException;
import org.wirescale.os.Descriptor;
import org.wirescale.os.Errno;
import org.wirescale.os.Sockets;
import org.wirescale.os.Sockets.Family;
import org.wirescale.os.Syscalls;
import org.wirescale.os.WaitingDatagrams;

/**
 * Getting tailscaled's UDP port while it runs. Its sockets are duplicated into this process; asked to bind anew, tailscaled
 * finds the port taken by them and moves to another one; once the duplicates are closed the port is free, NAT mapping and all.
 *
 * <pre>
 * try (PortTakeover takeover = PortTakeover.hold(api, port)) {   // before anything is changed
 *     …make the interface…
 *     PortTakeover.NewPorts moved = takeover.rebindAway();
 *     …forward the old port to the new ones…
 *     takeover.sendOn();
 *     takeover.release();
 *     while (!…let WireGuard listen on the port…) {
 *         takeover.again();                                      // five times in all, then the next way
 *         takeover.release();
 *     }
 * }
 * </pre>
 *
 * <p>The duplicates share tailscaled's open sockets: while it has them too, nothing but reading their names is done to them. For
 * one thread.
 */
public final class PortTakeover implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PortTakeover.class);
    private static final Duration MOVES_WITHIN = Duration.ofSeconds(2);
    private static final Duration COMES_BACK_WITHIN = Duration.ofSeconds(10);
    /** {@code /proc} has no event for a socket that is closed; a look takes a millisecond or less. */
    private static final Duration LOOK_AGAIN = Duration.ofMillis(2);

    private static final int LISTINGS = 5;
    /** What a disco packet begins with, "TS" and the sparkles; tailscale.com/disco, Magic. An answer to one that asked for the old port would bind its sender to it. */
    private static final byte[] DISCO = {'T', 'S', (byte) 0xf0, (byte) 0x9f, (byte) 0x92, (byte) 0xac};

    private final LocalApi api;
    private final Port port;
    private final Map<Family, Descriptor> held = new EnumMap<>(Family.class);
    /** The families in which tailscaled had the port when it was held. */
    private final Set<Family> taken = new HashSet<>();
    /** All sockets that it had then: a new one is none of these. */
    private final Set<Long> oldInodes = new HashSet<>();
    /** Where it went, in each family in which it ever had the port. */
    private final Map<Family, Port> went = new EnumMap<>(Family.class);

    private TailscaledHandle tailscaled;

    /**
     * The ports that tailscaled has now, in the families in which it had the one that was taken over.
     */
    public record NewPorts(Optional<Port> ipv4, Optional<Port> ipv6) {
        public Optional<Port> of(Family family) {
            return family == Family.IPV4 ? ipv4 : ipv6;
        }
    }

    private PortTakeover(LocalApi api, Port port, TailscaledHandle tailscaled) {
        this.api = api;
        this.port = port;
        this.tailscaled = tailscaled;
    }

    /**
     * Holds tailscaled's port in both families. Nothing is changed yet, and nobody else can get it.
     *
     * @throws WirescaleException with {@link TailscaleReason#TAKEOVER_UNAVAILABLE} and the reason why this way is closed on this
     *     machine, {@link TailscaleReason#PORT_TAKEN} when another program has the port in one family,
     *     {@link TailscaleReason#PORT_MOVED} when tailscaled does not have it any more, {@link TailscaleReason#TAILSCALED_ENDED}
     */
    public static PortTakeover hold(LocalApi api, Port port) throws InterruptedException {
        try {
            return holdOnce(api, port);
        } catch (WirescaleException e) {
            if (e.reason() != TailscaleReason.TAILSCALED_ENDED) {
                throw e;
            }
            // Its package is being upgraded: the next one is there in a moment, or not at all.
            LOG.info("tailscaled ended while its port was being held; starting over with the next one");
            awaitNext(api);
            return holdOnce(api, port);
        }
    }

    /**
     * Whether a takeover can work here: everything that {@link #hold} does, and letting go again. Says why not.
     *
     * @throws WirescaleException as {@link #hold} does where no other way would help either
     */
    public static Optional<String> whyUnavailable(LocalApi api, Port port) throws InterruptedException {
        try (PortTakeover takeover = hold(api, port)) {
            takeover.release();
            return Optional.empty();
        } catch (WirescaleException e) {
            if (e.reason() != TailscaleReason.TAKEOVER_UNAVAILABLE) {
                throw e;
            }
            return Optional.of(e.detail("why"));
        }
    }

    private static void awaitNext(LocalApi api) throws InterruptedException {
        if (!api.awaitRunning(COMES_BACK_WITHIN)) {
            throw WirescaleException.of(TailscaleReason.TAILSCALED_ENDED);
        }
    }

    private static PortTakeover holdOnce(LocalApi api, Port port) throws InterruptedException {
        PortTakeover takeover = new PortTakeover(api, port, TailscaledHandle.open(api));
        try {
            takeover.holdBoth();
            if (takeover.taken.isEmpty()) {
                throw WirescaleException.of(TailscaleReason.PORT_MOVED, "port", port);
            }
            return takeover;
        } catch (WirescaleException | InterruptedException e) {
            takeover.close();
            throw e;
        }
    }

    /** Fills {@link #held}, whoever has the port. */
    private void holdBoth() throws InterruptedException {
        for (int listing = 1; ; listing++) {
            taken.clear();
            oldInodes.clear();
            List<Tailscaled.Owned> sockets = tailscaled.sockets();
            sockets.forEach(socket -> oldInodes.add(socket.inode()));
            try {
                for (Tailscaled.Owned socket : sockets) {
                    if (socket.port().equals(port) && socket.entry().isOpenToAll()) {
                        held.put(socket.family(), duplicate(socket));
                        taken.add(socket.family());
                    }
                }
                holdRest();
                tailscaled.requireAlive();
                return;
            } catch (TailscaledHandle.Moving e) {
                // It was binding anew between our two looks; what it has now decides.
                release();
                if (listing == LISTINGS) {
                    throw WirescaleException.of(TailscaleReason.PORT_MOVED, "port", port);
                }
                Thread.sleep(LOOK_AGAIN);
            }
        }
    }

    private Descriptor duplicate(Tailscaled.Owned socket) throws TailscaledHandle.Moving {
        Descriptor duplicate = tailscaled.duplicate(socket);
        boolean right = Syscalls.stat(duplicate).inode() == socket.inode()
                && Sockets.udpName(duplicate)
                        .filter(name ->
                                name.family() == socket.family() && name.port().equals(port))
                        .isPresent();
        if (!right) {
            duplicate.close();
            throw new TailscaledHandle.Moving();
        }
        return duplicate;
    }

    /** Holds the port by sockets of our own in the families where tailscaled does not have it. */
    private void holdRest() throws TailscaledHandle.Moving {
        for (Family family : Family.values()) {
            boolean coveredByIpv6 = family == Family.IPV4
                    && held.containsKey(Family.IPV6)
                    && !Sockets.isIpv6Only(held.get(Family.IPV6));
            if (held.containsKey(family) || coveredByIpv6) {
                continue;
            }
            try {
                Sockets.holdUdp(family, port).ifPresent(socket -> held.put(family, socket));
            } catch (WirescaleException e) {
                if (Errno.of(e).filter(errno -> errno == Errno.EADDRINUSE).isEmpty()) {
                    throw e;
                }
                if (tailscaledHas(family)) {
                    throw new TailscaledHandle.Moving();
                }
                throw WirescaleException.causedBy(
                        e, TailscaleReason.PORT_TAKEN, "port", port, "family", family == Family.IPV6 ? "IPv6" : "IPv4");
            }
        }
    }

    private boolean tailscaledHas(Family family) {
        return isHeldIn(family, tailscaled.sockets());
    }

    private boolean isHeldIn(Family family, List<Tailscaled.Owned> sockets) {
        return sockets.stream()
                .anyMatch(socket -> socket.family() == family && socket.port().equals(port));
    }

    /** Whether tailscaled has the port, in either family: a new interface makes it bind anew by itself. */
    public boolean tailscaledHasPort() {
        return !tailscaled.hasEnded()
                && tailscaled.sockets().stream()
                        .anyMatch(socket -> socket.port().equals(port));
    }

    /**
     * Whether tailscaled still has the port in each family in which it had it when it was held. A change of the machine's links
     * makes it bind anew by itself, and what is held it cannot have again: its peers then reach it by another port.
     */
    public boolean tailscaledKeepsPort() {
        if (tailscaled.hasEnded()) {
            return false;
        }
        List<Tailscaled.Owned> sockets = tailscaled.sockets();
        return taken.stream().allMatch(family -> isHeldIn(family, sockets));
    }

    /**
     * Makes tailscaled leave the port, unless it left by itself, and waits until it has another one in each family.
     *
     * @return where it went
     * @throws WirescaleException with {@link TailscaleReason#TAKEOVER_UNAVAILABLE} when it refuses to rebind,
     *     {@link TailscaleReason#PORT_KEPT} when it does not move within 2 s
     */
    public NewPorts rebindAway() throws InterruptedException {
        long start = System.nanoTime();
        boolean asked = tailscaledHasPort();
        if (asked) {
            tailscaled.rebind();
        }
        Deadline deadline = Deadline.in(MOVES_WITHIN);
        while (true) {
            if (tailscaled.hasEnded()) {
                // The port is ours all the same; the next tailscaled finds it taken.
                LOG.info("tailscaled ended while its port was being taken over");
                went.clear();
                return newPorts();
            }
            List<Tailscaled.Owned> sockets = tailscaled.sockets();
            boolean left = sockets.stream().noneMatch(socket -> socket.port().equals(port));
            boolean arrived = lookWhereItWent(sockets);
            if (left && (arrived || deadline.hasPassed())) {
                LOG.info(
                        "tailscaled left port {} for {} {} {} ms",
                        port,
                        went,
                        asked ? "when asked, in" : "by itself, seen in",
                        Duration.ofNanos(System.nanoTime() - start).toMillis());
                return newPorts();
            }
            if (deadline.hasPassed()) {
                throw WirescaleException.of(TailscaleReason.PORT_KEPT, "port", port, "millis", MOVES_WITHIN.toMillis());
            }
            Thread.sleep(LOOK_AGAIN);
        }
    }

    private NewPorts newPorts() {
        return new NewPorts(Optional.ofNullable(went.get(Family.IPV4)), Optional.ofNullable(went.get(Family.IPV6)));
    }

    /** Whether it has arrived in each family that it had to leave. */
    private boolean lookWhereItWent(List<Tailscaled.Owned> sockets) {
        boolean arrived = true;
        for (Family family : Family.values()) {
            boolean stays = went.containsKey(family)
                    && sockets.stream()
                            .anyMatch(socket ->
                                    socket.family() == family && socket.port().equals(went.get(family)));
            if (!stays && (taken.contains(family) || went.containsKey(family))) {
                Optional<Port> found = newPort(sockets, family);
                found.ifPresent(newPort -> went.put(family, newPort));
                arrived &= found.isPresent();
            }
        }
        return arrived;
    }

    /** The socket for all peers is the one with the large buffer, where tailscaled has opened several meanwhile. */
    private Optional<Port> newPort(List<Tailscaled.Owned> sockets, Family family) {
        List<Tailscaled.Owned> fresh = new ArrayList<>();
        for (Tailscaled.Owned socket : sockets) {
            if (socket.family() == family
                    && socket.entry().isOpenToAll()
                    && !socket.port().equals(port)
                    && !oldInodes.contains(socket.inode())) {
                fresh.add(socket);
            }
        }
        if (fresh.size() <= 1) {
            return fresh.stream().map(Tailscaled.Owned::port).findFirst();
        }
        return fresh.stream().max(Comparator.comparingInt(this::receiveBuffer)).map(Tailscaled.Owned::port);
    }

    private int receiveBuffer(Tailscaled.Owned socket) {
        try (Descriptor duplicate = tailscaled.duplicate(socket)) {
            return Sockets.receiveBuffer(duplicate);
        } catch (WirescaleException | TailscaledHandle.Moving e) {
            return 0;
        }
    }

    /**
     * Hands tailscaled at its new port what came to the old one since it left, as if it had been sent there. For when new packets
     * go there by another way.
     */
    public void sendOn() {
        went.forEach((family, newPort) -> {
            if (taken.contains(family) && held.containsKey(family)) {
                int count = WaitingDatagrams.sendOn(held.get(family), newPort, DISCO);
                LOG.debug("{} packets of {} had come to port {} since tailscaled left it", count, family, port);
            }
        });
    }

    /** Lets go of the port: from now on WireGuard can have it, and anybody else. */
    public void release() {
        held.values().forEach(Descriptor::close);
        held.clear();
    }

    /**
     * Holds the port again, whoever was faster than WireGuard, and makes tailscaled leave it.
     *
     * @throws WirescaleException as {@link #hold} and {@link #rebindAway} do
     */
    public NewPorts again() throws InterruptedException {
        release();
        if (tailscaled.hasEnded()) {
            awaitNext(api);
            tailscaled.close();
            tailscaled = TailscaledHandle.open(api);
        }
        holdBoth();
        return rebindAway();
    }

    /** Lets go of everything. */
    @Override
    public void close() {
        release();
        tailscaled.close();
    }
}
