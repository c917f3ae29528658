package org.wirescale.tunnel;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wirescale.tunnel.HandshakePlan.Baseline;
import org.wirescale.tunnel.HandshakePlan.Role;
import org.wirescale.tunnel.HandshakePlan.Seen;
import org.wirescale.tunnel.HandshakePlan.Step;

final class HandshakePlanTest {
    private static final Seen NOTHING = new Seen(0, 0);

    private final RandomGenerator random = new SplittableRandom(7);

    /** Goes through time as the loop does, with a peer that never answers; the moments of replacement in milliseconds. */
    private List<Long> replacements(HandshakePlan start, Seen seen) {
        List<Long> at = new ArrayList<>();
        HandshakePlan plan = start;
        Duration now = Duration.ZERO;
        while (true) {
            HandshakePlan.Decision decision = plan.next(now, seen, random);
            plan = decision.then();
            switch (decision.step()) {
                case Step.LookAgain(Duration after) -> {
                    assertThat(after).isPositive().isLessThanOrEqualTo(Duration.ofMillis(50));
                    now = now.plus(after);
                }
                case Step.ReplacePeer() -> at.add(now.toMillis());
                case Step.Shaken(long ignored) -> throw new AssertionError("no handshake came");
                case Step.GiveUp() -> {
                    assertThat(now).isBetween(Duration.ofSeconds(20), Duration.ofMillis(20_050));
                    return at;
                }
            }
        }
    }

    private HandshakePlan plan(Role role, int roundTripMillis) {
        return HandshakePlan.start(role, Duration.ofMillis(roundTripMillis), Baseline.NEW_PEER, random);
    }

    private static List<Long> gaps(List<Long> moments) {
        List<Long> gaps = new ArrayList<>();
        for (int i = 1; i < moments.size(); i++) {
            gaps.add(moments.get(i) - moments.get(i - 1));
        }
        return gaps;
    }

    @Test
    void the_driver_tries_again_after_100_ms_at_the_least_and_waits_longer_by_half_each_time_up_to_a_second() {
        List<Long> at = replacements(plan(Role.DRIVER, 5), NOTHING);
        assertThat(at.getFirst()).isEqualTo(100);
        assertThat(gaps(at)).startsWith(150L, 225L, 337L).endsWith(1000L, 1000L);
    }

    @Test
    void the_driver_waits_two_round_trips_before_it_tries_again() {
        List<Long> at = replacements(plan(Role.DRIVER, 300), NOTHING);
        assertThat(at.getFirst()).isEqualTo(600);
        assertThat(gaps(at)).startsWith(900L, 1000L, 1000L);
    }

    @Test
    void a_responder_is_silent_for_a_second_and_a_half_and_then_drives_at_random_intervals() {
        List<Long> at = replacements(plan(Role.RESPONDER, 20), NOTHING);
        assertThat(at.getFirst()).isBetween(1500L, 2000L);
        assertThat(gaps(at)).allMatch(gap -> gap >= 500 && gap <= 1001);
        assertThat(gaps(at).stream().distinct().count()).isGreaterThan(5);
    }

    @ParameterizedTest
    @ValueSource(strings = {"DRIVER", "RESPONDER"})
    void nothing_is_replaced_once_bytes_were_received(String role) {
        assertThat(replacements(plan(Role.valueOf(role), 20), new Seen(0, 92))).isEmpty();
    }

    @Test
    void a_session_goes_on_with_the_first_byte_beyond_those_of_before() {
        for (Role role : Role.values()) {
            HandshakePlan recovering =
                    HandshakePlan.start(role, Duration.ZERO, new Baseline(1_700_000_000, 4096), random);
            assertThat(recovering
                            .next(Duration.ofMillis(100), new Seen(1_700_000_000, 4096), random)
                            .step())
                    .isInstanceOf(Step.LookAgain.class);
            assertThat(recovering
                            .next(Duration.ofMillis(100), new Seen(1_700_000_000, 4097), random)
                            .step())
                    .isEqualTo(new Step.Shaken(1_700_000_000));
        }
    }

    @Test
    void a_session_that_does_not_go_on_is_replaced_and_then_only_a_handshake_counts() {
        Seen before = new Seen(1_700_000_000, 4096);
        HandshakePlan.Decision decision = HandshakePlan.start(
                        Role.DRIVER, Duration.ZERO, new Baseline(before.handshake(), before.received()), random)
                .next(Duration.ofMillis(400), before, random);
        assertThat(decision.step()).isInstanceOf(Step.ReplacePeer.class);
        assertThat(decision.then()
                        .next(Duration.ofMillis(410), new Seen(0, 92), random)
                        .step())
                .isInstanceOf(Step.LookAgain.class);
    }

    @Test
    void a_handshake_is_success_at_once_and_at_any_time() {
        for (Role role : Role.values()) {
            assertThat(plan(role, 20)
                            .next(Duration.ofSeconds(21), new Seen(1_800_000_000, 92), random)
                            .step())
                    .isEqualTo(new Step.Shaken(1_800_000_000));
        }
    }

    @Test
    void the_handshake_of_before_is_no_success_but_one_in_the_same_second_after_a_replacement_is() {
        Seen old = new Seen(1_700_000_000, 4096);
        HandshakePlan.Decision first = HandshakePlan.start(
                        Role.DRIVER, Duration.ZERO, new Baseline(old.handshake(), old.received()), random)
                .next(Duration.ofMillis(400), old, random);
        assertThat(first.step()).isInstanceOf(Step.ReplacePeer.class);
        assertThat(first.then()
                        .next(Duration.ofMillis(401), new Seen(old.handshake(), 92), random)
                        .step())
                .isEqualTo(new Step.Shaken(old.handshake()));
    }
}
