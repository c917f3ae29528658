package org.wirescale.tunnel;

import java.time.Duration;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wirescale.model.Endpoint;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.WirescaleException;

/** Brings the handshake with a peer about, as {@link HandshakePlan} has it. */
public final class Handshake {
    private static final Logger LOG = LoggerFactory.getLogger(Handshake.class);

    private final InterfaceName name;
    private final WireGuard.Peer peer;
    private final Endpoint endpoint;
    private final Duration roundTrip;
    private final HandshakePlan.Baseline baseline;

    /**
     * @param peer as {@link WireGuard#listen} was given it
     * @param endpoint where the peer is; the passive end uses it only when no packet came
     * @param roundTrip of the direct path, as Tailscale measured it
     */
    public Handshake(InterfaceName name, WireGuard.Peer peer, Endpoint endpoint, Duration roundTrip) {
        this(name, peer, endpoint, roundTrip, HandshakePlan.Baseline.NEW_PEER);
    }

    private Handshake(
            InterfaceName name,
            WireGuard.Peer peer,
            Endpoint endpoint,
            Duration roundTrip,
            HandshakePlan.Baseline baseline) {
        this.name = name;
        this.peer = peer;
        this.endpoint = endpoint;
        this.roundTrip = roundTrip;
        this.baseline = baseline;
    }

    /**
     * After {@link WireGuard#move}: the session goes on, which shows in the other end's bytes beyond these. Where none come, the
     * peer is replaced and a new handshake counts.
     */
    public Handshake after(WireGuard.PeerStatus before) {
        return new Handshake(
                name,
                peer,
                endpoint,
                roundTrip,
                new HandshakePlan.Baseline(before.latestHandshake(), before.received()));
    }

    /**
     * The end that asked. Returns within 50 ms of the handshake.
     *
     * @return when it came, in seconds since 1970
     * @throws WirescaleException with {@link TunnelReason#NO_HANDSHAKE} after 20 s, {@link TunnelReason#LINK_GONE}
     */
    public long drive() {
        return run(HandshakePlan.Role.DRIVER);
    }

    /**
     * The end that was asked, or whose peer is on 1.0.3: waits for the first packet, drives from 1.5 s on, and gives the peer
     * its endpoint and keep-alive afterwards, which sends the other end a first packet.
     *
     * @return when it came, in seconds since 1970
     * @throws WirescaleException with {@link TunnelReason#NO_HANDSHAKE} after 20 s, {@link TunnelReason#LINK_GONE}
     */
    public long respond() {
        long came = run(HandshakePlan.Role.RESPONDER);
        WireGuard.greet(name, peer.key(), learnt().orElse(endpoint));
        return came;
    }

    /** The packet's own source is where the peer is, whatever was announced. */
    private Optional<Endpoint> learnt() {
        return WireGuard.show(name).flatMap(status -> status.peer(peer.key())).flatMap(WireGuard.PeerStatus::endpoint);
    }

    private long run(HandshakePlan.Role role) {
        RandomGenerator random = new SplittableRandom();
        long start = System.nanoTime();
        HandshakePlan plan = HandshakePlan.start(role, roundTrip, baseline, random);
        while (!Thread.currentThread().isInterrupted()) {
            HandshakePlan.Decision decision = plan.next(elapsed(start), look(), random);
            plan = decision.then();
            switch (decision.step()) {
                case HandshakePlan.Step.Shaken(long handshake) -> {
                    LOG.debug("{}: handshake after {} ms", name, elapsed(start).toMillis());
                    return handshake;
                }
                case HandshakePlan.Step.LookAgain(Duration after) -> LockSupport.parkNanos(after.toNanos());
                case HandshakePlan.Step.ReplacePeer() -> {
                    LOG.debug(
                            "{}: no answer after {} ms, trying again",
                            name,
                            elapsed(start).toMillis());
                    WireGuard.replacePeer(name, peer.driven(endpoint));
                }
                case HandshakePlan.Step.GiveUp() -> throw noHandshake();
            }
        }
        throw noHandshake();
    }

    private HandshakePlan.Seen look() {
        WireGuard.Status status = WireGuard.show(name)
                .orElseThrow(() -> WirescaleException.of(TunnelReason.LINK_GONE, "interface", name));
        return status.peer(peer.key())
                .map(seen -> new HandshakePlan.Seen(seen.latestHandshake(), seen.received()))
                .orElse(new HandshakePlan.Seen(0, 0));
    }

    private static WirescaleException noHandshake() {
        return WirescaleException.of(TunnelReason.NO_HANDSHAKE, "seconds", HandshakePlan.LIMIT.toSeconds());
    }

    private static Duration elapsed(long start) {
        return Duration.ofNanos(System.nanoTime() - start);
    }
}
