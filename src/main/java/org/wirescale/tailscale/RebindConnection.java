package org.wirescale.tailscale;

import java.io.IOException;
import java.time.Duration;

/**
 * A connection to the LocalAPI that belongs to one process for as long as it lives: whose sockets were looked at is who is asked
 * to rebind.
 */
final class RebindConnection implements AutoCloseable {
    static final String REBIND = "/localapi/v0/debug?action=rebind";
    private static final Duration TIME = Duration.ofSeconds(5);

    private final DescriptorStream stream;
    private final HttpConnection http;

    RebindConnection(DescriptorStream stream) {
        this.stream = stream;
        this.http = new HttpConnection(stream);
    }

    long peerPid() {
        return stream.peerPid();
    }

    /** Whether tailscaled has the call at all: its answer to a GET says so and does nothing. */
    boolean canRebind() {
        try {
            HttpConnection.Response response = http.send("GET", REBIND, Deadline.in(TIME));
            byte[] _ = response.body().readAll(Deadline.in(TIME));
            return response.status() == 405;
        } catch (IOException e) {
            throw LocalApi.failure(e, TIME);
        }
    }

    /** Has bound its sockets anew when this returns. */
    void rebind() {
        try {
            byte[] _ = LocalApi.exchange(http, "POST", REBIND, Deadline.in(TIME));
        } catch (IOException e) {
            throw LocalApi.failure(e, TIME);
        }
    }

    @Override
    public void close() {
        http.close();
    }
}
