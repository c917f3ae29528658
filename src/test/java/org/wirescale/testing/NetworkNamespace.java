package org.wirescale.testing;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.wirescale.os.Commands;

/**
 * A network namespace of a test's own, for root. Code that {@link #call} runs is in it, with the programs that it starts and the
 * sockets that it opens; see setns(2), which is of a thread, and of what the thread starts.
 */
public final class NetworkNamespace implements AutoCloseable {
    private static final int CLONE_NEWNET = 0x40000000;
    private static final AtomicInteger NEXT = new AtomicInteger();

    private final String name;

    private NetworkNamespace(String name) {
        this.name = name;
    }

    /** A new one, with its loopback up. */
    public static NetworkNamespace create() {
        String name = "wst" + ProcessHandle.current().pid() + "n" + NEXT.getAndIncrement();
        Commands.output("ip", "netns", "add", name);
        Commands.output("ip", "-n", name, "link", "set", "lo", "up");
        return new NetworkNamespace(name);
    }

    public String name() {
        return name;
    }

    /** Runs a program in it that has to succeed, and returns its output; words are separated by spaces. */
    public String exec(String command) {
        return Commands.output(("ip netns exec " + name + " " + command).split(" "));
    }

    /** The processes that are in it. */
    public List<String> pids() {
        return Commands.output("ip", "netns", "pids", name).lines().toList();
    }

    /** Runs a line of {@code ip}. */
    public void ip(String command) {
        Commands.output(("ip -n " + name + " " + command).split(" "));
    }

    /** A pair of interfaces of that name, one here and one there. */
    public void connect(NetworkNamespace other, String link) {
        ip("link add " + link + " type veth peer name " + link + " netns " + other.name);
    }

    public <T> T call(Callable<T> code) throws Exception {
        FutureTask<T> task = new FutureTask<>(() -> {
            enter();
            return code.call();
        });
        Thread thread = Thread.ofPlatform().daemon().start(task);
        try {
            return task.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw e;
        } finally {
            thread.join();
        }
    }

    public void run(Runnable code) throws Exception {
        call(() -> {
            code.run();
            return "";
        });
    }

    @Override
    public void close() {
        Commands.run("ip", "netns", "del", name);
    }

    @SuppressWarnings("restricted")
    private void enter() {
        Linker linker = Linker.nativeLinker();
        MethodHandle open = linker.downcallHandle(
                linker.defaultLookup().find("open").orElseThrow(),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT),
                Linker.Option.firstVariadicArg(2));
        MethodHandle setns = linker.downcallHandle(
                linker.defaultLookup().find("setns").orElseThrow(),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
        MethodHandle close = linker.downcallHandle(
                linker.defaultLookup().find("close").orElseThrow(),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment path = arena.allocateFrom("/run/netns/" + name);
            int descriptor = (int) open.invokeExact(path, 0);
            int result = (int) setns.invokeExact(descriptor, CLONE_NEWNET);
            int closed = (int) close.invokeExact(descriptor);
            if (result != 0 || closed != 0) {
                throw new IllegalStateException("setns failed: are you root?");
            }
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
