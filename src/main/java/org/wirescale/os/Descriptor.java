package org.wirescale.os;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * An open file descriptor of this process, marked close-on-exec, that the JDK knows nothing of. It is closed once, by
 * {@link #close()} only: no garbage collection lets go of a lock or a port.
 */
public final class Descriptor implements AutoCloseable {
    private final int number;
    private final AtomicBoolean closed = new AtomicBoolean();

    Descriptor(int number) {
        this.number = number;
    }

    /**
     * The number that the kernel gave.
     *
     * @throws IllegalStateException once it is closed: the number may be somebody else's by then
     */
    public int number() {
        if (closed.get()) {
            throw new IllegalStateException("descriptor " + number + " is closed");
        }
        return number;
    }

    public boolean isOpen() {
        return !closed.get();
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            // Linux closes the descriptor whatever close(2) returns; trying again could close another thread's.
            Kernel.result(Kernel.Call.CLOSE, number);
        }
    }

    @Override
    public String toString() {
        return "descriptor " + number + (closed.get() ? " (closed)" : "");
    }
}
