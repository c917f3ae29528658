package org.wirescale.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A machine of the lab, seen from outside: its files by way of /proc, its programs by nsenter(1). */
final class Host {
    private static final String DROP_INS = "/etc/systemd/system/wirescaled.service.d";
    private static final String ENVIRONMENT = "/etc/default/wirescaled";
    private static final Duration COMMAND = Duration.ofMinutes(2);
    private static final Duration SOON = Duration.ofSeconds(20);

    private final Lab lab;
    private final String name;
    private final long leader;
    private final List<String> enter;
    private final Path root;

    Host(Lab lab, String name, long leader) {
        this.lab = lab;
        this.name = name;
        this.leader = leader;
        this.root = Path.of("/proc", Long.toString(leader), "root");
        this.enter = List.of(
                "nsenter",
                "-t",
                Long.toString(leader),
                "-a",
                "--",
                "/usr/bin/env",
                "-i",
                "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin",
                "HOME=/root",
                "LANG=C.UTF-8",
                "TERM=dumb");
    }

    String name() {
        return name;
    }

    Lab lab() {
        return lab;
    }

    boolean isOurs() {
        return Files.exists(root.resolve("usr/lib/wirescale"));
    }

    // ---- programs

    /** Starts a program as root. */
    Run start(String... command) {
        return Run.start(Stream.concat(enter.stream(), Arrays.stream(command)).toList());
    }

    /** A program's end, whatever its exit code. */
    Result exec(String... command) {
        return start(command).finish(COMMAND);
    }

    /** The output of a line of bash that has to succeed. */
    String sh(String script) {
        return exec("bash", "-c", script).expect(0).text();
    }

    Run startUpgrade(String... arguments) {
        List<String> command = new ArrayList<>(List.of("wirescale", "upgrade"));
        command.addAll(List.of(arguments));
        return start(command.toArray(String[]::new));
    }

    /** {@code wirescale upgrade …}, to its end. */
    Result upgrade(String... arguments) {
        return startUpgrade(arguments).finish(COMMAND);
    }

    Result down(String device) {
        return exec("wirescale", "down", device);
    }

    // ---- files

    Path path(String absolute) {
        return root.resolve(absolute.substring(1));
    }

    boolean exists(String absolute) {
        return Files.exists(path(absolute), java.nio.file.LinkOption.NOFOLLOW_LINKS);
    }

