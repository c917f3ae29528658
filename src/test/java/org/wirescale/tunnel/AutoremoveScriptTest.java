package org.wirescale.tunnel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wirescale.os.Commands;
import org.wirescale.testing.NetworkNamespace;

/** The real script in a real namespace with a real interface; the fake ping says what the test has it say, at once. */
@Tag("netns")
final class AutoremoveScriptTest {
    private static final String DASH = "/usr/bin/dash";
    private static final String BUSYBOX = "/usr/bin/busybox sh";
    private static final Duration DEADLINE = Duration.ofSeconds(20);

    @TempDir
    Path folder;

    private NetworkNamespace host;
    private NetworkNamespace far;
    private ChangeContext context;
    private Path programs;
    private RandomAccessFile pings;
    private final List<Process> started = new ArrayList<>();

    @BeforeEach
    void prepare() throws IOException {
        host = NetworkNamespace.create();
        far = NetworkNamespace.create();
        connect();
        context = Contexts.in(folder, "bob");
        Files.createDirectories(context.folders().control());
        Files.writeString(StateFile.path(context.folders(), context.interfaceName()), "{}");
        AutoremoveUnitChange.writeScript(context);
        programs = Files.createDirectory(folder.resolve("programs"));
        Commands.output("mkfifo", folder.resolve("pings").toString());
        // Open for reading too: neither end waits for the other, and the fake ping reads on for ever.
        pings = new RandomAccessFile(folder.resolve("pings").toFile(), "rw");
        program("ping", "echo \"$*\" >" + folder.resolve("arguments") + "; exec cat " + folder.resolve("pings"));
        program(
                "down",
                "echo \"$@\" $WIRESCALE_IFINDEX >>" + folder.resolve("downs") + "; rm "
                        + StateFile.path(context.folders(), context.interfaceName()));
    }

    private void connect() {
        host.connect(far, "bob");
        host.ip("addr add 10.96.0.1/24 dev bob");
        far.ip("addr add 10.96.0.2/24 dev bob");
        // Nothing that the kernel sends by itself is to move the counters of received bytes.
        host.exec("sysctl -qw net.ipv6.conf.bob.disable_ipv6=1");
        far.exec("sysctl -qw net.ipv6.conf.bob.disable_ipv6=1");
        host.ip("link set bob up");
        far.ip("link set bob up");
    }

