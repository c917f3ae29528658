package org.wirescale.cli.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wirescale.tunnel.PastRecoveries;
import org.wirescale.tunnel.Phase;
import org.wirescale.tunnel.TunnelSummary;
import org.wirescale.tunnel.WireGuard;

/** What programs read: each name here is a promise. */
final class StatusFormsTest {
    @Test
    void json_names_all_of_a_tunnel() {
        assertThat(StatusJson.text(Tunnels.after(0, Tunnels.bob(1_300_000_000L, 92))))
                .isEqualTo(
                        "[{\"interface\":\"bob\",\"peer\":\"bob\",\"node\":\"nBob1CNTRL\",\"state\":\"up\","
                                + "\"endpoint\":\"[2001:db8::7]:41641\",\"listen_port\":41641,"
                                + "\"latest_handshake\":\"2027-01-15T07:59:48Z\","
                                + "\"received_bytes\":1300000000,\"sent_bytes\":92,\"exit_node\":true,"
                                + "\"way\":\"takeover\",\"role\":\"initiator\",\"session\":\"defe22\","
                                + "\"remote_interface\":\"alice\",\"watcher\":\"active\","
                                + "\"recoveries\":{\"worked\":3,\"put_back\":1,\"last\":\"2027-01-15T06:57:55Z\",\"last_worked\":true}}]");
    }

    @Test
    void json_has_null_for_what_did_not_come_yet() {
        assertThat(StatusJson.text(Tunnels.after(0, Tunnels.begun())))
                .isEqualTo("[{\"interface\":\"bare\",\"peer\":\"eve\",\"node\":\"nEve1CNTRL\",\"state\":\"building\","
                        + "\"endpoint\":null,\"listen_port\":null,\"latest_handshake\":null,"
                        + "\"received_bytes\":null,\"sent_bytes\":null,\"exit_node\":false,"
                        + "\"way\":null,\"role\":\"responder\",\"session\":\"abc123\","
                        + "\"remote_interface\":null,\"watcher\":\"inactive\","
                        + "\"recoveries\":{\"worked\":0,\"put_back\":0,\"last\":null,\"last_worked\":null}}]");
    }

    @Test
    void json_has_null_for_what_is_hidden() {
        assertThat(StatusJson.text(Tunnels.after(0, Tunnels.hidden())))
                .contains("\"peer\":null", "\"state\":null", "\"received_bytes\":1", "\"recoveries\":null");
    }

    @Test
    void json_holds_nothing_that_a_terminal_obeys() {
        TunnelSummary odd = Tunnels.summary("bob", Phase.UP, "\u001b\u009b\u202e", PastRecoveries.NONE);
        assertThat(StatusJson.text(Tunnels.after(0, TunnelStatus.of(odd, Optional.empty(), false, Optional.empty()))))
                .contains("\"session\":\"\\u001B\\u009B\\u202E\"");
    }

    @Test
    void json_without_tunnels_is_an_empty_list() {
        assertThat(StatusJson.text(Tunnels.after(0))).isEqualTo("[]");
    }

