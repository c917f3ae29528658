package org.wirescale.cli.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wirescale.tunnel.PastRecoveries;
import org.wirescale.tunnel.Phase;
import org.wirescale.tunnel.TunnelSummary;

final class StatusTableTest {
    @Test
    void a_row_tells_all_of_a_tunnel_and_columns_are_aligned() {
        Snapshot snapshot = Tunnels.after(0, Tunnels.bob(1_300_000_000L, 92), Tunnels.begun());
        assertThat(StatusTable.lines(snapshot, false)).containsExactly("""
                INTERFACE  PEER  STATE     ENDPOINT             HANDSHAKE  RECEIVED  SENT  MADE                 WATCHER   RECOVERED  EXIT-NODE
                bob        bob   up        [2001:db8::7]:41641  12s ago    1.21 GiB  92 B  takeover, initiator  active    1h 2m ago  yes
                bare       eve   building  -                    never      -         -     responder            inactive  -          -
                """.split("\n"));
    }

    @Test
    void what_only_root_may_see_is_a_dash() {
        assertThat(StatusTable.lines(Tunnels.after(0, Tunnels.hidden()), false).getLast())
                .isEqualTo("bob        -     -      -         -          1 B       2 B   -     failed   -          -");
    }

    @Test
    void no_tunnel_is_one_clear_line() {
        assertThat(StatusTable.lines(Tunnels.after(0), true))
                .containsExactly("There are no tunnels: 'wirescale upgrade PEER' makes one");
    }

    @Test
    void colours_change_nothing_but_colours() {
        Snapshot snapshot = Tunnels.after(0, Tunnels.bob(1, 2), Tunnels.begun());
        List<String> coloured = StatusTable.lines(snapshot, true);
        assertThat(coloured.getFirst()).startsWith("\u001b[1mINTERFACE\u001b[0m  ");
        assertThat(coloured.get(1)).contains("\u001b[32mup\u001b[0m");
        assertThat(coloured.get(2)).contains("\u001b[31minactive\u001b[0m", "\u001b[33mnever\u001b[0m");
        assertThat(coloured.stream().map(line -> line.replaceAll("\u001b\\[[0-9]*m", "")))
                .containsExactlyElementsOf(StatusTable.lines(snapshot, false));
    }

    @Test
    void an_old_handshake_and_a_lost_link_stand_out() {
        TunnelStatus tunnel =
                TunnelStatus.of(Tunnels.summary("bob", Phase.UP), Optional.empty(), false, Optional.empty());
        assertThat(StatusTable.lines(Tunnels.after(0, tunnel), true).getLast())
                .contains("\u001b[31mgone\u001b[0m", "\u001b[33m8m 20s ago\u001b[0m", "203.0.113.7:41641");
    }

    @Test
    void a_recovery_that_was_put_back_is_called_so() {
        TunnelSummary failed = Tunnels.summary(
                "bob", Phase.UP, "defe22", new PastRecoveries(3, 2, Tunnels.NOW.getEpochSecond() - 61, false));
        TunnelStatus tunnel = TunnelStatus.of(failed, Optional.empty(), false, Optional.empty());
        assertThat(StatusTable.lines(Tunnels.after(0, tunnel), false).getLast()).contains("  put back 1m 1s ago  ");
    }

    @Test
    void rates_are_what_came_since() {
        Snapshot first = Tunnels.after(0, Tunnels.bob(1000, 500));
        Snapshot second = Tunnels.after(2, Tunnels.bob(1000 + 4096, 500));
        assertThat(StatusTable.linesWithRates(first, Optional.empty(), false).getLast())
                .contains("1000 B    500 B  -           -       takeover");
        assertThat(StatusTable.linesWithRates(second, Optional.of(first), false).getLast())
                .contains("  2.00 KiB/s  0 B/s   takeover");
    }

    @Test
    void counters_that_began_anew_have_no_rate() {
        Snapshot first = Tunnels.after(0, Tunnels.bob(1000, 500));
        Snapshot second = Tunnels.after(2, Tunnels.bob(10, 5), Tunnels.begun());
        assertThat(second.perSecond(second.tunnels().getFirst(), first)).isEmpty();
        assertThat(second.perSecond(second.tunnels().getLast(), first)).isEmpty();
        assertThat(first.perSecond(first.tunnels().getFirst(), first)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"-5,0s", "0,0s", "59,59s", "60,1m 0s", "3599,59m 59s", "3600,1h 0m", "86399,23h 59m", "90000,1d 1h"})
    void an_age_has_two_units(long seconds, String text) {
        assertThat(StatusTable.age(seconds)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "0,0 B",
        "1023,1023 B",
        "1024,1.00 KiB",
        "1100,1.07 KiB",
        "1048575,1023.99 KiB",
        "1048576,1.00 MiB",
        "9223372036854775807,7.99 EiB"
    })
    void bytes_are_written_as_wg_does(long number, String text) {
        assertThat(StatusTable.bytes(number)).isEqualTo(text);
    }
}
