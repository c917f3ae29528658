package org.wirescale.tailscale;

import java.net.NetworkInterface;
import java.net.SocketException;
import java.time.Duration;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.wirescale.model.Endpoint;
import org.wirescale.model.IpAddress;
import org.wirescale.model.Port;
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

    /** For the first answer of a peer whose path has died, by a relay at the least. */
    private static final Duration SUSPICION = Duration.ofMillis(300);

    /** So long without any answer, and the peer is away: a path that tailscaled trusts for 6.5 s has been dead for 4 s already. */
    private static final Duration ABSENT = Duration.ofSeconds(3);

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

    /**
     * Like {@link #find}, for a path that was there and has died. A peer that does not answer at all is given up soon.
     *
     * @param forgetPath called once, when the first answer is none or comes by a relay: makes tailscaled forget the path that it
     *     knows, or does nothing
     */
    public static DirectEndpoint findAgain(
            LocalApi api, TailscaleStatus status, Node peer, Duration time, Runnable forgetPath)
            throws InterruptedException {
        Search search = new Search(api, status, peer);
        Deadline deadline = Deadline.in(time);
        Deadline silence = deadline.atMost(ABSENT);
        boolean first = true;
        while (true) {
            Deadline next = deadline.atMost(STEADY);
            Optional<DirectEndpoint> found = search.ping(first ? SUSPICION : FIRST_ANSWER);
            if (found.isPresent()) {
                return found.get();
            }
            if (first) {
                first = false;
                forgetPath.run();
                api.punch(search.address);
                next = deadline.atMost(QUICK);
            }
            if (search.relay.isEmpty() && silence.hasPassed()) {
                throw search.failure(ABSENT);
            }
            if (deadline.hasPassed()) {
                throw search.failure(time);
            }
            Thread.sleep(next.left());
        }
    }

    /**
     * The way by which the peer in its turn reaches this machine, where that is of the other family: with IPv4 and IPv6 at both ends,
     * each tailscaled chooses for itself, and a tunnel needs one way for both.
     *
     * @param seen this machine's address as the peer sees it
     * @param port that the peer says it has; most NATs keep it
     * @return this one, where it is of that family already, or the peer is not known to have an endpoint there
     */
    public DirectEndpoint inFamilyOf(IpAddress seen, Port port, LocalApi api, Node peer) {
        if (endpoint.address().isIpv6() == seen.isIpv6()) {
            return this;
        }
        Optional<Endpoint> other = peer.primaryAddress().flatMap(api::whoIs).stream()
                .flatMap(who -> who.endpoints().stream())
                .filter(candidate -> candidate.address().isIpv6() == seen.isIpv6())
                .filter(candidate -> isUsable(candidate, peer))
                .min(Comparator.comparing(candidate -> !candidate.port().equals(port)));
        return other.map(found -> new DirectEndpoint(found, latency)).orElse(this);
    }

    private static boolean isUsable(Endpoint candidate, Node peer) {
        try {
            return checked(
                            candidate.toString(),
                            localAddresses(),
                            peer,
                            peer.id().text())
                    .equals(candidate);
        } catch (WirescaleException e) {
            return false;
        }
    }

    private static DirectEndpoint find(
            LocalApi api, TailscaleStatus status, Node peer, Duration time, Duration firstAnswer, Runnable onSilence)
            throws InterruptedException {
        Search search = new Search(api, status, peer);
        Deadline deadline = Deadline.in(time);
        for (int pings = 1; pings == 1 || !deadline.hasPassed(); pings++) {
            Deadline next = deadline.atMost(pings <= QUICK_PINGS ? QUICK : STEADY);
            Optional<DirectEndpoint> found = search.ping(
                    deadline.atMost(pings == 1 ? firstAnswer : PATIENCE).left());
            if (found.isPresent()) {
                return found.get();
            }
            if (pings == 1 && !search.answered) {
                onSilence.run();
            }
            Thread.sleep(next.left());
        }
        throw search.failure(time);
    }

    /** Pings of one peer, and what came of them so far. */
    private static final class Search {
        private final LocalApi api;
        private final TailscaleStatus status;
        private final Node peer;
        private final String called;
        private final IpAddress address;
        private boolean answered;
        /** What relayed the last answer. */
        private Optional<String> relay = Optional.empty();

        Search(LocalApi api, TailscaleStatus status, Node peer) {
            this.api = api;
            this.status = status;
            this.peer = peer;
            this.called = peer.called(status.suffix());
            this.address = peer.primaryAddress()
                    .orElseThrow(() -> WirescaleException.of(TailscaleReason.PEER_UNKNOWN, "peer", called));
        }

        /** One ping; a direct answer is what is looked for. */
        Optional<DirectEndpoint> ping(Duration time) {
            Optional<PingResult> result = DirectEndpoint.ping(api, address, time);
            answered = result.isPresent();
            if (result.isEmpty()) {
                return Optional.empty();
            }
            PingResult answer = result.get();
            if (answer.isDirect()) {
                Set<IpAddress> own = localAddresses();
                own.addAll(status.ownAddresses());
                Endpoint endpoint = checked(answer.endpoint().orElseThrow(), own, peer, called);
                return Optional.of(new DirectEndpoint(endpoint, answer.latency()));
            }
            relay = answer.peerRelay()
                    .or(answer::relay)
                    .map(name -> "'" + name + "'")
                    .or(() -> Optional.of("of the tailnet"))
                    .filter(_ -> answer.error().isEmpty());
            return Optional.empty();
        }

        WirescaleException failure(Duration time) {
            return relay.isPresent()
                    ? WirescaleException.of(TailscaleReason.ONLY_RELAYED, "peer", called, "relay", relay.get())
                    : WirescaleException.of(TailscaleReason.PEER_SILENT, "peer", called, "seconds", time.toSeconds());
        }
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