    @Test
    void metrics_are_in_the_text_format() {
        assertThat(StatusMetrics.text(Tunnels.after(0, Tunnels.bob(1_300_000_000L, 92), Tunnels.begun())))
                .isEqualTo("""
                        # HELP wirescale_tunnels Tunnels of wirescale on this machine.
                        # TYPE wirescale_tunnels gauge
                        wirescale_tunnels 2
                        # HELP wirescale_tunnel_info How the tunnel was made.
                        # TYPE wirescale_tunnel_info gauge
                        wirescale_tunnel_info{interface="bob",peer="bob",way="takeover",role="initiator"} 1
                        wirescale_tunnel_info{interface="bare",peer="eve",way="",role="responder"} 1
                        # HELP wirescale_tunnel_up Whether the tunnel stands.
                        # TYPE wirescale_tunnel_up gauge
                        wirescale_tunnel_up{interface="bob",peer="bob"} 1
                        wirescale_tunnel_up{interface="bare",peer="eve"} 0
                        # HELP wirescale_tunnel_latest_handshake_timestamp_seconds When the latest handshake was.
                        # TYPE wirescale_tunnel_latest_handshake_timestamp_seconds gauge
                        wirescale_tunnel_latest_handshake_timestamp_seconds{interface="bob",peer="bob"} 1799999988
                        # HELP wirescale_tunnel_received_bytes_total Bytes received, handshakes included.
                        # TYPE wirescale_tunnel_received_bytes_total counter
                        wirescale_tunnel_received_bytes_total{interface="bob",peer="bob"} 1300000000
                        # HELP wirescale_tunnel_sent_bytes_total Bytes sent, handshakes included.
                        # TYPE wirescale_tunnel_sent_bytes_total counter
                        wirescale_tunnel_sent_bytes_total{interface="bob",peer="bob"} 92
                        # HELP wirescale_tunnel_exit_node Whether the tunnel is the exit node.
                        # TYPE wirescale_tunnel_exit_node gauge
                        wirescale_tunnel_exit_node{interface="bob",peer="bob"} 1
                        wirescale_tunnel_exit_node{interface="bare",peer="eve"} 0
                        # HELP wirescale_tunnel_watcher_active Whether the unit that watches the tunnel runs.
                        # TYPE wirescale_tunnel_watcher_active gauge
                        wirescale_tunnel_watcher_active{interface="bob",peer="bob"} 1
                        wirescale_tunnel_watcher_active{interface="bare",peer="eve"} 0
                        # HELP wirescale_tunnel_recoveries_total Recoveries after which the tunnel stood.
                        # TYPE wirescale_tunnel_recoveries_total counter
                        wirescale_tunnel_recoveries_total{interface="bob",peer="bob"} 3
                        wirescale_tunnel_recoveries_total{interface="bare",peer="eve"} 0
                        # HELP wirescale_tunnel_recoveries_put_back_total Recoveries that were put back.
                        # TYPE wirescale_tunnel_recoveries_put_back_total counter
                        wirescale_tunnel_recoveries_put_back_total{interface="bob",peer="bob"} 1
                        wirescale_tunnel_recoveries_put_back_total{interface="bare",peer="eve"} 0
                        # HELP wirescale_tunnel_last_recovery_timestamp_seconds When the last recovery ended.
                        # TYPE wirescale_tunnel_last_recovery_timestamp_seconds gauge
                        wirescale_tunnel_last_recovery_timestamp_seconds{interface="bob",peer="bob"} 1799996275
                        """);
    }

    @Test
    void metrics_tell_that_there_are_no_tunnels() {
        assertThat(StatusMetrics.text(Tunnels.after(0))).isEqualTo("""
                # HELP wirescale_tunnels Tunnels of wirescale on this machine.
                # TYPE wirescale_tunnels gauge
                wirescale_tunnels 0
                """);
    }

    @Test
    void metrics_leave_out_what_is_hidden() {
        assertThat(StatusMetrics.text(Tunnels.after(0, Tunnels.hidden())))
                .contains("wirescale_tunnel_received_bytes_total{interface=\"bob\",peer=\"\"} 1\n")
                .doesNotContain("info", "tunnel_up", "handshake_timestamp", "recover");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {"a\\b,a\\\\b", "a\"b,a\\\"b", "`a\nb`,a\\nb"})
    void labels_are_escaped(String value, String escaped) {
        assertThat(StatusMetrics.escaped(value)).isEqualTo(escaped);
    }

    @Test
    void a_tunnel_is_up_while_its_own_link_stands() {
        List<Condition> conditions = Stream.of(Phase.values())
                .map(phase -> TunnelStatus.of(Tunnels.summary("bob", phase), Optional.empty(), false, Optional.empty())
                        .condition()
                        .orElseThrow())
                .toList();
        assertThat(conditions).containsExactly(Condition.BUILDING, Condition.GONE, Condition.GONE, Condition.REMOVING);
        TunnelStatus recovering = TunnelStatus.of(
                Tunnels.summary("bob", Phase.RECOVERING), Optional.of(Tunnels.link(0, 1, 2)), false, Optional.empty());
        assertThat(recovering.condition()).contains(Condition.RECOVERING);
        assertThat(recovering.latestHandshake())
                .as("a replaced peer has forgotten it")
                .hasValue(Tunnels.NOW.getEpochSecond() - 500);
    }

    @Test
    void another_link_of_that_name_is_not_the_tunnels() {
        WireGuard.Status other = new WireGuard.Status(
                Optional.of(Tunnels.THEIRS),
                Optional.empty(),
                Tunnels.link(1, 2, 3).peers());
        TunnelStatus status =
                TunnelStatus.of(Tunnels.summary("bob", Phase.UP), Optional.of(other), false, Optional.empty());
        assertThat(status.condition()).contains(Condition.GONE);
        assertThat(status.traffic()).isEmpty();
    }
}
