package org.wirescale.tailscale;

import java.io.IOException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wirescale.model.WirescaleException;

/**
 * A connection to the LocalAPI that belongs to one process for as long as it lives: whose sockets were looked at is who is asked
 * to rebind.
 */
final class RebindConnection implements AutoCloseable {
    static final String REBIND = "/localapi/v0/debug?action=rebind";
    /** A rebind alone leaves tailscaled, and so its peers, with the old endpoints until its next look, 26 s away at most. */
    static final String RESTUN = "/localapi/v0/debug?action=restun";

    private static final Logger LOG = LoggerFactory.getLogger(RebindConnection.class);
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

    /** Has bound its sockets anew when this returns, and begun to find out how it is reached now. */
    void rebind() {
        post(REBIND);
        try {
            post(RESTUN);
        } catch (WirescaleException e) {
            // It will look by itself, later.
            LOG.debug("tailscaled was not made to look for its endpoints: {}", e.getMessage());
        }
    }

    private void post(String target) {
        try {
            byte[] _ = LocalApi.exchange(http, "POST", target, Deadline.in(TIME));
        } catch (IOException e) {
            throw LocalApi.failure(e, TIME);
        }
    }

    @Override
    public void close() {
        http.close();
    }
}
