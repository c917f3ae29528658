package org.wirescale.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class PutBackRatesTest {
    private static final String RULE = "rule";
    private final PutBackRates<String> rates = new PutBackRates<>();
    private long now = 1_000_000_000_000L;

    private void pass(Duration time) {
        now += time.toNanos();
    }

    /** As somebody does who looks when told. */
    private int putBackFor(Duration time) {
        long end = now + time.toNanos();
        int times = 0;
        while (now < end) {
            if (rates.wait(RULE, now).isEmpty()) {
                rates.putBack(RULE, now);
                times++;
            }
            pass(Duration.ofMillis(300));
        }
        return times;
    }

    @Test
    void what_is_removed_once_in_a_while_is_put_back_at_once() {
        for (int i = 0; i < 100; i++) {
            assertThat(rates.wait(RULE, now)).isEmpty();
            assertThat(rates.putBack(RULE, now)).isFalse();
            assertThat(rates.isSlow(RULE)).isFalse();
            pass(Duration.ofSeconds(16));
        }
    }

    @Test
    void what_is_removed_again_and_again_is_put_back_five_times_and_then_every_ten_seconds() {
        assertThat(putBackFor(Duration.ofSeconds(2))).isEqualTo(PutBackRates.AT_ONCE);
        assertThat(rates.wait(RULE, now))
                .hasValueSatisfying(wait -> assertThat(wait).isBetween(Duration.ofSeconds(8), Duration.ofSeconds(10)));
        assertThat(putBackFor(Duration.ofHours(1))).isBetween(340, 361);
    }

    @Test
    void the_last_time_at_once_is_told_and_the_next_are_slow() {
        for (int i = 1; i <= PutBackRates.AT_ONCE; i++) {
            assertThat(rates.putBack(RULE, now)).isEqualTo(i == PutBackRates.AT_ONCE);
            assertThat(rates.isSlow(RULE)).isFalse();
        }
        rates.putBack(RULE, now);
        assertThat(rates.isSlow(RULE)).isTrue();
    }

    @Test
    void after_a_minute_of_peace_it_is_as_new() {
        putBackFor(Duration.ofSeconds(30));
        pass(PutBackRates.WINDOW.plusSeconds(1));
        assertThat(rates.wait(RULE, now)).isEmpty();
        assertThat(putBackFor(Duration.ofSeconds(2))).isEqualTo(PutBackRates.AT_ONCE);
    }

    @Test
    void a_person_is_told_once_until_all_was_well() {
        assertThat(rates.tellOnce(RULE)).isTrue();
        assertThat(rates.tellOnce(RULE)).isFalse();
        rates.isWell(RULE);
        assertThat(rates.tellOnce(RULE)).isTrue();
        rates.forget(RULE::equals);
        assertThat(rates.tellOnce(RULE)).isTrue();
    }
}
