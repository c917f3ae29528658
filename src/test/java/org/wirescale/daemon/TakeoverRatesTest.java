package org.wirescale.daemon;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.wirescale.model.WirescaleException;

final class TakeoverRatesTest {
    private long now = 1_000_000_000L;
    private final TakeoverRates rates = new TakeoverRates(() -> now);

    @Test
    void a_few_in_a_row_are_free_and_then_they_are_five_seconds_apart() {
        for (int i = 0; i < TakeoverRates.BURST; i++) {
            rates.spend("bob", "alice");
        }
        refused(5);
        pass(Duration.ofSeconds(5));
        rates.spend("bob", "alice");
        refused(5);
    }

    @Test
    void each_peer_has_its_own_count() {
        for (int i = 0; i < TakeoverRates.BURST; i++) {
            rates.spend("bob", "alice");
        }
        assertThatCode(() -> rates.spend("carol", "alice")).doesNotThrowAnyException();
    }

    @Test
    void a_peer_without_handshake_waits_thirty_seconds_doubling_to_ten_minutes() {
        rates.noHandshake("bob");
        refused(30);
        pass(Duration.ofSeconds(30));
        rates.spend("bob", "alice");
        rates.noHandshake("bob");
        refused(60);
        for (int i = 0; i < 20; i++) {
            rates.noHandshake("bob");
        }
        refused(600);
        rates.handshake("bob");
        assertThatCode(() -> rates.spend("bob", "alice")).doesNotThrowAnyException();
    }

    private void refused(long seconds) {
        assertThatExceptionOfType(WirescaleException.class)
                .isThrownBy(() -> rates.spend("bob", "alice"))
                .matches(e -> e.reason() == SessionReason.TOO_SOON)
                .matches(e -> Math.abs(Long.parseLong(e.detail("seconds")) - seconds) <= 1);
    }

    private void pass(Duration time) {
        now += time.toNanos();
    }
}
