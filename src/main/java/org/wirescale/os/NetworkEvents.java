package org.wirescale.os;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wirescale.model.WirescaleException;
import org.wirescale.os.Kernel.Call;

/**
 * What the kernel tells of the network and the clock, for one thread that waits for it: links, addresses, routes and rules
 * (rtnetlink(7)), deletions and new chains in nft's tables ({@code NFNLGRP_NFTABLES}), and the setting of the clock ({@code timerfd_create(2)}),
 * which follows each wake from a suspend. Of the network namespace of the thread that opens it; wants {@code CAP_NET_ADMIN}.
 *
 * <p>What a kernel or a sandbox refuses is missing then, with one line in the log. How much waits is the kernel's to limit.
 */
public final class NetworkEvents implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NetworkEvents.class);

    private static final int AF_NETLINK = 16;
    private static final int SOCK_RAW = 3;
    private static final int NONBLOCK = 0x800;
    private static final int CLOEXEC = 0x80000;
    private static final int NETLINK_ROUTE = 0;
    private static final int NETLINK_NETFILTER = 12;
    private static final int NAME_SIZE = 12;

    /** Links, addresses, routes and rules, of both families. */
    private static final int ROUTE_GROUPS = 0x1 | 0x10 | 0x40 | 0x80 | 0x100 | 0x400 | 0x40000;

    /** The bit of {@code NFNLGRP_NFTABLES}, group 7. */
    private static final int NFTABLES_GROUP = 0x40;

    private static final int CLOCK_REALTIME = 0;
    private static final int TFD_TIMER_ABSTIME = 1;
    private static final int TFD_TIMER_CANCEL_ON_SET = 2;

    /** More than the kernel puts into one message of news. */
    private static final int LARGEST = 32 << 10;

    /** Of one socket in one go; what is beyond is read in the next. */
    private static final int MOST = 256;

    private static final int MSG_DONTWAIT = 0x40;
    private static final int MSG_TRUNC = 0x20;
    private static final int HEADER_SIZE = 56;

    private final List<Descriptor> sockets;
    private final Optional<Descriptor> clock;
    private final Descriptor end;

    private NetworkEvents(List<Descriptor> sockets, Optional<Descriptor> clock, Descriptor end) {
        this.sockets = sockets;
        this.clock = clock;
        this.end = end;
    }

    /**
     * From now on events are remembered for who waits.
     *
     * @throws WirescaleException with {@link OsReason#SYSTEM_CALL} when there are no more descriptors
     */
    public static NetworkEvents open() {
        Descriptor end = new Descriptor((int) Kernel.expect(Call.EVENTFD2, 0, CLOEXEC | NONBLOCK));
        List<Descriptor> sockets = new ArrayList<>();
        unlessRefused("links, addresses and routes", () -> netlink(NETLINK_ROUTE, ROUTE_GROUPS))
                .ifPresent(sockets::add);
        unlessRefused("firewall rules", () -> netlink(NETLINK_NETFILTER, NFTABLES_GROUP))
                .ifPresent(sockets::add);
        return new NetworkEvents(List.copyOf(sockets), unlessRefused("the clock", NetworkEvents::clockThatIsSet), end);
    }

    private static Optional<Descriptor> unlessRefused(String what, Supplier<Descriptor> source) {
        try {
            return Optional.of(source.get());
        } catch (WirescaleException e) {
            LOG.warn("The kernel does not tell of changes to {}: {}", what, e.getMessage());
            return Optional.empty();
        }
    }

    private static Descriptor netlink(int protocol, int groups) {
        Descriptor socket =
                new Descriptor((int) Kernel.expect(Call.SOCKET, AF_NETLINK, SOCK_RAW | CLOEXEC | NONBLOCK, protocol));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocate(NAME_SIZE, 8);
            name.set(ValueLayout.JAVA_SHORT, 0, (short) AF_NETLINK);
            name.set(ValueLayout.JAVA_INT, 8, groups);
            Kernel.expect(Call.BIND, socket.number(), name.address(), NAME_SIZE);
            return socket;
        } catch (WirescaleException e) {
            socket.close();
            throw e;
        }
    }

    /** A timer that never ends, but is cancelled when the clock is set. */
    private static Descriptor clockThatIsSet() {
        Descriptor timer = new Descriptor((int) Kernel.expect(Call.TIMERFD_CREATE, CLOCK_REALTIME, NONBLOCK | CLOEXEC));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment times = arena.allocate(32, 8);
            times.set(ValueLayout.JAVA_LONG, 16, Long.MAX_VALUE);
            Kernel.expect(
                    Call.TIMERFD_SETTIME,
                    timer.number(),
                    TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET,
                    times.address(),
                    0);
            return timer;
        } catch (WirescaleException e) {
            timer.close();
            throw e;
        }
    }

    /**
     * Waits for events. For a platform thread: the wait occupies it.
     *
     * @param atMost empty: as long as it takes
     * @return none when the time went by first; empty once {@link #stop} was called
     */
    public Optional<List<NetworkEvent>> await(Optional<Duration> atMost) {
        List<Descriptor> all = new ArrayList<>(sockets);
        all.add(end);
        clock.ifPresent(all::add);
        List<Descriptor> ready = Syscalls.waitForAny(all, Syscalls.POLLIN, atMost);
        if (ready.contains(end)) {
            return Optional.empty();
        }
        List<NetworkEvent> events = new ArrayList<>();
        sockets.stream().filter(ready::contains).forEach(socket -> events.addAll(received(socket)));
        if (clock.filter(ready::contains).isPresent() && wasSet(clock.get())) {
            events.add(new NetworkEvent.ClockSet());
        }
        return Optional.of(List.copyOf(events));
    }

    private static boolean wasSet(Descriptor timer) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment turns = arena.allocate(8, 8);
            return Kernel.result(Call.READ, timer.number(), turns.address(), 8) == -Errno.ECANCELED.number();
        }
    }

    private static List<NetworkEvent> received(Descriptor socket) {
        List<NetworkEvent> events = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocate(NAME_SIZE, 8);
            MemorySegment data = arena.allocate(LARGEST, 8);
            MemorySegment vector = arena.allocate(16, 8);
            vector.set(ValueLayout.JAVA_LONG, 0, data.address());
            vector.set(ValueLayout.JAVA_LONG, 8, LARGEST);
            MemorySegment header = arena.allocate(HEADER_SIZE, 8);
            for (int i = 0; i < MOST; i++) {
                header.set(ValueLayout.JAVA_LONG, 0, name.address());
                header.set(ValueLayout.JAVA_INT, 8, NAME_SIZE);
                header.set(ValueLayout.JAVA_LONG, 16, vector.address());
                header.set(ValueLayout.JAVA_LONG, 24, 1);
                long size = Kernel.result(Call.RECVMSG, socket.number(), header.address(), MSG_DONTWAIT);
                if (size == -Errno.EAGAIN.number()) {
                    return events;
                }
                boolean isCut = (header.get(ValueLayout.JAVA_INT, 48) & MSG_TRUNC) != 0;
                if (size == -Errno.ENOBUFS.number() || isCut) {
                    events.add(new NetworkEvent.Overflow());
                } else if (size < 0) {
                    throw Kernel.failure(Call.RECVMSG, (int) -size);
                } else if (name.get(ValueLayout.JAVA_INT, 4) == 0) {
                    // Number 0 is the kernel itself: other processes of root can write here too.
                    events.addAll(NetlinkMessages.read(data.asSlice(0, size).asByteBuffer()));
                }
            }
        }
        return events;
    }

    /** Ends the wait of {@link #await}, now and from now on; for any thread. */
    public void stop() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment one = arena.allocateFrom(ValueLayout.JAVA_LONG, 1);
            Kernel.expect(Call.WRITE, end.number(), one.address(), 8);
        }
    }

    /** For the thread that waited. */
    @Override
    public void close() {
        sockets.forEach(Descriptor::close);
        clock.ifPresent(Descriptor::close);
        end.close();
    }
}
