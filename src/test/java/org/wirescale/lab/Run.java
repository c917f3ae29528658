package org.wirescale.lab;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** A program that runs, in a host or outside, with each of its lines and the time at which it came. */
final class Run {
    /** @param nanos since the start of the program */
    record Line(long nanos, String text) {}

    private final List<String> command;
    private final Process process;
    private final long started;
    private final List<Line> output = new CopyOnWriteArrayList<>();
    private final List<Line> errors = new CopyOnWriteArrayList<>();
    private final Thread outputReader;
    private final Thread errorReader;

    private Run(List<String> command, Process process, long started) {
        this.command = command;
        this.process = process;
        this.started = started;
        this.outputReader = reader(process.getInputStream(), output);
        this.errorReader = reader(process.getErrorStream(), errors);
    }

    static Run start(List<String> command) {
        try {
            long started = System.nanoTime();
            Process process = new ProcessBuilder(command)
                    .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
                    .start();
            return new Run(command, process, started);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Thread reader(InputStream stream, List<Line> lines) {
        return Thread.ofVirtual().start(() -> {
            try (BufferedReader reader = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
                for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                    lines.add(new Line(System.nanoTime() - started, line));
                }
            } catch (IOException e) {
                lines.add(new Line(System.nanoTime() - started, "(unreadable: " + e.getMessage() + ")"));
            }
        });
    }

    List<Line> output() {
        return output;
    }

    boolean isRunning() {
        return process.isAlive();
    }

    /** Waits for a line of standard output that has this text in it. */
    Line awaitLine(String part, Duration atMost) {
        return Await.value(atMost, "a line with '" + part + "' from " + command, () -> {
            Optional<Line> found =
                    output.stream().filter(line -> line.text().contains(part)).findFirst();
            if (found.isEmpty() && !process.isAlive() && !outputReader.isAlive()) {
                throw new AssertionError("no line with '" + part + "' came from " + command + ":\n" + result());
            }
            return found;
        });
    }

    /**
     * Sends a signal to the program itself: nsenter(1), which carries it into a host, would keep it.
     *
     * @param name as kill(1) knows it
     */
    void signal(String name) {
        List<ProcessHandle> inside = process.descendants().toList();
        for (ProcessHandle target : inside.isEmpty() ? List.of(process.toHandle()) : inside) {
            Run.start(List.of("kill", "-" + name, Long.toString(target.pid()))).finish(Duration.ofSeconds(5));
        }
    }

    /** Waits for its end. */
    Result finish(Duration atMost) {
        try {
            if (!process.waitFor(atMost.toNanos(), TimeUnit.NANOSECONDS)) {
                signal("KILL");
                throw new AssertionError("still running after " + atMost + ": " + command + "\n" + texts());
            }
            Duration took = Duration.ofNanos(System.nanoTime() - started);
            outputReader.join(Duration.ofSeconds(2));
            errorReader.join(Duration.ofSeconds(2));
            return result(took);
        } catch (InterruptedException e) {
            signal("KILL");
            Thread.currentThread().interrupt();
            throw new AssertionError("out of time: " + command + "\n" + texts(), e);
        }
    }

    private Result result() {
        return finish(Duration.ofSeconds(5));
    }

    private Result result(Duration took) {
        return new Result(String.join(" ", command), texts(output), texts(errors), process.exitValue(), took);
    }

    private String texts() {
        return String.join("\n", texts(output)) + "\n" + String.join("\n", texts(errors));
    }

    private static List<String> texts(List<Line> lines) {
        return lines.stream().map(Line::text).toList();
    }
}
