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
import org.wirescale.os.Commands;
import org.wirescale.testing.NetworkNamespace;

/**
 * Where the real script runs: in a real namespace with a real interface, beside programs that say and do at once what a test has them
 * say and do, with a clock that stands still. Every call of one of them is a line of the file {@code calls}.
 */
final class ScriptHost implements AutoCloseable {
    static final String DASH = "/usr/bin/dash";
    static final String BUSYBOX = "/usr/bin/busybox sh";
    static final String ANSWER = "64 bytes from 10.96.0.2: icmp_seq=1 ttl=64 time=0.1 ms";
    static final String NO_ANSWER = "no answer yet for icmp_seq=2";
    static final String RECOVER = "wirescale recover bob";
    static final String BURST = "ping -n -c 5 -i 0.2 -W 0.300 -I bob 10.96.0.2";

    private static final Duration DEADLINE = Duration.ofSeconds(20);
    private static final int CLOCK = 1_000_000;

    final NetworkNamespace near = NetworkNamespace.create();
    final NetworkNamespace far = NetworkNamespace.create();
    final ChangeContext context;

    /** Arguments of the script that a test may set before its start. */
    String kind = "userspace";

    String nat = "direct";
    int recoverTries = 3;
    int recreateTries;
    String bootId = BootId.current();

    private final Path folder;
    private final Path programs;
    private final RandomAccessFile pings;
    private final RandomAccessFile clock;
    private final List<Process> started = new ArrayList<>();

    ScriptHost(Path folder) throws IOException {
        this.folder = folder;
        connect();
        context = Contexts.in(folder, "bob");
        Files.createDirectories(context.folders().control());
        Files.writeString(state(), "{}");
        AutoremoveUnitChange.writeScript(context);
        programs = Files.createDirectory(folder.resolve("programs"));
        Commands.output("mkfifo", folder.resolve("pings").toString());
        // Open for reading too: neither end waits for the other, and the fake ping reads on for ever.
        pings = new RandomAccessFile(folder.resolve("pings").toFile(), "rw");
        clock = new RandomAccessFile(folder.resolve("uptime").toFile(), "rw");
        setClock(0);
        write("calls", "");
        received(1);
        program("ping", "case $* in *' -c '*) cat burst 2>/dev/null ;; *) exec cat pings ;; esac");
        program("wg", "cat received");
        program("tailscale", "");
        program("systemd-run", "");
        program("sleep", "");
        // The first line that is left says what it is to end with; what it says stands in a file, or is its number.
        program(
                "wirescale",
                "if [ $1 = down ]; then echo $WIRESCALE_IFINDEX >>downs; rm -f run/control/tunnel-bob.json; exit; fi\n"
                        + "cat said 2>/dev/null || echo attempt $(grep -c '^wirescale [ru]' calls).; read code <codes; sed -i 1d codes; exit ${code:-4}");
        write("codes", "");
    }

    Path state() {
        return StateFolder.path(context.folders(), context.interfaceName());
    }

    Path copy() {
        return Recreation.script(context.folders(), context.interfaceName());
    }

    void connect() {
        near.connect(far, "bob");
        near.ip("addr add 10.96.0.1/24 dev bob");
        far.ip("addr add 10.96.0.2/24 dev bob");
        // Nothing that the kernel sends by itself is to move the counters of received bytes.
        near.exec("sysctl -qw net.ipv6.conf.bob.disable_ipv6=1");
        far.exec("sysctl -qw net.ipv6.conf.bob.disable_ipv6=1");
        near.ip("link set bob up");
        far.ip("link set bob up");
    }