    String read(String absolute) {
        try {
            return Files.readString(path(absolute));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void write(String absolute, String text) {
        try {
            Path file = path(absolute);
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@code /etc/wirescale/PEER.conf}. */
    void peerFile(String peer, String text) {
        write("/etc/wirescale/" + peer + ".conf", text);
    }

    /** Starts the daemon anew with these options and this environment, until the next reset. */
    void daemon(List<String> options, String... environment) {
        configure(options, environment);
        sh("systemctl daemon-reload && systemctl restart wirescaled.service");
        awaitServing();
    }

    private void configure(List<String> options, String... environment) {
        String command = "ExecStart=/usr/bin/wirescale daemon " + String.join(" ", options) + " start\n";
        write(DROP_INS + "/test.conf", "[Service]\nExecStart=\n" + command);
        write(ENVIRONMENT, String.join("\n", environment) + "\n");
    }

    /** The daemon's next starts and clean-ups have no environment of a test's any more. */
    void forgetEnvironment() {
        sh("rm -f " + ENVIRONMENT);
    }

    /** Commands that systemd runs when the daemon has ended, instead of the unit's own; after {@link #daemon} or a reset. */
    void afterTheDaemon(String... commands) {
        String lines = Stream.of(commands)
                .map(command -> "ExecStopPost=" + command + "\n")
                .collect(Collectors.joining());
        write(DROP_INS + "/after.conf", "[Service]\nExecStopPost=\n" + lines);
        sh("systemctl daemon-reload");
    }

    /** What the unit itself has of them. */
    List<String> ownAfterTheDaemon() {
        return read("/usr/lib/systemd/system/wirescaled.service")
                .lines()
                .filter(line -> line.startsWith("ExecStopPost="))
                .map(line -> line.substring("ExecStopPost=".length()))
                .toList();
    }

    int restarts() {
        return Integer.parseInt(sh("systemctl show -P NRestarts wirescaled.service"));
    }

    /** Port 41642 is listened on, at the addresses that Tailscale gave. */
    void awaitServing() {
        Await.until(
                SOON,
                "the daemon of " + name,
                () -> !exec("ss", "-Hltn", "sport", "=", ":41642").text().isBlank());
    }

    /** A signal to everything that runs there, systemd included; nothing can be run there while it is stopped. */
    void signalAll(String name) {
        String own = "own=$(readlink /proc/" + leader + "/ns/pid); for p in /proc/[0-9]*; do"
                + " [ \"$(readlink $p/ns/pid)\" = \"$own\" ] && kill -" + name + " ${p#/proc/}; done; true";
        Run.start(List.of("bash", "-c", own)).finish(COMMAND).expect(0);
    }

    // ---- network

    boolean hasLink(String device) {
        return exists("/sys/class/net/" + device);
    }

    void awaitNoLink(String device, Duration atMost) {
        Await.until(atMost, "the end of the interface " + device + " on " + name, () -> !hasLink(device));
    }

    /** A transient unit ends, and is forgotten, some moments after its interface. */
    void awaitNoUnit(String unit) {
        Await.until(
                SOON,
                "the end of the unit " + unit + " on " + name,
                () -> !exec("systemctl", "is-active", unit + ".service").text().equals("active"));
    }

    /** An end on 1.0.3 has its unit a second after its tunnel passes data. */
    void awaitUnit(String unit) {
        Await.until(
                SOON,
                "the unit " + unit + " on " + name,
                () -> exec("systemctl", "is-active", unit + ".service").text().equals("active"));
    }

    /** One echo through that interface, at once or within some tries. */
    boolean reaches(String device, String address) {
        return exec("ping", "-n", "-c", "3", "-i", "0.2", "-W", "1", "-I", device, address)
                        .exitCode()
                == 0;
    }

    /** After which a watcher trusts echoes, and after which bytes alone. */
    private static final String TRUST = " answers (no more )?through | is recovered$| - watching ";

    /** The watcher of a tunnel trusts a short silence only of an end that has answered it. */
    void awaitWatched(String device) {
        Await.until(
                SOON,
                "an answer that the watcher of " + device + " on " + name + " saw",
                () -> sh("journalctl -q -o cat -u autoremove-" + device + ".service | grep -E '" + TRUST
                                + "' | tail -n 1")
                        .contains(" answers through "));
    }

    void awaitReaches(String device, String address) {
        Await.until(
                SOON,
                "an answer from " + address + " through " + device + " of " + name,
                () -> reaches(device, address));
    }

    /** The UDP ports of tailscaled, IPv4 then IPv6 and without doubles. */
    List<Integer> tailscaledPorts() {
        return sh("ss -Hlunp | awk '/\"tailscaled\"/ {sub(/.*:/, \"\", $4); print $4}'")
                .lines()
                .map(Integer::valueOf)
                .distinct()
                .sorted()
                .toList();
    }

    String tailscaledPid() {
        return sh("systemctl show -P MainPID tailscaled.service");
    }

    int listenPort(String device) {
        return Integer.parseInt(sh("wg show " + device + " listen-port"));
    }

    String address() {
        return sh("tailscale ip -4");
    }

    /** tailscaled runs, and is in the tailnet. */
    void awaitTailscale() {
        Await.until(
                SOON,
                "Tailscale on " + name,
                () -> exec("sh", "-c", "tailscale status --json | jq -r .BackendState")
                        .text()
                        .equals("Running"));
    }

    /** Whether it takes that machine for online, now or within some seconds. */
    boolean seesOnline(String other) {
        String script = "for i in $(seq 50); do tailscale status --json |"
                + " jq -e --arg n " + other + " "
                + "'any(.Peer[]; .HostName == $n and .Online)' >/dev/null && exit 0; sleep 0.1; done; exit 1";
        return exec("bash", "-c", script).exitCode() == 0;
    }

    Prober probe(String address) {
        return new Prober(this, address);
    }

    // ---- journal

    Journal journal() {
        return new Journal(this);
    }

    Snapshot snapshot() {
        return Snapshot.of(this);
    }

    /** Waits until everything is as it was then. */
    void awaitUnchanged(Snapshot before, Duration atMost) {
        long deadline = System.nanoTime() + atMost.toNanos();
        Snapshot now = snapshot();
        while (!now.equals(before)) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError(name + " is not as it was: " + now.differenceFrom(before));
            }
            now = snapshot();
        }
    }

    // ---- between tests

    private static final String CLEAN = """
            mount -o remount,size=20% /run
            rm -f /run/fill /tmp/hook*
            iptables -w -D INPUT -p icmp -j DROP 2>/dev/null
            systemctl stop 'recreate-*.service'
            [ ! -e /run/wirescale/control/exit-node.json ] || wirescale exit-node --stop >/dev/null
            for device in $(wg show interfaces); do timeout 45 wirescale down "$device" >/dev/null 2>&1; done
            for device in $(wg show interfaces); do
              systemctl stop "autoremove-$device.service" "wireguard-go-$device.service" 2>/dev/null
              ip link del "$device" 2>/dev/null
            done
            # That of 1.0.3 outlives its interface for some seconds.
            systemctl stop 'autoremove-*.service' 2>/dev/null
            rm -rf /etc/wirescale/*
            # 1.0.3 takes 12 s to stop.
            if [ -d /usr/lib/wirescale ]; then systemctl stop wirescaled.service; fi
            rm -rf /etc/systemd/system/wirescaled.service.d /etc/systemd/system/tailscaled.service.d
            rm -f /etc/default/wirescaled /run/wirescale/*.conf /run/wirescale/control/*.json
            """;

    private static final String START = """
            mount -o remount,size=20% /run
            rm -f /run/fill
            systemctl daemon-reload
            systemctl reset-failed
            systemctl start tailscaled.service wirescaled.socket wirescaled.service
            """;

    /** No tunnel, no file, and a daemon that has just started, since it remembers failures and rates. */
    void reset() {
        exec("bash", "-c", CLEAN);
        sh(START);
        awaitServing();
    }

    /** The same with a daemon of these options and this environment. */
    void reset(List<String> options, String... environment) {
        exec("bash", "-c", CLEAN);
        configure(options, environment);
        sh(START);
        awaitServing();
    }

    /** The text of the tunnel's state file, where there is one. */
    Optional<String> tunnelState(String device) {
        String file = "/run/wirescale/control/tunnel-" + device + ".json";
        return exists(file) ? Optional.of(read(file)) : Optional.empty();
    }

    @Override
    public String toString() {
        return name;
    }
}
