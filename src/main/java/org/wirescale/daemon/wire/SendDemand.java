package org.wirescale.daemon.wire;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.java_websocket.WebSocket;

/**
 * Sees to it that what was queued for a connection goes out. The library's one thread for all connections writes a queue until it
 * is empty, and then stops waiting for the socket to take more: what was queued between the two would stay until something else
 * is sent (Java-WebSocket 1.6.0, WebSocketServer.doWrite). Whoever queues something says so here.
 */
final class SendDemand {
    private static final Duration FIRST_LOOK = Duration.ofMillis(1);
    /** A peer that does not read keeps its queue full: there is no hurry then. */
    private static final Duration RARELY = Duration.ofMillis(100);

    private final WebSocket socket;
    private final Runnable demand;
    private final AtomicBoolean watched = new AtomicBoolean();

    /**
     * @param demand makes the library's thread look at the queue, and empty it when the connection is closed
     */
    SendDemand(WebSocket socket, Runnable demand) {
        this.socket = socket;
        this.demand = demand;
    }

    /** Something was queued. */
    void queued() {
        if (socket.hasBufferedData() && watched.compareAndSet(false, true)) {
            Thread.ofVirtual().name("peer-send").start(this::untilSent);
        }
    }

    private void untilSent() {
        Duration pause = FIRST_LOOK;
        try {
            while (socket.hasBufferedData()) {
                Thread.sleep(pause);
                demand.run();
                pause = pause.multipliedBy(2).compareTo(RARELY) < 0 ? pause.multipliedBy(2) : RARELY;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        } finally {
            watched.set(false);
        }
        queued();
    }
}
