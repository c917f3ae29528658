package org.wirescale.tailscale;

import java.time.Duration;
import java.util.List;
import org.wirescale.model.WirescaleException;
import org.wirescale.os.Descriptor;
import org.wirescale.os.Errno;
import org.wirescale.os.Syscalls;

/**
 * A tailscaled that cannot be mistaken for another process, whatever becomes of its number: the process's descriptor was opened
 * first, and the connection to its LocalAPI leads to the same process.
 */
final class TailscaledHandle implements AutoCloseable {
    private static final Duration ENDING = Duration.ofSeconds(1);

    private final Tailscaled process;
    private final Descriptor pidfd;
    private final RebindConnection connection;

    private TailscaledHandle(Tailscaled process, Descriptor pidfd, RebindConnection connection) {
        this.process = process;
        this.pidfd = pidfd;
        this.connection = connection;
    }

    /**
     * The tailscaled of this machine.
     *
     * @throws WirescaleException with {@link TailscaleReason#TAKEOVER_UNAVAILABLE} when its sockets cannot be had
     */
    static TailscaledHandle open(LocalApi api) {
        Tailscaled process = Tailscaled.find(api);
        Descriptor pidfd = openPidfd(process);
        try {
            TailscaledHandle handle = new TailscaledHandle(process, pidfd, api.connectForRebind());
            try {
                handle.check();
                return handle;
            } catch (WirescaleException e) {
                handle.connection.close();
                throw e;
            }
        } catch (WirescaleException e) {
            pidfd.close();
            throw e;
        }
    }

    private void check() {
        long peer = connection.peerPid();
        if (peer != process.pid()) {
            throw unavailable("LocalAPI is served by process " + peer + ", and " + Tailscaled.UNIT + " is process "
                    + process.pid());
        }
        if (!process.isInOurNetwork()) {
            throw unavailable("tailscaled runs in another network namespace, such as a container");
        }
        if (!connection.canRebind()) {
            throw unavailable("this tailscaled cannot be asked to rebind");
        }
    }

    private static Descriptor openPidfd(Tailscaled process) {
        try {
            return Syscalls.pidfdOpen(process.pid())
                    .orElseThrow(() -> WirescaleException.of(TailscaleReason.TAILSCALED_ENDED));
        } catch (WirescaleException e) {
            throw Errno.of(e).isEmpty() ? e : unavailable(e, "pidfd_open");
        }
    }

    boolean hasEnded() {
        return Syscalls.hasEnded(pidfd);
    }

    /**
     * @throws WirescaleException with {@link TailscaleReason#TAILSCALED_ENDED}
     */
    void requireAlive() {
        if (hasEnded()) {
            throw WirescaleException.of(TailscaleReason.TAILSCALED_ENDED);
        }
    }

    List<Tailscaled.Owned> sockets() {
        return process.sockets();
    }

    /** A descriptor of tailscaled was closed after it had been listed. */
    static final class Moving extends Exception {
        private static final long serialVersionUID = 1L;
    }

    /** A duplicate of one of its descriptors, whatever that is by now: to be looked at, and closed. */
    Descriptor duplicate(Tailscaled.Owned socket) throws Moving {
        try {
            return Syscalls.pidfdGetfd(pidfd, socket.number());
        } catch (WirescaleException e) {
            Errno errno = Errno.of(e).orElseThrow(() -> e);
            if (errno == Errno.EBADF) {
                throw new Moving();
            }
            if (errno == Errno.ESRCH) {
                throw WirescaleException.causedBy(e, TailscaleReason.TAILSCALED_ENDED);
            }
            throw unavailable(e, "pidfd_getfd");
        }
    }

    /** Has bound its sockets anew when this returns, unless it ended. */
    void rebind() {
        try {
            connection.rebind();
        } catch (WirescaleException e) {
            if (e.reason() == TailscaleReason.REFUSED) {
                throw WirescaleException.causedBy(
                        e, TailscaleReason.TAKEOVER_UNAVAILABLE, "why", "it refuses to rebind: " + e.detail("text"));
            }
            // A process that ends closes its connections first.
            if (!Syscalls.endsWithin(pidfd, ENDING)) {
                throw e;
            }
        }
    }

    @Override
    public void close() {
        connection.close();
        pidfd.close();
    }

    private static WirescaleException unavailable(String why) {
        return WirescaleException.of(TailscaleReason.TAKEOVER_UNAVAILABLE, "why", why);
    }

    private static WirescaleException unavailable(WirescaleException cause, String call) {
        String why = switch (Errno.of(cause).orElse(Errno.EINVAL)) {
            case ENOSYS -> "the kernel does not have " + call + " (Linux 5.6 or newer does), or a filter hides it";
            case EPERM, EACCES ->
                call + " is not permitted: it wants root with CAP_SYS_PTRACE, kernel.yama.ptrace_scope below 3,"
                        + " and a filter of system calls that lets @debug through";
            default -> cause.getMessage();
        };
        return WirescaleException.causedBy(cause, TailscaleReason.TAKEOVER_UNAVAILABLE, "why", why);
    }
}
