package org.wirescale.daemon;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wirescale.model.ExitCode;
import org.wirescale.model.Version;
import org.wirescale.model.WirescaleException;
import org.wirescale.os.Folders;
import org.wirescale.os.LockName;
import org.wirescale.os.Locks;
import org.wirescale.os.Notifier;
import org.wirescale.os.Watchdog;
import org.wirescale.tailscale.LocalApi;

/** The life of the daemon, from systemd's start to its stop. */
public final class Daemon {
    private static final Logger LOG = LoggerFactory.getLogger(Daemon.class);
    /** The one before us may still be ending. */
    private static final Duration PREDECESSOR = Duration.ofSeconds(3);

    /** For a tunnel that was agreed on; less than the unit's {@code TimeoutStopSec}, past which what is half done is undone. */
    private static final Duration LAST_WORK = Duration.ofSeconds(4);

    private Daemon() {}

    /**
     * Serves until it is stopped.
     *
     * @return the exit code
     * @throws org.wirescale.model.WirescaleException when another daemon runs, or the local socket cannot be served
     */
    public static int run(DaemonOptions options) {
        return run(options, Folders.system(), LocalApi.system());
    }

    /** Like {@link #run(DaemonOptions)} with other folders and another tailscaled. */
    public static int run(DaemonOptions options, Folders folders, LocalApi tailscaled) {
        try (Locks.Held _ = Locks.take(folders, LockName.DAEMON, PREDECESSOR)) {
            new Cleanup(folders).run();
            serve(new Machine(folders, new Tailnet(tailscaled), options));
        }
        return ExitCode.DONE.number();
    }

    private static void serve(Machine machine) {
        OpenSessions open = new OpenSessions();
        CountDownLatch stop = new CountDownLatch(1);
        CountDownLatch stopped = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stopAndWait(stop, stopped), "stop"));
        PeerSessions sessions = new PeerSessions(machine, open);
        try (Notifier notifier = Notifier.ofThisProcess();
                Watchdog watchdog = Watchdog.start(notifier);
                LocalServer _ = LocalServer.start(machine.folders().socket(), new LocalRequests(machine, open));
                PeerServers _ = PeerServers.start(machine.tailnet(), sessions::serve);
                TunnelGuard _ = TunnelGuard.start(
                        machine.folders(), machine::takeDownWithoutLink, machine.tailnet()::machineMoved);
                Watchdog.Registration _ = watchdog.watch("sessions", open::makeProgress)) {
            notifier.ready();
            LOG.info("Wirescale {} is ready", Version.text());
            open.restSoon();
            stop.await();
            notifier.stopping();
            LOG.info("Stopping");
            open.cancelAll();
            open.awaitEnd(LAST_WORK);
        } catch (IOException e) {
            throw WirescaleException.causedBy(
                    e,
                    LocalReason.NOT_SERVED,
                    "socket",
                    machine.folders().socket(),
                    "error",
                    String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            stopped.countDown();
        }
    }

    /** The shutdown hook: the main thread ends everything in its order while the JVM still waits. */
    private static void stopAndWait(CountDownLatch stop, CountDownLatch stopped) {
        stop.countDown();
        try {
            stopped.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What {@code ExecStopPost} runs: undoes what the state files list of attempts that did not get to their end. */
    public static int clean() {
        new Cleanup(Folders.system()).run();
        return ExitCode.DONE.number();
    }
}
