package org.wirescale.os;

import org.wirescale.model.InterfaceName;

/**
 * What can be locked. Who takes several takes them in this order, so that no two wait for each other: port, interface, exit node, settings.
 *
 * @param rank a lock is only taken by who holds none of its rank or above
 * @param file the name of its file in {@code /run/wirescale/control}; shell scripts lock the same one with {@code flock(1)}
 * @param what as in "… is in use by"
 */
public record LockName(int rank, String file, String what) {
    /** Held by the daemon as long as it lives. */
    public static final LockName DAEMON = new LockName(0, "daemon.lock", "the daemon's lock");

    /** tailscaled's port. */
    public static final LockName PORT = new LockName(1, "port.lock", "tailscaled's port");

    /** Held for a moment only: while it is, what others take of the exit node is not put back. */
    public static final LockName EXIT_NODE = new LockName(3, "exit-node.lock", "the exit node");

    /** The settings that tunnels share. Held for a moment only, by who may have any other. */
    public static final LockName SETTINGS = new LockName(4, "settings.lock", "the settings that tunnels share");

    public static LockName ofInterface(InterfaceName name) {
        return new LockName(2, "interface-" + name + ".lock", "the interface '" + name + "'");
    }
}
