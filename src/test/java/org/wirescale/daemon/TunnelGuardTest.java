package org.wirescale.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.IpNetwork;
import org.wirescale.model.PublicKey;
import org.wirescale.os.Commands;
import org.wirescale.os.Folders;
import org.wirescale.os.LockName;
import org.wirescale.os.Locks;
import org.wirescale.testing.NetworkNamespace;
import org.wirescale.tunnel.AddressesChange;
import org.wirescale.tunnel.Change;
import org.wirescale.tunnel.IptablesRule;
import org.wirescale.tunnel.OwnTableChange;
import org.wirescale.tunnel.PeerNode;
import org.wirescale.tunnel.RoutesChange;
import org.wirescale.tunnel.Tunnel;
import org.wirescale.tunnel.TunnelHeader;
import org.wirescale.tunnel.TunnelOptions;

/** A guard in a network namespace of the test's own; a bridge stands for WireGuard's link. */
@Tag("netns")
final class TunnelGuardTest {
    private static final InterfaceName BOB = InterfaceName.parse("bob");
    private static final PublicKey KEY = PublicKey.parse("HIgo9xNzJMWLKASShiTqIybxZ0U3wGLiUeJ1PKf8ykw=");
    private static final Duration SOON = Duration.ofSeconds(2);
    /** Longer than it takes to put something back. */
    private static final Duration A_WHILE = Duration.ofMillis(700);

