package org.wirescale.cli.status;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.wirescale.model.Endpoint;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.Port;
import org.wirescale.model.PublicKey;
import org.wirescale.os.Systemd.ActiveState;
import org.wirescale.tunnel.LinkSettings;
import org.wirescale.tunnel.PastRecoveries;
import org.wirescale.tunnel.Phase;
import org.wirescale.tunnel.TunnelSummary;
import org.wirescale.tunnel.Way;
import org.wirescale.tunnel.WireGuard;

/** Tunnels that the tests of this package share: 'bob', the exit node, and 'bare', which was just begun. */
final class Tunnels {
    static final Instant NOW = Instant.ofEpochSecond(1_800_000_000L);
    static final PublicKey OURS = PublicKey.parse("xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=");
    static final PublicKey THEIRS = PublicKey.parse("TrMvSoP4jYQlY6RIzBgbssQqY3vxI2Pi+y71lOWWXX0=");

    private Tunnels() {}

    static TunnelSummary summary(String name, Phase phase) {
        return summary(name, phase, "defe22", new PastRecoveries(3, 1, NOW.getEpochSecond() - 3725, true));
    }

    static TunnelSummary summary(String name, Phase phase, String session, PastRecoveries recoveries) {
        return new TunnelSummary(
                phase,
                InterfaceName.parse(name),
                "nBob1CNTRL",
                "bob",
                OURS,
                THEIRS,
                true,
                Optional.of(InterfaceName.parse("alice")),
                session,
                Optional.of(Way.TAKEOVER),
                Optional.of(new LinkSettings(
                        new Port(41641), Optional.of(Endpoint.parse("203.0.113.7:41641")), Optional.empty())),
                NOW.getEpochSecond() - 500,
                recoveries);
    }

    static TunnelSummary bare() {
        return new TunnelSummary(
                Phase.BUILDING,
                InterfaceName.parse("bare"),
                "nEve1CNTRL",
                "eve",
                OURS,
                THEIRS,
                false,
                Optional.empty(),
                "abc123",
                Optional.empty(),
                Optional.empty(),
                0,
                PastRecoveries.NONE);
    }

    static WireGuard.Status link(long handshake, long received, long sent) {
        return new WireGuard.Status(
                Optional.of(OURS),
                Optional.of(new Port(41641)),
                List.of(new WireGuard.PeerStatus(
                        THEIRS,
                        Optional.of(Endpoint.parse("[2001:db8::7]:41641")),
                        List.of(),
                        handshake,
                        received,
                        sent,
                        OptionalInt.of(10))));
    }

    static TunnelStatus bob(long received, long sent) {
        return TunnelStatus.of(
                summary("bob", Phase.UP),
                Optional.of(link(NOW.getEpochSecond() - 12, received, sent)),
                true,
                Optional.of(ActiveState.ACTIVE));
    }

    static TunnelStatus begun() {
        return TunnelStatus.of(bare(), Optional.empty(), false, Optional.of(ActiveState.INACTIVE));
    }

    static TunnelStatus hidden() {
        return TunnelStatus.hidden(
                InterfaceName.parse("bob"), Optional.of(new Traffic(1, 2)), false, Optional.of(ActiveState.FAILED));
    }

    /** Seconds after {@link #NOW}. */
    static Snapshot after(double seconds, TunnelStatus... tunnels) {
        return new Snapshot(NOW.plusNanos((long) (seconds * 1e9)), (long) (seconds * 1e9), List.of(tunnels), List.of());
    }
}
