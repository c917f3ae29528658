package org.wirescale.tailscale;

import java.net.NetworkInterface;
import java.net.SocketException;
import java.time.Duration;
import java.util.Collections;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.wirescale.model.Endpoint;
import org.wirescale.model.IpAddress;
import org.wirescale.model.WirescaleException;

/**
 * Where Tailscale reaches a peer without a relay, seen just now.
 *
 * @param latency of the round trip there
 */
public record DirectEndpoint(Endpoint endpoint, Duration latency) {
    /** After a rebind the way is there within milliseconds, in a cold start within a second or two. */
    private static final int QUICK_PINGS = 5;

    private static final Duration QUICK = Duration.ofMillis(50);
    private static final Duration STEADY = Duration.ofMillis(250);
    /** A ping into nowhere is answered by nobody: the next one may find the way that opened meanwhile. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    /** Longer than any round trip on earth takes. */
    private static final Duration FIRST_ANSWER = Duration.ofMillis(500);

    /**
     * Pings until an answer comes directly.
     *
     * @param status of this machine, for its own addresses
     * @param time at most; an answer by a relay only is a failure then
     * @throws WirescaleException with {@link TailscaleReason#ONLY_RELAYED}, {@link TailscaleReason#PEER_SILENT} when no answer
     *     came at all, or {@link TailscaleReason#ENDPOINT_REFUSED}
     */
    public static DirectEndpoint find(LocalApi api, TailscaleStatus status, Node peer, Duration time)
            throws InterruptedException {
        return find(api, status, peer, time, PATIENCE, () -> {});
    }

    /**
     * Like {@link #find}, for who is about to move tailscaled anyway. A peer that moved a moment ago is looked for where it was, and
     * only there, for up to 6.5 s: when not even a relay answers at once, tailscaled is asked to rebind, which makes it forget that.
     */
    public static DirectEndpoint findAnew(LocalApi api, TailscaleStatus status, Node peer, Duration time)
            throws InterruptedException {
        return find(api, status, peer, time, FIRST_ANSWER, api::rebind);
    }

    private static DirectEndpoint find(
            LocalApi api, TailscaleStatus status, Node peer, Duration time, Duration firstAnswer, Runnable onSilence)
            throws InterruptedException {
        String called = peer.called(status.suffix());
        IpAddress address = peer.primaryAddress()
                .orElseThrow(() -> WirescaleException.of(TailscaleReason.PEER_UNKNOWN, "peer", called));
        Deadline deadline = Deadline.in(time);
        Optional<String> relay = Optional.empty();
        for (int pings = 1; pings == 1 || !deadline.hasPassed(); pings++) {
            Deadline next = deadline.atMost(pings <= QUICK_PINGS ? QUICK : STEADY);
            Optional<PingResult> result = ping(
                    api,
                    address,
                    deadline.atMost(pings == 1 ? firstAnswer : PATIENCE).left());
            if (pings == 1 && result.isEmpty()) {
                onSilence.run();
            }
            if (result.isPresent() && result.get().isDirect()) {
                Set<IpAddress> own = localAddresses();
                own.addAll(status.ownAddresses());
                Endpoint endpoint = checked(result.get().endpoint().orElseThrow(), own, peer, called);
                return new DirectEndpoint(endpoint, result.get().latency());
            }
            if (result.isPresent()) {
                relay = result.get()
                        .peerRelay()
                        .or(result.get()::relay)
                        .map(name -> "'" + name + "'")
                        .or(() -> Optional.of("of the tailnet"))
                        .filter(_ -> result.get().error().isEmpty());
            }
            Thread.sleep(next.left());
        }
        throw relay.isPresent()
                ? WirescaleException.of(TailscaleReason.ONLY_RELAYED, "peer", called, "relay", relay.get())
                : WirescaleException.of(TailscaleReason.PEER_SILENT, "peer", called, "seconds", time.toSeconds());
    }

    private static Optional<PingResult> ping(LocalApi api, IpAddress address, Duration time) {
        try {
            return Optional.of(api.ping(address, time));
        } catch (WirescaleException e) {
            if (e.reason() == TailscaleReason.NO_ANSWER) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** The endpoint, if WireGuard can be given it: it has come from far, through other people's programs. */
    static Endpoint checked(String text, Set<IpAddress> own, Node peer, String called) {
        Endpoint endpoint = TailscaleJson.endpoint(text)
                .orElseThrow(() -> refused(called, text, "it is no plain address and port"));
        IpAddress address = endpoint.address();
        if (address.isLoopback() || address.isMulticast() || address.isUnspecified() || isBroadcast(address)) {
            throw refused(called, text, "it is no address of another machine");
        }
        if (address.isLinkLocal() && address.isIpv6()) {
            throw refused(called, text, "it is a link-local address, which means nothing without its link");
        }
        if (own.contains(address)) {
            throw refused(called, text, "it is an address of this machine");
        }
        if (peer.addresses().contains(address)) {
            throw refused(called, text, "it is an address inside the tailnet");
        }
        return endpoint;
    }

    private static boolean isBroadcast(IpAddress address) {
        return address.toString().equals("255.255.255.255");
    }

    private static WirescaleException refused(String called, String endpoint, String why) {
        return WirescaleException.of(
                TailscaleReason.ENDPOINT_REFUSED, "peer", called, "endpoint", endpoint, "why", why);
    }

    /** The addresses of this machine's own interfaces. A NAT router's public address is not among them: others may be behind it too. */
    static Set<IpAddress> localAddresses() {
        Set<IpAddress> addresses = new HashSet<>();
        try {
            for (NetworkInterface link : Collections.list(NetworkInterface.getNetworkInterfaces())) {
                Collections.list(link.getInetAddresses()).forEach(address -> addresses.add(IpAddress.of(address)));
            }
        } catch (SocketException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return addresses;
    }
}
