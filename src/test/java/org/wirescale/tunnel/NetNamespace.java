package org.wirescale.tunnel;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.wirescale.os.Commands;
import org.wirescale.os.Programs;

/**
 * A network and mount namespace of a test's own: one platform thread that left the machine's, and in which everything runs that
 * is given to {@link #run}, programs that it starts included. {@code /run/wireguard}, {@code /sys} and {@code /run/systemd} are
 * its own too. Nothing of it is left when the thread ends.
 */
public final class NetNamespace implements AutoCloseable {
    private static final int CLONE_NEWNS = 0x00020000;
    private static final int CLONE_NEWNET = 0x40000000;

    /** Set where these tests must run: then what is missing is a failure. */
    private static final String REQUIRED = "WIRESCALE_REQUIRE_NETNS";

    private final ExecutorService thread;

    private NetNamespace(ExecutorService thread) {
        this.thread = thread;
    }

    /** A step of a test. */
    @FunctionalInterface
    public interface Step {
        void run() throws Exception;
    }

    /** A fresh one with {@code lo} up; skips the test for anybody but root, or without one of the programs. */
    static NetNamespace create(String... programs) {
        require("root", "0".equals(uid()));
        for (String program : programs) {
            require(program, Programs.isInstalled(program));
        }
        NetNamespace created = new NetNamespace(Executors.newSingleThreadExecutor(
                Thread.ofPlatform().name("netns").daemon(true).factory()));
        created.run(() -> {
            unshare(CLONE_NEWNET | CLONE_NEWNS);
            Commands.output("mount", "--make-rprivate", "/");
            Files.createDirectories(Path.of("/run/wireguard"));
            for (String folder : List.of("/run/wireguard", "/run/systemd")) {
                if (Files.isDirectory(Path.of(folder))) {
                    Commands.output("mount", "-t", "tmpfs", "tmpfs", folder);
                }
            }
            Commands.output("mount", "-t", "sysfs", "sysfs", "/sys");
            Commands.output("ip", "link", "set", "lo", "up");
        });
        return created;
    }

    public void run(Step step) {
        call(() -> {
            step.run();
            return true;
        });
    }

    public <T> T call(Callable<T> step) {
        try {
            return thread.submit(step).get();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case RuntimeException unchecked -> throw unchecked;
                case Error error -> throw error;
                case null, default -> throw new IllegalStateException(e.getCause());
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What a program prints that has to succeed in here. */
    public String output(String... command) {
        return call(() -> Commands.output(command));
    }

    /** What stands for this namespace in {@code ip link set … netns}. */
    String id() {
        return call(() -> Files.readSymbolicLink(Path.of("/proc/thread-self"))
                .getFileName()
                .toString());
    }

    /** Joins two of them with a pair of links, each named {@code name}. */
    static void join(String name, NetNamespace one, String oneAddress, NetNamespace other, String otherAddress) {
        one.output("ip", "link", "add", name, "type", "veth", "peer", "name", name, "netns", other.id());
        one.settle(name, oneAddress);
        other.settle(name, otherAddress);
        one.awaitCarrier(name);
        other.awaitCarrier(name);
    }

    private void awaitCarrier(String link) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
        while (!output("ip", "-o", "link", "show", "dev", link).contains("state UP")
                || output("ip", "-o", "route", "show", "table", "all").contains("linkdown")) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException(link + " gets no carrier");
            }
        }
    }

    /** Without a link-local address, which would still be changing when a test looks. */
    private void settle(String link, String address) {
        output("ip", "link", "set", link, "addrgenmode", "none");
        output("ip", "address", "add", address, "dev", link);
        output("ip", "link", "set", link, "up");
    }

    /** A wireguard-go of a test that failed would keep the namespace: it ends with its link. */
    @Override
    public void close() {
        run(() -> {
            for (String link : Commands.run("wg", "show", "interfaces").stdout().split("\\s+")) {
                if (!link.isEmpty()) {
                    Commands.run("ip", "link", "delete", "dev", link);
                }
            }
        });
        thread.close();
    }

    private static void require(String what, boolean there) {
        if (!there && System.getenv(REQUIRED) != null) {
            throw new IllegalStateException("this test needs " + what);
        }
        Assumptions.assumeTrue(there, () -> "this test needs " + what);
    }

    private static String uid() {
        try {
            return Files.getAttribute(Path.of("/proc/self"), "unix:uid").toString();
        } catch (IOException e) {
            return "";
        }
    }

    @SuppressWarnings("restricted")
    private static void unshare(int flags) throws Exception {
        Linker linker = Linker.nativeLinker();
        MethodHandle call = linker.downcallHandle(
                linker.defaultLookup().findOrThrow("unshare"),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
        try {
            if ((int) call.invokeExact(flags) != 0) {
                throw new IOException("unshare failed");
            }
        } catch (Throwable e) {
            throw new IOException(e);
        }
    }
}
