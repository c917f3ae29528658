package org.wirescale.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A lab of {@code lab/lab}, one class's own. {@link #reset} makes it as new, since a start costs seconds. {@link LabExtension} takes it
 * down with its class; it goes when the JVM goes, however that ends.
 */
final class Lab implements AutoCloseable {
    private static final Path COMMAND = Path.of("lab", "lab").toAbsolutePath();
    private static final Duration START = Duration.ofMinutes(3);
    private static final AtomicInteger STARTED = new AtomicInteger();
    /** A class is run by one thread. */
    private static final ThreadLocal<List<Lab>> OF_THIS_CLASS = ThreadLocal.withInitial(ArrayList::new);

    private final String name;
    private final List<String> options;
    private final Map<String, Host> hosts = new LinkedHashMap<>();

    private Lab(String name, List<String> options) {
        this.name = name;
        this.options = options;
    }

    /** alice, bob and carol, all with the program, each behind a NAT that lets direct paths come about. */
    static Lab ofThree() {
        return up("--hosts", "alice,bob,carol");
    }

    /** alice with the program and bob with wirescale 1.0.3. */
    static Lab withOldBob() {
        return up("--hosts", "alice,bob", "--host", "bob=1.0.3", "--dotless", "--world");
    }

    static List<Lab> ofThisClass() {
        return List.copyOf(OF_THIS_CLASS.get());
    }

    /**
     * A lab by these options of {@code lab up}.
     */
    static Lab up(String... given) {
        List<String> options = List.of(given);
        String id = Long.toString(ProcessHandle.current().pid() % 46656, 36);
        Lab lab = new Lab("t" + id + "x" + STARTED.getAndIncrement(), options);
        OF_THIS_CLASS.get().add(lab);
        Path program = program();
        List<String> command = new ArrayList<>(List.of("up", "--program", program.toString()));
        command.addAll(options);
        // bob=1.62.1, for example: what runs there instead of the lab's own version.
        Optional.ofNullable(System.getProperty("lab.tailscale"))
                .ifPresent(tailscale -> command.addAll(List.of("--tailscale", tailscale)));
        command.addAll(List.of("--with", Long.toString(ProcessHandle.current().pid())));
        lab.begin(command).finish(START).expect(0);
        lab.hostNames().forEach(lab::refresh);
        return lab;
    }

    private static Path program() {
        Path folder =
                Path.of(System.getProperty("wirescale.program", "target/root")).toAbsolutePath();
        if (!Files.exists(folder.resolve("usr/bin/wirescale"), java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
            throw new AssertionError("no program is installed below " + folder
                    + ": run lab/test, or lab/program and give its folder" + " with -Dwirescale.program=FOLDER");
        }
        return folder;
    }

    private List<String> hostNames() {
        int at = options.indexOf("--hosts");
        return at < 0
                ? List.of("alice", "bob")
                : Arrays.asList(options.get(at + 1).split(","));
    }

    String name() {
        return name;
    }

    Host host(String host) {
        Host found = hosts.get(host);
        if (found == null) {
            throw new IllegalArgumentException("no host " + host);
        }
        return found;
    }

    /** A host after it was booted anew. */
    Host refresh(String host) {
        Host fresh = new Host(this, host, Long.parseLong(run("pid", host).text()));
        hosts.put(host, fresh);
        return fresh;
    }

    Host alice() {
        return host("alice");
    }

    Host bob() {
        return host("bob");
    }

    Host carol() {
        return host("carol");
    }

    Collection<Host> hosts() {
        return hosts.values();
    }

    /** A command of {@code lab/lab} that has to succeed. */
    Result run(String... command) {
        return begin(List.of(command)).finish(Duration.ofSeconds(90)).expect(0);
    }

    private Run begin(List<String> command) {
        List<String> whole = new ArrayList<>(List.of(COMMAND.toString(), "--name", name));
        whole.addAll(command);
        return Run.start(whole);
    }

    /** The output of a line of bash in the network namespace of a host's router, which has to succeed. */
    String onRouter(String host, String script) {
        return tryOnRouter(host, script).expect(0).text();
    }

    /** The IPv4 address that the world sees a host come from. */
    String publicAddress(Host host) {
        return onRouter(host.name(), "ip -j -4 addr show dev wan | jq -r '.[0].addr_info[0].local'");
    }

    Result tryOnRouter(String host, String script) {
        String namespace = run("netns", "router-" + host).text();
        return Run.start(List.of("ip", "netns", "exec", namespace, "bash", "-c", script))
                .finish(Duration.ofSeconds(30));
    }

    /** The smallest files that there can be, on both: NET.1 for the first, NET.2 for the second; and a direct path. */
    void pair(Host first, Host second, String net) {
        first.peerFile(second.name(), minimal(net + ".1", net + ".0/24"));
        second.peerFile(first.name(), minimal(net + ".2", net + ".0/24"));
        direct(first, second);
    }

    /** 10.77.0.1 for alice, 10.77.0.2 for bob. */
    void pair() {
        pair(alice(), bob(), "10.77.0");
    }

    static String minimal(String address, String allowed) {
        return "[Interface]\nAddress = " + address + "\n\n[Peer]\nAllowedIPs = " + allowed + "\n";
    }

    /** Waits until both reach each other without a relay. */
    void direct(Host first, Host second) {
        Parallel.forEach(
                List.of(List.of(first, second), List.of(second, first)),
                way -> direct(way.getFirst().name(), way.getLast().name()));
    }

    /** No tunnel, no file, daemons just started with their own options (they remember failures and rates), and tailscaled running everywhere. */
    void reset() {
        Parallel.forEach(hosts.values(), Host::reset);
    }

    /**
     * The lab's control server sometimes leaves a node without news until its long poll times out, after two minutes: that node still
     * takes others for offline, or looks for them where they were. A tailscaled that starts anew asks anew.
     */
    private void direct(String from, String to) {
        Result result = begin(List.of("direct", from, to)).finish(Duration.ofSeconds(90));
        if (result.exitCode() != 0 || !host(from).seesOnline(to)) {
            host(from).sh("systemctl restart tailscaled.service");
            host(from).awaitTailscale();
            Await.until(
                    Duration.ofSeconds(30),
                    from + "'s word that " + to + " is online",
                    () -> host(from).seesOnline(to));
            run("direct", from, to);
        }
    }

    void dump(Path folder) {
        try {
            Files.createDirectories(folder);
            begin(List.of("dump", folder.toAbsolutePath().toString())).finish(Duration.ofMinutes(1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        OF_THIS_CLASS.get().remove(this);
        run("down");
    }
}
