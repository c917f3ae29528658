package org.wirescale.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.wirescale.daemon.Turnstile.Ticket;
import org.wirescale.model.IpAddress;

final class TurnstileTest {
    private static final IpAddress LOWER = IpAddress.parse("100.64.0.1");
    private static final IpAddress HIGHER = IpAddress.parse("100.64.0.9");

    private final Turnstile turnstile = new Turnstile();

    @Test
    void lets_one_through_at_a_time_in_order() {
        Ticket first = local();
        Ticket second = local();
        Ticket third = local();
        assertThat(first.hasTurn()).isTrue();
        assertThat(second.hasTurn()).isFalse();
        assertThat(second.isNext()).isTrue();
        assertThat(third.isNext()).isFalse();
        first.close();
        assertThat(second.hasTurn()).isTrue();
        assertThat(third.isNext()).isTrue();
    }

    @Test
    void one_that_leaves_the_queue_is_passed_over() {
        Ticket first = local();
        Ticket second = local();
        Ticket third = local();
        second.close();
        first.close();
        assertThat(third.hasTurn()).isTrue();
    }

    @Test
    void a_waiting_local_request_gives_way_the_moment_a_preceding_one_arrives_and_is_next() {
        Ticket mine = local();
        Ticket behind = local();
        Ticket theirs = incoming(LOWER, true);
        assertThat(theirs.hasTurn()).isTrue();
        assertThat(mine.commit()).isFalse();
        assertThat(mine.isNext()).isTrue();
        theirs.close();
        assertThat(mine.hasTurn()).isTrue();
        assertThat(behind.hasTurn()).isFalse();
    }

    @Test
    void a_request_without_precedence_waits() {
        Ticket mine = local();
        assertThat(incoming(HIGHER, false).hasTurn()).isFalse();
        assertThat(mine.commit()).isTrue();
    }

    @Test
    void a_committed_request_gives_way_to_nobody() {
        Ticket mine = local();
        assertThat(mine.commit()).isTrue();
        assertThat(incoming(LOWER, true).hasTurn()).isFalse();
        assertThat(mine.hasTurn()).isTrue();
    }

    @Test
    void one_that_was_queued_already_goes_before_a_local_request_that_gets_the_turn() {
        Ticket running = incoming(HIGHER, false);
        Ticket mine = local();
        Ticket theirs = incoming(LOWER, true);
        running.close();
        assertThat(theirs.hasTurn()).isTrue();
        assertThat(mine.isNext()).isTrue();
    }

    @Test
    void gives_way_once_to_each_sender() {
        Ticket mine = local();
        incoming(LOWER, true).close();
        assertThat(mine.hasTurn()).isTrue();
        assertThat(incoming(LOWER, true).hasTurn()).isFalse();
        assertThat(mine.hasTurn()).isTrue();
    }

    @Test
    void an_incoming_request_never_gives_way() {
        Ticket theirs = incoming(HIGHER, false);
        assertThat(incoming(LOWER, true).hasTurn()).isFalse();
        assertThat(theirs.hasTurn()).isTrue();
    }

    private Ticket local() {
        return turnstile.enqueueLocal(() -> {});
    }

    private Ticket incoming(IpAddress sender, boolean precedes) {
        return turnstile.enqueueIncoming(sender, precedes, () -> {});
    }
}
