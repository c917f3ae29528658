package org.wirescale.os;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.wirescale.model.IpAddress;
import org.wirescale.os.NetworkEvent.AddressChanged;
import org.wirescale.os.NetworkEvent.ClockSet;
import org.wirescale.os.NetworkEvent.FirewallChanged;
import org.wirescale.os.NetworkEvent.LinkGone;
import org.wirescale.os.NetworkEvent.Overflow;
import org.wirescale.os.NetworkEvent.RouteChanged;
import org.wirescale.os.NetworkEvent.RuleChanged;
import org.wirescale.testing.NetworkNamespace;

/** What a real kernel tells, of a network namespace of the test's own. */
@Tag("netns")
final class NetworkEventsTest {
    private NetworkNamespace namespace;
    private NetworkEvents events;
    private final List<NetworkEvent> seen = new ArrayList<>();

    @BeforeEach
    void listen() throws Exception {
        namespace = NetworkNamespace.create();
        namespace.ip("link add bob type bridge");
        namespace.ip("address add 10.77.0.1/24 dev bob");
        namespace.ip("link set bob up");
        events = namespace.call(NetworkEvents::open);
    }

    @AfterEach
    void close() {
        events.close();
        namespace.close();
    }

    private void awaitEvent(Predicate<NetworkEvent> wanted) {
        long deadline = System.nanoTime() + Duration.ofSeconds(5).toNanos();
        while (seen.stream().noneMatch(wanted)) {
            assertThat(System.nanoTime()).as("an event among %s", seen).isLessThan(deadline);
            seen.addAll(events.await(Optional.of(Duration.ofMillis(100))).orElseThrow());
        }
    }

    @Test
    void routes_addresses_rules_and_links_that_go_are_told() {
        namespace.ip("route add 10.78.0.0/24 dev bob");
        namespace.ip("route del 10.78.0.0/24 dev bob");
        awaitEvent(event -> event instanceof RouteChanged(var route, boolean there)
                && !there
                && route.prefixLength() == 24
                && route.table() == 254);
        namespace.ip("rule add pref 5600 lookup 77");
        namespace.ip("rule del pref 5600");
        awaitEvent(new RuleChanged(5600, 77, false)::equals);
        namespace.ip("-6 rule add pref 5601 lookup 77");
        awaitEvent(new RuleChanged(5601, 77, true)::equals);
        namespace.ip("address flush dev bob");
        awaitEvent(event -> event instanceof AddressChanged(int _, var address, boolean global, boolean there)
                && address.equals(IpAddress.parse("10.77.0.1"))
                && global
                && !there);
        namespace.ip("link del bob");
        awaitEvent(event -> event instanceof LinkGone(int _, String name) && name.equals("bob"));
    }

    @Test
    void what_others_delete_in_nft_or_by_iptables_is_told() {
        namespace.exec("nft add table inet wirescale_bob");
        namespace.exec("nft flush ruleset");
        awaitEvent(new FirewallChanged("wirescale_bob")::equals);
        if (namespace.exec("iptables -V").contains("nf_tables")) {
            namespace.exec("iptables -A INPUT -i bob -j ACCEPT");
            namespace.exec("iptables -F");
            awaitEvent(new FirewallChanged("filter")::equals);
        }
    }

    @Test
    void more_than_can_be_remembered_is_told_as_that() {
        StringBuilder batch = new StringBuilder();
        for (int i = 0; i < 4000; i++) {
            String route = "10." + (i / 250 + 80) + "." + i % 250 + ".0/24 dev bob\n";
            batch.append("route add ").append(route);
        }
        Commands.Command.of("ip", "-n", namespace.name(), "-batch", "-")
                .withStdin(batch.toString())
                .run()
                .expectOk();
        awaitEvent(Overflow.class::isInstance);
    }

    /** By a nanosecond, and back. */
    @Test
    void the_setting_of_the_clock_is_told() throws Exception {
        moveClock(1);
        awaitEvent(ClockSet.class::isInstance);
        seen.clear();
        assertThat(events.await(Optional.of(Duration.ZERO))).contains(List.of());
        moveClock(-1);
        awaitEvent(ClockSet.class::isInstance);
    }

    @Test
    void nothing_is_told_while_nothing_happens_and_a_stop_ends_the_wait() throws Exception {
        assertThat(events.await(Optional.of(Duration.ofMillis(200)))).contains(List.of());
        Thread thread = Thread.ofPlatform()
                .start(() -> assertThat(events.await(Optional.empty())).isEmpty());
        events.stop();
        assertThat(thread.join(Duration.ofSeconds(5))).isTrue();
        assertThat(events.await(Optional.empty())).isEmpty();
    }

    /** By clock_adjtime(2) with ADJ_SETOFFSET and ADJ_NANO. */
    @SuppressWarnings("restricted")
    private static void moveClock(long nanos) throws Exception {
        Linker linker = Linker.nativeLinker();
        MethodHandle adjust = linker.downcallHandle(
                linker.defaultLookup().findOrThrow("clock_adjtime"),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment timex = arena.allocate(256, 8);
            timex.set(ValueLayout.JAVA_INT, 0, 0x2100);
            timex.set(ValueLayout.JAVA_LONG, 72, Math.floorDiv(nanos, 1_000_000_000L));
            timex.set(ValueLayout.JAVA_LONG, 80, Math.floorMod(nanos, 1_000_000_000L));
            assertThat((int) adjust.invokeExact(0, timex)).isNotNegative();
        } catch (Exception | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
