package org.wirescale.daemon;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.wirescale.model.InterfaceName;
import org.wirescale.os.Folders;
import org.wirescale.os.LockName;
import org.wirescale.os.Locks;

/** The locks of a session, from its turn to its end: tailscaled's port, then the interface once its name is known. */
final class SessionLocks implements AutoCloseable {
    /** As long as another's session or a {@code down} may take, hooks included. */
    private static final Duration WAIT = Duration.ofSeconds(30);

    private final Folders folders;
    private final Deque<Locks.Held> held = new ArrayDeque<>();

    SessionLocks(Folders folders) {
        this.folders = folders;
        held.push(Locks.take(folders, LockName.PORT, WAIT));
    }

    void takeInterface(InterfaceName name) {
        held.push(Locks.take(folders, LockName.ofInterface(name), WAIT));
    }

    @Override
    public void close() {
        held.forEach(Locks.Held::close);
    }
}
