package org.wirescale.os;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.wirescale.model.WirescaleException;

/**
 * The only place that starts programs. A command is a list of arguments, never a shell string; it runs with {@code LC_ALL=C},
 * without systemd's descriptors and notification socket, its standard input is given bytes or nothing, both its streams are
 * drained, and past its deadline it is killed with all its descendants.
 */
public final class Commands {
    public static final Duration DEFAULT_DEADLINE = Duration.ofSeconds(20);

    /** More than any tool of ours prints; what lies beyond is read and dropped. */
    private static final int OUTPUT_LIMIT = 4 << 20;

    private static final int STDERR_SHOWN = 500;

    private Commands() {}

    /**
     * What a program left behind.
     *
     * @param exitCode 128 plus the signal's number when a signal ended it
     */
    public record Result(List<String> command, int exitCode, String stdout, String stderr) {
        public boolean ok() {
            return exitCode == 0;
        }

        /**
         * This result, if the program was content.
         *
         * @throws WirescaleException with {@link OsReason#PROGRAM_FAILED}
         */
        public Result expectOk() {
            if (!ok()) {
                throw WirescaleException.of(
                        OsReason.PROGRAM_FAILED,
                        "command",
                        String.join(" ", command),
                        "code",
                        exitCode,
                        "stderr",
                        shortened(stderr.isBlank() ? stdout : stderr));
            }
            return this;
        }

        private static String shortened(String text) {
            String line = text.strip().replace('\n', ';');
            return line.length() <= STDERR_SHOWN ? line : line.substring(0, STDERR_SHOWN) + "…";
        }
    }

    /**
     * One program to run.
     *
     * @param environment added to the cleaned environment of this process
     */
    public record Command(
            List<String> arguments, Optional<String> stdin, Duration deadline, Map<String, String> environment) {
        public static Command of(String... arguments) {
            return of(List.of(arguments));
        }

        public static Command of(List<String> arguments) {
            return new Command(List.copyOf(arguments), Optional.empty(), DEFAULT_DEADLINE, Map.of());
        }

        public Command withStdin(String text) {
            return new Command(arguments, Optional.of(text), deadline, environment);
        }

        public Command within(Duration newDeadline) {
            return new Command(arguments, stdin, newDeadline, environment);
        }

        public Command with(String name, String value) {
            Map<String, String> extended = new LinkedHashMap<>(environment);
            extended.put(name, value);
            return new Command(arguments, stdin, deadline, Map.copyOf(extended));
        }

        /**
         * Runs it to its end.
         *
         * @throws WirescaleException with {@link OsReason#PROGRAM_MISSING} or {@link OsReason#PROGRAM_TIMED_OUT}
         */
        public Result run() {
            return Commands.run(this);
        }
    }

    /** Runs a program and returns what it left, whatever its exit code. */
    public static Result run(String... arguments) {
        return run(Command.of(arguments));
    }

    /** Runs a program that has to succeed and returns its standard output. */
    public static String output(String... arguments) {
        return run(arguments).expectOk().stdout();
    }

    static Result run(Command command) {
        Process process = start(command);
        Capture stdout = new Capture(process.getInputStream());
        Capture stderr = new Capture(process.getErrorStream());
        Thread out = Thread.ofVirtual().start(stdout);
        Thread err = Thread.ofVirtual().start(stderr);
        try {
            feed(process, command.stdin());
            if (!process.waitFor(command.deadline().toMillis(), TimeUnit.MILLISECONDS)) {
                killTree(process);
                throw WirescaleException.of(
                        OsReason.PROGRAM_TIMED_OUT,
                        "command",
                        String.join(" ", command.arguments()),
                        "seconds",
                        command.deadline().toSeconds());
            }
            // A descendant that went to the background may hold the pipes open: what came so far is the answer.
            out.join(Duration.ofMillis(500));
            err.join(Duration.ofMillis(500));
        } catch (InterruptedException e) {
            killTree(process);
            Thread.currentThread().interrupt();
            throw WirescaleException.causedBy(
                    e,
                    OsReason.PROGRAM_TIMED_OUT,
                    "command",
                    String.join(" ", command.arguments()),
                    "seconds",
                    command.deadline().toSeconds());
        }
        return new Result(command.arguments(), process.exitValue(), stdout.text(), stderr.text());
    }

    private static Process start(Command command) {
        ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(command.arguments()));
        Map<String, String> environment = builder.environment();
        environment.keySet().removeIf(name -> name.startsWith("LISTEN_") || name.startsWith("WATCHDOG_"));
        environment.remove("NOTIFY_SOCKET");
        environment.put("LC_ALL", "C");
        environment.putAll(command.environment());
        if (command.stdin().isEmpty()) {
            builder.redirectInput(new File("/dev/null"));
        }
        try {
            return builder.start();
        } catch (IOException e) {
            String program = command.arguments().getFirst();
            throw WirescaleException.causedBy(
                    e, OsReason.PROGRAM_MISSING, "program", program, "hint", Programs.packageOf(program));
        }
    }

    private static void feed(Process process, Optional<String> stdin) {
        if (stdin.isEmpty()) {
            return;
        }
        try (OutputStream pipe = process.getOutputStream()) {
            pipe.write(stdin.get().getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // The program ended without reading everything; its exit code says what it thought of it.
            return;
        }
    }

    /** A grandchild that keeps a pipe open outlives its parent: descendants go first. */
    private static void killTree(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    private static final class Capture implements Runnable {
        private final InputStream stream;
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        Capture(InputStream stream) {
            this.stream = stream;
        }

        @Override
        public void run() {
            byte[] buffer = new byte[8192];
            try {
                for (int n = stream.read(buffer); n >= 0; n = stream.read(buffer)) {
                    synchronized (bytes) {
                        bytes.write(buffer, 0, Math.min(n, Math.max(0, OUTPUT_LIMIT - bytes.size())));
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        String text() {
            synchronized (bytes) {
                return bytes.toString(StandardCharsets.UTF_8);
            }
        }
    }
}