    @TempDir
    Path folder;

    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final List<InterfaceName> takenDown = new CopyOnWriteArrayList<>();
    private final Logger log = (Logger) LoggerFactory.getLogger("org.wirescale.daemon");
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            if (event.getLevel().isGreaterOrEqual(Level.INFO)) {
                lines.add(event.getFormattedMessage());
            }
        }
    };
    private Folders folders;
    private NetworkNamespace machine;
    private Optional<TunnelGuard> guard = Optional.empty();

    @BeforeEach
    void tunnel() throws Exception {
        appender.start();
        log.addAppender(appender);
        folders = new Folders(folder.resolve("etc"), folder.resolve("run"));
        Files.createDirectories(folders.control());
        machine = NetworkNamespace.create();
        machine.ip("link add bob type bridge");
        machine.run(() -> {
            Tunnel tunnel = Tunnel.begin(
                    folders,
                    new TunnelHeader(
                            BOB,
                            new PeerNode("node", "bob.lab.ts.net", List.of()),
                            KEY,
                            KEY,
                            new TunnelOptions(true, false, false, false, 0, 3, 0),
                            Optional.empty(),
                            true,
                            "defe22",
                            Set.of()));
            tunnel.update(state -> state.withIfindex(ifindex("bob")));
            List<Change> changes = List.of(
                    new OwnTableChange(),
                    new IptablesRule(IptablesRule.Family.IPV4, IptablesRule.Purpose.ACCEPT_INTERFACE, 0),
                    new IptablesRule(IptablesRule.Family.IPV4, IptablesRule.Purpose.ACCEPT_PORT, 41641),
                    new IptablesRule(IptablesRule.Family.IPV6, IptablesRule.Purpose.ACCEPT_INTERFACE, 0),
                    new AddressesChange(BOB, networks("10.77.0.1/24", "fd77::1/64"), 1400),
                    new RoutesChange(BOB, networks("10.78.0.0/24", "fd78::/64"), 0),
                    new RoutesChange(BOB, networks("10.79.0.0/24"), 4711));
            tunnel.applyAll(changes);
            tunnel.finish();
        });
        // The kernel's own events of all this are over: only what a test does is told.
        lines.clear();
    }

    @AfterEach
    void end() {
        guard.ifPresent(TunnelGuard::close);
        machine.close();
        log.detachAppender(appender);
    }

    /** And waits until it has looked at what was before. */
    private void startGuard() throws Exception {
        machine.exec("nft delete table inet wirescale_bob");
        startGuardAtOnce();
        await("the first look", SOON, () -> lines.size() == 1);
        lines.clear();
    }

    private void startGuardAtOnce() throws Exception {
        guard = Optional.of(machine.call(() -> TunnelGuard.start(
                folders,
                tunnel -> {
                    takenDown.add(tunnel.interfaceName());
                    tunnel.undo();
                },
                () -> {})));
    }

    private static List<IpNetwork> networks(String... texts) {
        return List.of(texts).stream().map(IpNetwork::parse).toList();
    }

    private static int ifindex(String link) {
        return Integer.parseInt(
                Commands.output("ip", "-o", "link", "show", "dev", link).split(":")[0]);
    }

    /** Everything that a tunnel has, in the order in which it was made. */
    private String network() {
        return machine.exec("ip -o address show dev bob scope global").replaceAll("(?m)^[0-9]+:| tentative", "")
                + machine.exec("ip route show dev bob proto boot")
                + machine.exec("ip -6 route show dev bob proto boot")
                + Commands.run("ip", "-n", machine.name(), "route", "show", "table", "4711")
                        .stdout()
                + firewall();
    }

    private String firewall() {
        return machine.exec("iptables -S").replaceAll("(?m)^-P.*\n", "")
                + machine.exec("ip6tables -S").replaceAll("(?m)^-P.*\n", "")
                + Commands.run("ip", "netns", "exec", machine.name(), "nft", "list", "table", "inet", "wirescale_bob")
                        .stdout();
    }

    private static void await(String what, Duration atMost, BooleanSupplier condition) {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(deadline);
        }
    }

    /** Looks as long as that whether it stays so. */
    private static void stays(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + A_WHILE.toNanos();
        while (System.nanoTime() < deadline) {
            assertThat(condition.getAsBoolean()).as(what).isTrue();
        }
    }

    private void awaitPutBack(String before, String line) {
        await(line, SOON, () -> network().equals(before));
        await("its line", SOON, () -> !lines.isEmpty());
        stays("nothing more", () -> lines.size() == 1);
        assertThat(lines).containsExactly("bob: somebody removed the " + line + ": put back");
        assertThat(network()).isEqualTo(before);
    }

    @Test
    void routes_are_put_back_and_no_others_named() throws Exception {
        startGuard();
        String before = network();
        machine.ip("route del 10.78.0.0/24 dev bob");
        awaitPutBack(before, "routes to 10.78.0.0/24 by bob");
        lines.clear();
        machine.ip("-6 route del fd78::/64 dev bob");
        awaitPutBack(before, "routes to fd78::/64 by bob");
        lines.clear();
        machine.ip("route flush table 4711");
        awaitPutBack(before, "routes to 10.79.0.0/24 by bob in table 4711");
    }

    @Test
    void addresses_are_put_back_with_the_routes_that_went_with_them() throws Exception {
        startGuard();
        String before = network();
        machine.ip("address flush dev bob scope global");
        awaitPutBack(
                before,
                "addresses 10.77.0.1/24, fd77::1/64 of bob, routes to 10.78.0.0/24 by bob, routes to 10.79.0.0/24 by bob in table 4711");
    }

    @Test
    void rules_are_put_back_once_each_whoever_flushed_them() throws Exception {
        startGuard();
        String before = network();
        assertThat(before).contains("wirescale-bob").contains("drop");
        machine.exec("iptables -F");
        awaitPutBack(before, "iptables rule: accept interface, iptables rule: accept port 41641");
        lines.clear();
        machine.exec("nft flush ruleset");
        awaitPutBack(
                before,
                "rule that keeps tailscaled's packets out of the tunnel, by nft, iptables rule: accept interface,"
                        + " iptables rule: accept port 41641, ip6tables rule: accept interface");
        lines.clear();
        machine.exec("nft flush table inet wirescale_bob");
        awaitPutBack(before, "rule that keeps tailscaled's packets out of the tunnel, by nft");
    }

    @Test
    void what_was_removed_while_no_daemon_ran_is_put_back_by_the_next() throws Exception {
        String before = network();
        machine.exec("nft delete table inet wirescale_bob");
        machine.ip("route del 10.78.0.0/24 dev bob");
        startGuardAtOnce();
        awaitPutBack(
                before,
                "rule that keeps tailscaled's packets out of the tunnel, by nft, routes to 10.78.0.0/24 by bob");
    }

    @Test
    void a_link_that_was_set_down_stays_so_and_gets_everything_when_it_is_up() throws Exception {
        startGuard();
        String before = network();
        machine.ip("link set bob down");
        stays("nobody said a word", lines::isEmpty);
        assertThat(machine.exec("ip -o link show dev bob")).doesNotContain(",UP");
        machine.ip("link set bob up");
        await("all that it had", SOON, () -> network().equals(before));
    }

    @Test
    void another_route_in_the_place_of_one_is_left_and_told_once() throws Exception {
        machine.ip("link add other type bridge");
        machine.ip("link set other up");
        startGuard();
        machine.ip("route del 10.78.0.0/24 dev bob");
        await("the first time", SOON, () -> lines.size() == 1);
        try (Locks.Held _ = Locks.take(folders, LockName.ofInterface(BOB), SOON)) {
            machine.ip("route replace 10.78.0.0/24 dev other");
            machine.ip("-6 route del fd78::/64 dev bob");
        }
        await("the line", SOON, () -> lines.size() == 2);
        machine.ip("link set bob mtu 1390");
        stays("one line", () -> lines.size() == 2);
        assertThat(lines.get(1)).contains("cannot be put back").contains("10.78.0.0/24");
        assertThat(machine.exec("ip route show 10.78.0.0/24")).contains("dev other");
        assertThat(machine.exec("ip -6 route show fd78::/64")).contains("dev bob");
    }

    @Test
    void what_is_removed_again_and_again_is_not_fought_for() throws Exception {
        startGuard();
        long end = System.nanoTime() + Duration.ofSeconds(12).toNanos();
        int seen = 0;
        while (System.nanoTime() < end && lines.stream().noneMatch(line -> line.contains("again and again"))) {
            if (Commands.run("ip", "-n", machine.name(), "route", "del", "10.78.0.0/24", "dev", "bob")
                    .ok()) {
                seen++;
            }
        }
        // Once more before the test reads the line.
        assertThat(seen).isBetween(PutBackRates.AT_ONCE, PutBackRates.AT_ONCE + 1);
        assertThat(lines).hasSize(PutBackRates.AT_ONCE + 1);
        stays("no further line", () -> lines.size() == PutBackRates.AT_ONCE + 1);
    }

    @Test
    void whoever_has_the_interfaces_lock_is_left_alone() throws Exception {
        startGuard();
        String before = network();
        try (Locks.Held _ = Locks.take(folders, LockName.ofInterface(BOB), SOON)) {
            machine.ip("route del 10.78.0.0/24 dev bob");
            stays("nothing happens", () -> !network().equals(before));
        }
        await("it is put back afterwards", SOON, () -> network().equals(before));
    }

    @Test
    void what_is_left_of_a_tunnel_whose_link_went_is_undone() throws Exception {
        startGuard();
        machine.ip("link del bob");
        await("the end of the tunnel", SOON, () -> Tunnel.load(folders, BOB).isEmpty());
        await("its rules", SOON, () -> firewall().isEmpty());
        assertThat(takenDown).containsExactly(BOB);
        assertThat(lines).singleElement().asString().contains("interface is gone");
    }

    @Test
    void anothers_link_of_that_name_is_left_alone_by_a_daemon_that_starts() throws Exception {
        machine.ip("link del bob");
        machine.ip("link add bob type bridge");
        machine.ip("address add 192.0.2.1/24 dev bob");
        machine.ip("link set bob up");
        String others = machine.exec("ip -o address show dev bob scope global");
        startGuardAtOnce();
        await(
                "the end of the tunnel",
                SOON,
                () -> takenDown.contains(BOB) && firewall().isEmpty());
        assertThat(machine.exec("ip -o address show dev bob scope global")).isEqualTo(others);
        assertThat(Tunnel.load(folders, BOB)).isEmpty();
    }

    @Test
    void a_new_address_or_default_route_of_the_machine_makes_the_units_check() throws Exception {
        machine.ip("link add up0 type bridge");
        machine.ip("link set up0 up");
        Path pipe = folders.control().resolve("autoremove-bob.events");
        Commands.output("mkfifo", "-m", "600", pipe.toString());
        startGuard();
        List<String> told = new CopyOnWriteArrayList<>();
        Thread reader = Thread.ofPlatform().daemon().start(() -> read(pipe, told));
        machine.ip("address add 192.0.2.7/24 dev up0");
        await("a check", SOON, () -> told.size() == 1);
        machine.ip("address change 192.0.2.7/24 dev up0 valid_lft 1000 preferred_lft 1000");
        machine.ip("address add 10.77.0.99/32 dev bob");
        stays("no other check", () -> told.size() == 1);
        machine.ip("route add default dev up0");
        await("a check", SOON, () -> told.size() == 2);
        assertThat(told).allMatch("check"::equals);
        assertThat(reader.isAlive()).isTrue();
    }

    private static void read(Path pipe, List<String> told) {
        // For reading and writing: the end of one writer is not the end.
        try (RandomAccessFile file = new RandomAccessFile(pipe.toFile(), "rw")) {
            for (String line = file.readLine(); line != null; line = file.readLine()) {
                told.add(line);
            }
        } catch (IOException e) {
            told.add(e.toString());
        }
    }
}
