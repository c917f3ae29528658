package org.wirescale.cli.status;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import org.wirescale.os.Systemd.ActiveState;
import org.wirescale.tunnel.TunnelSummary;

/**
 * For Prometheus, in its text format, as the textfile collector of node_exporter takes it. What is not known is left out. The names
 * stay.
 */
final class StatusMetrics {
    private final Snapshot snapshot;
    private final StringBuilder text = new StringBuilder();

    private StatusMetrics(Snapshot snapshot) {
        this.snapshot = snapshot;
    }

    /** Whole lines, the last one ended too. */
    static String text(Snapshot snapshot) {
        return new StatusMetrics(snapshot).write();
    }

    private enum Type {
        GAUGE("gauge"),
        COUNTER("counter");

        private final String word;

        Type(String word) {
            this.word = word;
        }
    }

    private String write() {
        head("wirescale_tunnels", Type.GAUGE, "Tunnels of wirescale on this machine.");
        text.append("wirescale_tunnels ").append(snapshot.tunnels().size()).append('\n');
        info();
        family(
                "up",
                Type.GAUGE,
                "Whether the tunnel stands.",
                tunnel -> tunnel.condition().map(condition -> condition == Condition.UP ? 1L : 0L));
        family(
                "latest_handshake_timestamp_seconds",
                Type.GAUGE,
                "When the latest handshake was.",
                tunnel -> boxed(tunnel.latestHandshake()));
        family(
                "received_bytes_total",
                Type.COUNTER,
                "Bytes received, handshakes included.",
                tunnel -> tunnel.traffic().map(Traffic::received));
        family(
                "sent_bytes_total",
                Type.COUNTER,
                "Bytes sent, handshakes included.",
                tunnel -> tunnel.traffic().map(Traffic::sent));
        family(
                "exit_node",
                Type.GAUGE,
                "Whether the tunnel is the exit node.",
                tunnel -> Optional.of(tunnel.exitNode() ? 1L : 0L));
        family(
                "watcher_active",
                Type.GAUGE,
                "Whether the unit that watches the tunnel runs.",
                tunnel -> tunnel.watcher().map(state -> state == ActiveState.ACTIVE ? 1L : 0L));
        family(
                "recoveries_total",
                Type.COUNTER,
                "Recoveries after which the tunnel stood.",
                tunnel -> tunnel.state().map(state -> (long) state.recoveries().worked()));
        family(
                "recoveries_put_back_total",
                Type.COUNTER,
                "Recoveries that were put back.",
                tunnel -> tunnel.state().map(state -> (long) state.recoveries().putBack()));
        family(
                "last_recovery_timestamp_seconds",
                Type.GAUGE,
                "When the last recovery ended.",
                tunnel -> tunnel.state()
                        .map(TunnelSummary::recoveries)
                        .filter(past -> !past.isEmpty())
                        .map(past -> past.last()));
        return text.toString();
    }

    /** What changes seldom stands beside the numbers, so that a change does not begin a new series of each. */
    private void info() {
        if (snapshot.tunnels().stream().noneMatch(tunnel -> tunnel.state().isPresent())) {
            return;
        }
        String name = head("wirescale_tunnel_info", Type.GAUGE, "How the tunnel was made.");
        for (TunnelStatus tunnel : snapshot.tunnels()) {
            if (tunnel.state().isPresent()) {
                open(name, tunnel);
                label(",way", tunnel.way().orElse(""));
                label(",role", tunnel.role().orElse(""));
                text.append("} 1\n");
            }
        }
    }

    private void family(String behind, Type type, String help, Function<TunnelStatus, Optional<Long>> value) {
        if (snapshot.tunnels().stream().noneMatch(tunnel -> value.apply(tunnel).isPresent())) {
            return;
        }
        String name = head("wirescale_tunnel_" + behind, type, help);
        for (TunnelStatus tunnel : snapshot.tunnels()) {
            value.apply(tunnel).ifPresent(number -> {
                open(name, tunnel);
                text.append("} ").append((long) number).append('\n');
            });
        }
    }

    private String head(String name, Type type, String help) {
        text.append("# HELP ").append(name).append(' ').append(help).append('\n');
        text.append("# TYPE ").append(name).append(' ').append(type.word).append('\n');
        return name;
    }

    private void open(String name, TunnelStatus tunnel) {
        text.append(name).append('{');
        label("interface", tunnel.iface().text());
        label(",peer", tunnel.peerName().orElse(""));
    }

    private void label(String name, String value) {
        text.append(name).append("=\"").append(escaped(value)).append('"');
    }

    static String escaped(String value) {
        return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }

    private static Optional<Long> boxed(OptionalLong value) {
        return value.isPresent() ? Optional.of(value.getAsLong()) : Optional.empty();
    }
}
