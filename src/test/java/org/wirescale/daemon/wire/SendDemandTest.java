package org.wirescale.daemon.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.java_websocket.WebSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The library loses a demand once in some hundreds of sessions; here it loses as many as it is told to. */
@Timeout(10)
final class SendDemandTest {
    /** Demands that are lost before one is heard. */
    private final AtomicInteger deaf = new AtomicInteger();

    private final AtomicInteger queue = new AtomicInteger();
    private final Semaphore heard = new Semaphore(0);
    private final SendDemand demand = new SendDemand(socket(), this::demanded);

    private WebSocket socket() {
        return (WebSocket) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {WebSocket.class}, (_, method, _) -> {
                    assertThat(method.getName()).isEqualTo("hasBufferedData");
                    return queue.get() > 0;
                });
    }

    private void demanded() {
        if (deaf.getAndDecrement() <= 0) {
            queue.set(0);
            heard.release();
        }
    }

    @Test
    void what_stays_in_the_queue_is_demanded_until_it_is_gone() throws Exception {
        deaf.set(3);
        queue.set(1);
        demand.queued();
        assertThat(heard.tryAcquire(5, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void it_goes_on_with_what_is_queued_later() throws Exception {
        for (int message = 0; message < 50; message++) {
            deaf.set(1);
            queue.set(1);
            demand.queued();
            assertThat(heard.tryAcquire(5, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void an_empty_queue_is_left_alone() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        SendDemand idle = new SendDemand(socket(), asked::countDown);
        idle.queued();
        assertThat(asked.await(50, TimeUnit.MILLISECONDS)).isFalse();
    }
}