    @AfterEach
    void end() throws Exception {
        for (Process process : started) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().waitFor();
        }
        pings.close();
        host.close();
        far.close();
    }

    private void program(String name, String text) throws IOException {
        Path file = programs.resolve(name);
        Files.writeString(file, "#!/bin/sh\n" + text + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private String ifindex() {
        return host.exec("cat /sys/class/net/bob/ifindex").strip();
    }

    private Process start(String shell, String kind, String ifindex, String bootId) throws IOException {
        List<String> command = new ArrayList<>(List.of("ip", "netns", "exec", host.name()));
        command.addAll(List.of(shell.split(" ")));
        command.add(AutoremoveUnitChange.script(context).toString());
        command.addAll(List.of("bob", ifindex, bootId, "10.96.0.2", kind, "down", "bob"));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile());
        builder.environment().put("PATH", programs + ":" + System.getenv("PATH"));
        Process process = builder.start();
        started.add(process);
        return process;
    }

    private Process start(String shell, String kind) throws IOException {
        return start(shell, kind, ifindex(), BootId.current());
    }

    /** Has the fake ping say a line. */
    private void pings(String line, int times) throws IOException {
        pings.write((line + "\n").repeat(times).getBytes(StandardCharsets.UTF_8));
    }

    private String read(String file) {
        try {
            return Files.exists(folder.resolve(file)) ? Files.readString(folder.resolve(file)) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void await(String what, BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + DEADLINE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what + "; log: " + read("log")).isLessThan(end);
            Thread.sleep(5);
        }
    }

    private void awaitLog(String line) throws InterruptedException {
        await(line, () -> read("log").contains(line));
    }

    /** A complaint of ping's is passed on to the log, after everything before it. */
    private void awaitAllRead() throws Exception {
        pings("ping: all of it", 1);
        awaitLog("ping: all of it");
    }

    private void awaitEnd(Process process) throws InterruptedException {
        assertThat(process.waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS))
                .as(read("log"))
                .isTrue();
    }

    private void awaitNothingLeft() throws InterruptedException {
        await("nothing is left running but " + left(), () -> left().isEmpty());
    }

    private List<String> left() {
        return host.pids().stream()
                .map(pid -> pid + " "
                        + ProcessHandle.of(Long.parseLong(pid))
                                .flatMap(handle -> handle.info().commandLine())
                                .orElse(""))
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {DASH, BUSYBOX})
    void a_tunnel_on_which_nothing_is_received_for_60_s_is_taken_down(String shell) throws Exception {
        Process script = start(shell, "kernel");
        String index = ifindex();
        pings("PING 10.96.0.2 (10.96.0.2) from 10.96.0.1 bob: 56(84) bytes of data.", 1);
        pings("64 bytes from 10.96.0.2: icmp_seq=1 ttl=64 time=0.1 ms", 1);
        // The first turn tells how much was received before.
        pings("no answer yet for icmp_seq=2", 30);
        awaitLog("nothing was received through bob for 30 s");
        pings("From 10.96.0.1 icmp_seq=31 Destination Host Unreachable", 40);
        pings("64 bytes from 10.96.0.2: icmp_seq=32 ttl=64 time=0.1 ms", 1);
        awaitLog("bob receives again, after 58 s");
        assertThat(read("downs")).isEmpty();
        pings("no answer yet for icmp_seq=33", 30);
        awaitEnd(script);
        assertThat(read("downs")).isEqualTo("bob " + index + "\n");
        assertThat(read("arguments")).isEqualTo("-n -O -i 2 -I bob 10.96.0.2\n");
        assertThat(read("log"))
                .contains(
                        "watching bob by its peer's address 10.96.0.2",
                        "10.96.0.2 answers through bob",
                        "nothing was received through bob for 60 s: taking it down");
        assertThat(script.exitValue()).isZero();
        awaitNothingLeft();
    }

    @ParameterizedTest
    @ValueSource(strings = {DASH, BUSYBOX})
    void received_bytes_alone_keep_it(String shell) throws Exception {
        Process script = start(shell, "kernel");
        pings("no answer yet for icmp_seq=1", 21);
        awaitAllRead();
        far.exec("ping -c 1 -W 1 10.96.0.1");
        pings("no answer yet for icmp_seq=2", 30);
        awaitLog("bob receives again, after 40 s");
        await("30 s once more", () -> read("log").split("for 30 s").length == 3);
        assertThat(read("downs")).isEmpty();
        pings("no answer yet for icmp_seq=3", 1);
        awaitEnd(script);
        assertThat(read("downs")).startsWith("bob");
    }

    @ParameterizedTest
    @ValueSource(strings = {DASH, BUSYBOX})
    void what_wireguard_go_received_is_asked_of_wg(String shell) throws Exception {
        program("wg", "[ \"$*\" = 'show bob transfer' ] && cat " + folder.resolve("transfer"));
        Files.writeString(folder.resolve("transfer"), "KEY=\t148\t9000\n");
        Process script = start(shell, "userspace");
        pings("no answer yet for icmp_seq=1", 21);
        awaitAllRead();
        far.exec("ping -c 1 -W 1 10.96.0.1");
        Files.writeString(folder.resolve("transfer"), "KEY=\t180\t9500\n");
        pings("no answer yet for icmp_seq=2", 1);
        awaitLog("bob receives again, after 40 s");
        Files.writeString(folder.resolve("transfer"), "KEY=\t180\t9999\n");
        pings("no answer yet for icmp_seq=3", 30);
        awaitEnd(script);
        assertThat(read("downs")).startsWith("bob");
    }

    @ParameterizedTest
    @ValueSource(strings = {DASH, BUSYBOX})
    void an_interface_taken_away_by_others_is_undone_at_once(String shell) throws Exception {
        Process script = start(shell, "kernel");
        pings("64 bytes from 10.96.0.2: icmp_seq=1 ttl=64 time=0.1 ms", 1);
        awaitLog("answers");
        awaitMonitor();
        long start = System.nanoTime();
        host.ip("link del bob");
        awaitEnd(script);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(1));
        assertThat(read("downs")).startsWith("bob");
        assertThat(read("log")).contains("the interface bob is gone: undoing what is left of its tunnel");
        awaitNothingLeft();
    }

    /** Until ip has its socket of a multicast group, the second that it opens, nobody tells it. */
    private void awaitMonitor() throws InterruptedException {
        await(
                "ip monitor",
                () -> host.exec("cat /proc/net/netlink")
                        .lines()
                        .anyMatch(line -> line.matches("\\S+ +0 +[1-9][0-9]* +(?!0{8})[0-9a-f]{8} .*")));
    }

    @Test
    void after_wirescale_down_it_just_ends() throws Exception {
        Process script = start(DASH, "kernel");
        pings("64 bytes from 10.96.0.2: icmp_seq=1 ttl=64 time=0.1 ms", 1);
        awaitLog("answers");
        awaitMonitor();
        Files.delete(StateFile.path(context.folders(), context.interfaceName()));
        host.ip("link del bob");
        awaitEnd(script);
        assertThat(read("downs")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {DASH, BUSYBOX})
    void a_new_interface_of_the_same_name_is_left_alone(String shell) throws Exception {
        Process script = start(shell, "kernel");
        pings("64 bytes from 10.96.0.2: icmp_seq=1 ttl=64 time=0.1 ms", 1);
        awaitLog("answers");
        awaitMonitor();
        ProcessHandle handle = descendant(script, "autoremove-bob.sh");
        Commands.output("kill", "-STOP", Long.toString(handle.pid()));
        host.ip("link del bob");
        connect();
        Commands.output("kill", "-CONT", Long.toString(handle.pid()));
        awaitEnd(script);
        assertThat(read("downs")).isEmpty();
        assertThat(script.exitValue()).isZero();
    }

    /** {@code ip netns exec} becomes the shell. */
    private static ProcessHandle descendant(Process process, String word) {
        return Stream.concat(Stream.of(process.toHandle()), process.descendants())
                .filter(handle -> handle.info().commandLine().orElse("").contains(word))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void another_boots_or_another_interface_is_not_watched() throws Exception {
        Process other = start(DASH, "kernel", "4711", BootId.current());
        awaitEnd(other);
        Process earlier = start(DASH, "kernel", ifindex(), "00000000-0000-0000-0000-000000000000");
        awaitEnd(earlier);
        assertThat(read("downs") + read("arguments")).isEmpty();
        assertThat(other.exitValue() + earlier.exitValue()).isZero();
    }

    @Test
    void a_ping_that_ends_is_started_again() throws Exception {
        // Open for reading too: neither end waits for the other, and the fake ping reads on for ever.
        pings = new RandomAccessFile(folder.resolve("pings").toFile(), "rw");
        program("ping", "echo again >>" + folder.resolve("arguments") + "; echo 'ping: no such thing' >&2");
        start(DASH, "kernel");
        await("a second ping", () -> read("arguments").contains("again\nagain"));
        assertThat(read("log")).containsOnlyOnce("ping: no such thing");
    }

    @Test
    void taking_down_is_tried_again_when_it_fails() throws Exception {
        Path busy = Files.createFile(folder.resolve("busy"));
        String downs = folder.resolve("downs").toString();
        program("down", "echo \"$@\" >>" + downs + "; [ ! -e " + busy + " ]");
        program("sleep", "echo sleep $1 >>" + downs + "; rm -f " + busy);
        Process script = start(DASH, "kernel");
        pings("no answer yet for icmp_seq=1", 31);
        awaitEnd(script);
        assertThat(read("downs")).isEqualTo("bob\nsleep 5\nbob\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {DASH, BUSYBOX})
    void ends_with_everything_that_it_started_when_it_is_stopped(String shell) throws Exception {
        Process script = start(shell, "kernel");
        pings("64 bytes from 10.96.0.2: icmp_seq=1 ttl=64 time=0.1 ms", 1);
        awaitLog("answers");
        awaitMonitor();
        script.destroy();
        awaitEnd(script);
        assertThat(read("downs")).isEmpty();
        awaitNothingLeft();
    }

    /** With the real ping: what all of its processes have for themselves. */
    @Test
    void needs_no_more_than_2_MB() throws Exception {
        Files.delete(programs.resolve("ping"));
        start(DASH, "kernel");
        awaitLog("10.96.0.2 answers through bob");
        awaitMonitor();
        long kilobytes = 0;
        for (String pid : host.pids()) {
            kilobytes += Files.readString(Path.of("/proc", pid, "smaps_rollup"))
                    .lines()
                    .filter(line -> line.startsWith("Private_"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                    .sum();
        }
        assertThat(kilobytes).isBetween(100L, 2048L);
    }

    @Test
    void is_clean_by_shellcheck() {
        Commands.output("shellcheck", AutoremoveUnitChange.script(context).toString());
    }
}
