package org.wirescale.tailscale;

import java.io.IOException;
import java.net.ProtocolException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wirescale.model.IpAddress;
import org.wirescale.model.WirescaleException;

/**
 * tailscaled's LocalAPI: HTTP over its UNIX socket, one connection a call, each with a deadline. Where it gives an answer that
 * cannot be used, the {@code tailscale} command is asked instead. Any local user may read; {@link #rebind} wants root.
 *
 * <p>Every method throws {@link WirescaleException} with a {@link TailscaleReason}; those that come from a tailscaled that does
 * not run or answer have the error code {@code TS_UNREACHABLE}.
 */
public final class LocalApi {
    static final Duration CALL = Duration.ofSeconds(10);
    private static final Duration PUNCH = Duration.ofSeconds(2);
    /** NotifyInitialState and NotifyNoPrivateKeys of Tailscale's {@code ipn.NotifyWatchOpt}. */
    private static final String WATCH = "/localapi/v0/watch-ipn-bus?mask=18";

    private static final List<Path> SOCKETS =
            List.of(Path.of("/run/tailscale/tailscaled.sock"), Path.of("/var/run/tailscale/tailscaled.sock"));
    private static final Logger LOG = LoggerFactory.getLogger(LocalApi.class);

    private final List<Path> sockets;
    private final Optional<TailscaleCli> cli;

    private LocalApi(List<Path> sockets, Optional<TailscaleCli> cli) {
        this.sockets = sockets;
        this.cli = cli;
    }

    /** This machine's tailscaled. */
    public static LocalApi system() {
        return new LocalApi(SOCKETS, Optional.of(new TailscaleCli("tailscale")));
    }

    /**
     * A tailscaled with another socket.
     *
     * @param program the command to fall back to; empty for none
     */
    public static LocalApi at(Path socket, Optional<String> program) {
        return new LocalApi(List.of(socket), program.map(TailscaleCli::new));
    }

    /** All that Tailscale says of itself and its peers. */
    public TailscaleStatus status() {
        return status(true);
    }

    /** The same without the peers, which is cheap in a large tailnet. */
    public TailscaleStatus statusWithoutPeers() {
        return status(false);
    }

    /** The same as {@link #status()}, for who waits no longer than that; the {@code tailscale} command is not asked. */
    public TailscaleStatus statusWithin(Duration time) {
        return TailscaleJson.status(TailscaleJson.tree(get("/localapi/v0/status", time)));
    }

    private TailscaleStatus status(boolean peers) {
        return orByCommand(
                () -> TailscaleJson.status(
                        TailscaleJson.tree(get("/localapi/v0/status" + (peers ? "" : "?peers=false"), CALL))),
                command -> command.status(peers, CALL));
    }

    /** Whether Tailscale refuses all that comes from other machines ({@code tailscale set --shields-up}). */
    public boolean isShielded() {
        return TailscaleJson.tree(get("/localapi/v0/prefs", CALL))
                .path("ShieldsUp")
                .asBoolean();
    }

    /** The node that has this Tailscale address; empty when the tailnet has none. */
    public Optional<WhoIs> whoIs(IpAddress address) {
        return orByCommand(
                () -> {
                    try {
                        byte[] answer = get("/localapi/v0/whois?addr=" + address, CALL);
                        return Optional.of(TailscaleJson.whoIs(TailscaleJson.tree(answer)));
                    } catch (WirescaleException e) {
                        if (isRefusal(e, 404) && e.detail("text").startsWith("no match")) {
                            return Optional.<WhoIs>empty();
                        }
                        throw e;
                    }
                },
                command -> command.whoIs(address, CALL));
    }

    /**
     * One disco ping. Its answer says whether it went directly or by a relay; the first ones usually are relayed, and make
     * Tailscale look for a direct way.
     *
     * @throws WirescaleException with {@link TailscaleReason#NO_ANSWER} when nothing came within the time
     */
    public PingResult ping(IpAddress address, Duration time) {
        return orByCommand(
                () -> TailscaleJson.ping(
                        TailscaleJson.tree(request("POST", "/localapi/v0/ping?type=disco&ip=" + address, time))),
                command -> command.ping(address, time));
    }

    /**
     * Sends a packet to the peer the way that data goes, and waits for no answer: unlike a disco ping it makes both tailscaled look
     * for a direct path, by way of a relay where there is no other.
     */
    void punch(IpAddress address) {
        Thread.ofVirtual().name("punch " + address).start(() -> {
            try {
                byte[] _ = request("POST", "/localapi/v0/ping?type=TSMP&ip=" + address, PUNCH);
            } catch (WirescaleException e) {
                LOG.debug("no answer to the packet for {}: {}", address, e.getMessage());
            }
        });
    }

    /**
     * Asks tailscaled to bind its UDP sockets anew: it goes back to the port it is configured with where that is free, in a few
     * milliseconds, and has done so when this returns. It then looks for its way to every peer again.
     */
    public void rebind() {
        byte[] _ = request("POST", RebindConnection.REBIND, CALL);
        lookForEndpoints();
    }

    /** Makes tailscaled find out, and tell, how it is reached; it does so in the background. */
    void lookForEndpoints() {
        try {
            byte[] _ = request("POST", RebindConnection.RESTUN, CALL);
        } catch (WirescaleException e) {
            // It will look by itself, later.
            LOG.debug("tailscaled was not made to look for its endpoints: {}", e.getMessage());
        }
    }

