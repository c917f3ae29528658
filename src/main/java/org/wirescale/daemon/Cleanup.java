package org.wirescale.daemon;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wirescale.model.WirescaleException;
import org.wirescale.os.Folders;
import org.wirescale.os.LockName;
import org.wirescale.os.Locks;
import org.wirescale.tunnel.Tunnel;

/**
 * What follows the end of a daemon, however it ended: attempts that did not get to their end are undone by what their state files
 * list, recoveries go back to the port of before, tunnels that stand are left alone.
 */
final class Cleanup {
    private static final Logger LOG = LoggerFactory.getLogger(Cleanup.class);
    /** A {@code down} that is at work ends by itself. */
    private static final Duration WAIT = Duration.ofSeconds(30);

    private final Folders folders;

    Cleanup(Folders folders) {
        this.folders = folders;
    }

    void run() {
        ExitNodeCare.finish(folders, WAIT);
        Tunnel.all(folders).forEach(tunnel -> {
            switch (tunnel.state().phase()) {
                case BUILDING, REMOVING, RECOVERING -> undo(tunnel);
                case UP -> LOG.debug("The tunnel '{}' stays as it is", tunnel.interfaceName());
            }
        });
    }

    private static void undoHalf(Tunnel tunnel) {
        switch (tunnel.state().phase()) {
            case BUILDING, REMOVING -> {
                LOG.info("Taking back what is left of an attempt: interface '{}'", tunnel.interfaceName());
                tunnel.undo().forEach(failure -> LOG.warn("{}", failure.getMessage()));
            }
            case RECOVERING -> {
                LOG.info(
                        "A recovery did not get to its end: interface '{}' goes back to its old port",
                        tunnel.interfaceName());
                tunnel.putBack().forEach(failure -> LOG.warn("{}", failure.getMessage()));
            }
            case UP -> LOG.debug("The tunnel '{}' came up meanwhile", tunnel.interfaceName());
        }
    }

    private void undo(Tunnel found) {
        try (Locks.Held _ = Locks.take(folders, LockName.ofInterface(found.interfaceName()), WAIT)) {
            // Read again: whoever had the lock may have finished the work.
            Tunnel.load(folders, found.interfaceName()).ifPresent(Cleanup::undoHalf);
        } catch (WirescaleException e) {
            LOG.warn("'{}' could not be cleaned up: {}", found.interfaceName(), e.getMessage());
        }
    }
}