    /** A program of the script's, which works in the test's folder. */
    void program(String name, String text) throws IOException {
        Path file = programs.resolve(name);
        Files.deleteIfExists(file);
        Files.writeString(file, "#!/bin/sh\ncd " + folder + "\necho \"" + name + " $*\" >>calls\n" + text + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    void realProgram(String name) throws IOException {
        Files.delete(programs.resolve(name));
    }

    /** systemd signals each process that a unit it stops still begins. */
    void fragileRm() throws IOException {
        program("rm", "kill -TERM $$; exec /bin/rm \"$@\"");
    }

    void write(String file, String text) throws IOException {
        Files.writeString(folder.resolve(file), text);
    }

    /** What {@code wirescale recover} and {@code upgrade} end with, one after the other; 4 when there is none left. */
    void codes(int... codes) throws IOException {
        StringBuilder lines = new StringBuilder();
        for (int code : codes) {
            lines.append(code).append('\n');
        }
        write("codes", lines.toString());
    }

    /** What wg says; the tunnel receives by changing it. */
    void received(int bytes) throws IOException {
        write("received", "KEY=\t" + bytes + "\t9000\n");
    }

    void setClock(int seconds) throws IOException {
        clock.seek(0);
        clock.write((CLOCK + seconds + ".00 0.00\n").getBytes(StandardCharsets.UTF_8));
    }

    String ifindex() {
        return near.exec("cat /sys/class/net/bob/ifindex").strip();
    }

    Process start(String shell) throws IOException {
        return start(shell, ifindex());
    }

    Process start(String shell, String ifindex) throws IOException {
        List<String> words = new ArrayList<>(List.of(
                AutoremoveUnitChange.script(context).toString(), "watch", "bob", ifindex, bootId, "10.96.0.2", kind));
        words.addAll(List.of(nat, "100.64.0.2", Integer.toString(recoverTries), "recreate-bob.service"));
        words.addAll(List.of(Integer.toString(recreateTries), "--interface=bob", "--no-suffix"));
        return run(shell, words);
    }

    Process recreate(String shell, int tries) throws IOException {
        Files.copy(AutoremoveUnitChange.script(context), copy());
        Files.delete(state());
        List<String> words =
                List.of(copy().toString(), "recreate", "bob", "100.64.0.2", Integer.toString(tries), "--interface=bob");
        return run(shell, words);
    }

    private Process run(String shell, List<String> words) throws IOException {
        String stopTheClock = "mount --bind " + folder.resolve("uptime") + " /proc/uptime && exec \"$@\"";
        List<String> command =
                new ArrayList<>(List.of("ip", "netns", "exec", near.name(), "/bin/sh", "-c", stopTheClock, "sh"));
        command.addAll(List.of(shell.split(" ")));
        command.addAll(words);
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile());
        builder.environment().put("PATH", programs + ":" + System.getenv("PATH"));
        Process process = builder.start();
        started.add(process);
        return process;
    }

    /** Has the resident ping say a line. */
    void pings(String line, int times) throws IOException {
        pings.write((line + "\n").repeat(times).getBytes(StandardCharsets.UTF_8));
    }

    void pings(String line) throws IOException {
        pings(line, 1);
    }

    /** So many turns without an answer, each dealt with before this returns. */
    void silence(int turns) throws Exception {
        pings(NO_ANSWER, turns);
        awaitAllRead();
    }

    /** An echo was answered, so that the short rule holds from here on. */
    void answer() throws Exception {
        pings(ANSWER);
        awaitAllRead();
    }

    private int complaints;

    /** A complaint of ping's is passed on to the log, after everything before it. */
    void awaitAllRead() throws Exception {
        complaints++;
        String complaint = "ping: all of it " + complaints + ".";
        pings(complaint);
        awaitLog(complaint);
    }

    /** The tunnel is dead, by one turn; waits until the first attempt to recover it has ended. */
    void die() throws Exception {
        answer();
        pings(NO_ANSWER);
        awaitAttempts(1);
    }

    /** That many attempts have been made, and the last one has ended. */
    void awaitAttempts(int number) throws Exception {
        awaitLog("attempt " + number + ".");
        awaitAllRead();
    }

    void event(String line) throws IOException {
        Path events = AutoremoveUnitChange.events(context.folders(), context.interfaceName());
        Files.writeString(events, line + "\n", java.nio.file.StandardOpenOption.WRITE);
    }

    String read(String file) {
        try {
            return Files.exists(folder.resolve(file)) ? Files.readString(folder.resolve(file)) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String log() {
        return read("log");
    }

    List<String> calls() {
        return read("calls").lines().toList();
    }

    long calls(String start) {
        return calls().stream().filter(line -> line.startsWith(start)).count();
    }

    boolean isDown() {
        return calls("wirescale down bob") > 0;
    }

    void await(String what, BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + DEADLINE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what + "; log: " + log()).isLessThan(end);
            Thread.sleep(5);
        }
    }

    void awaitLog(String line) throws InterruptedException {
        await(line, () -> log().contains(line));
    }

    void awaitEnd(Process process) throws InterruptedException {
        assertThat(process.waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS))
                .as(log())
                .isTrue();
    }

    void awaitNothingLeft() throws InterruptedException {
        await("nothing is left running but " + left(), () -> left().isEmpty());
        assertThat(AutoremoveUnitChange.events(context.folders(), context.interfaceName()))
                .doesNotExist();
    }

    private List<String> left() {
        return near.pids().stream()
                .map(pid -> pid + " "
                        + ProcessHandle.of(Long.parseLong(pid))
                                .flatMap(handle -> handle.info().commandLine())
                                .orElse(""))
                .toList();
    }

    /** Until ip has its socket of a multicast group, the second that it opens, nobody tells it. */
    void awaitMonitor() throws InterruptedException {
        await(
                "ip monitor",
                () -> near.exec("cat /proc/net/netlink")
                        .lines()
                        .anyMatch(line -> line.matches("\\S+ +0 +[1-9][0-9]* +(?!0{8})[0-9a-f]{8} .*")));
    }

    @Override
    public void close() throws IOException {
        for (Process process : started) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().onExit().join();
        }
        pings.close();
        clock.close();
        near.close();
        far.close();
    }
}