    /**
     * Makes tailscaled connect to its relays anew, which takes it some 20 ms: left alone it asks an old connection for 3 s whether it
     * still works. For a machine whose address has changed, which its old connections cannot know.
     */
    public void reconnectRelays() {
        try {
            byte[] _ = request("POST", "/localapi/v0/debug?action=break-derp-conns", CALL);
        } catch (WirescaleException e) {
            // It does so by itself, later.
            LOG.debug("tailscaled was not made to connect to its relays anew: {}", e.getMessage());
        }
    }

    /** Pings every peer that there was traffic with, at once, so that each learns our port as early as it can. */
    public void pingActivePeers(Duration time) {
        List<Thread> pings = status().peers().stream()
                .filter(peer ->
                        peer.online() && (peer.active() || peer.current().isPresent()))
                .flatMap(peer -> peer.primaryAddress().stream())
                .map(address -> Thread.ofVirtual().name("ping " + address).start(() -> pingQuietly(address, time)))
                .toList();
        for (Thread ping : pings) {
            try {
                ping.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private void pingQuietly(IpAddress address, Duration time) {
        try {
            ping(address, time);
        } catch (WirescaleException e) {
            LOG.debug("no pong from {}: {}", address, e.getMessage());
        }
    }

    /**
     * Watches tailscaled. The first event comes at once and has its state.
     *
     * @throws WirescaleException with {@link TailscaleReason#NOT_RUNNING} where nobody listens
     */
    public BusWatch watch() {
        HttpConnection connection = connect();
        try {
            HttpConnection.Response response = connection.send("GET", WATCH, Deadline.in(CALL));
            if (!response.ok()) {
                throw refusal("watch-ipn-bus", response, Deadline.in(CALL));
            }
            return new BusWatch(connection, response.body());
        } catch (IOException e) {
            connection.close();
            throw failure(e, CALL);
        } catch (WirescaleException e) {
            connection.close();
            throw e;
        }
    }

    /**
     * Waits until Tailscale runs, whether tailscaled is up yet or not.
     *
     * @return false when the time went by first
     */
    public boolean awaitRunning(Duration time) throws InterruptedException {
        return new RunningWait(this).await(Deadline.in(time));
    }

    private byte[] get(String target, Duration time) {
        return request("GET", target, time);
    }

    private byte[] request(String method, String target, Duration time) {
        Deadline deadline = Deadline.in(time);
        try (HttpConnection connection = connect()) {
            return exchange(connection, method, target, deadline);
        } catch (IOException e) {
            throw failure(e, time);
        }
    }

    static byte[] exchange(HttpConnection connection, String method, String target, Deadline deadline)
            throws IOException {
        HttpConnection.Response response = connection.send(method, target, deadline);
        if (!response.ok()) {
            throw refusal(method + " " + target, response, deadline);
        }
        return response.body().readAll(deadline);
    }

    private HttpConnection connect() {
        try {
            return new HttpConnection(ChannelStream.connect(socket()));
        } catch (IOException e) {
            throw WirescaleException.causedBy(e, TailscaleReason.NOT_RUNNING);
        }
    }

    /** A connection whose other end is known by its process. */
    RebindConnection connectForRebind() {
        try {
            return new RebindConnection(DescriptorStream.connect(socket()));
        } catch (IOException e) {
            throw WirescaleException.causedBy(e, TailscaleReason.NOT_RUNNING);
        }
    }

    /** Where tailscaled listens, or would. */
    Path socket() {
        return sockets.stream().filter(Files::exists).findFirst().orElse(sockets.getFirst());
    }

    static WirescaleException failure(IOException e, Duration time) {
        String what = String.valueOf(e.getMessage());
        return switch (e) {
            case SocketTimeoutException _ ->
                WirescaleException.causedBy(e, TailscaleReason.NO_ANSWER, "seconds", Math.max(1, time.toSeconds()));
            case ProtocolException _ -> WirescaleException.causedBy(e, TailscaleReason.UNREADABLE, "what", what);
            default -> WirescaleException.causedBy(e, TailscaleReason.BROKEN_OFF, "what", what);
        };
    }

    private static WirescaleException refusal(String request, HttpConnection.Response response, Deadline deadline)
            throws IOException {
        String text = new String(response.body().readAll(deadline), StandardCharsets.UTF_8).strip();
        String shown = text.length() <= 200 ? text : text.substring(0, 200) + "…";
        return WirescaleException.of(
                TailscaleReason.REFUSED, "request", request, "status", response.status(), "text", shown);
    }

    static boolean isRefusal(WirescaleException e, int status) {
        return e.reason() == TailscaleReason.REFUSED && e.detail("status").equals(Integer.toString(status));
    }

    private <T> T orByCommand(Supplier<T> localApi, Function<TailscaleCli, T> command) {
        try {
            return localApi.get();
        } catch (WirescaleException e) {
            // A tailscaled that says nothing says nothing to the command either.
            if (cli.isEmpty()
                    || e.reason() == TailscaleReason.NO_ANSWER
                    || !cli.get().isInstalled()) {
                throw e;
            }
            try {
                return command.apply(cli.get());
            } catch (WirescaleException second) {
                if (second.reason() == TailscaleReason.NO_ANSWER) {
                    throw second;
                }
                LOG.debug("the tailscale command could not say either: {}", second.getMessage());
                throw e;
            }
        }
    }
}
