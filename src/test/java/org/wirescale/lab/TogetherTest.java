package org.wirescale.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** Requests that meet each other. */
@LabTest
final class TogetherTest extends AliceAndBob {
    private static final Duration UPGRADE = Duration.ofMinutes(1);

    @RepeatedTest(3)
    void two_ends_that_ask_each_other_at_once_get_one_tunnel_and_both_succeed() {
        Run hers = alice.startUpgrade("bob");
        Run his = bob.startUpgrade("alice");
        Result mine = hers.finish(UPGRADE).expect(0);
        Result other = his.finish(UPGRADE).expect(0);
        assertThat(mine.lines().getLast()).endsWith("through interface 'bob'");
        assertThat(other.lines().getLast()).endsWith("through interface 'alice'");
        assertThat(alice.sh("wg show interfaces")).isEqualTo("bob");
        assertThat(bob.sh("wg show interfaces")).isEqualTo("alice");
        Tunnels.assertWhole(alice, bob);
        assertThat(mine.took()).isLessThan(Duration.ofSeconds(10));
        assertThat(other.took()).isLessThan(Duration.ofSeconds(10));
    }

    @Test
    void a_ring_of_three_does_not_block() {
        Host carol = lab.carol();
        lab.pair(bob, carol, "10.78.0");
        lab.pair(carol, alice, "10.79.0");
        List<Run> runs = new ArrayList<>();
        runs.add(alice.startUpgrade("bob"));
        runs.add(bob.startUpgrade("carol"));
        runs.add(carol.startUpgrade("alice"));
        runs.forEach(run -> run.finish(UPGRADE).expect(0));
        Tunnels.assertWhole(alice, bob);
        Tunnels.assertWhole(bob, "carol", "10.78.0.2", carol, "bob", "10.78.0.1");
        Tunnels.assertWhole(carol, "alice", "10.79.0.2", alice, "carol", "10.79.0.1");
    }

    @Test
    void requests_of_one_machine_are_served_in_their_order() {
        Host carol = lab.carol();
        lab.pair(alice, carol, "10.78.0");
        Run first = alice.startUpgrade("bob");
        first.awaitLine("Enqueueing", UPGRADE);
        Run second = alice.startUpgrade("carol");
        Result toBob = first.finish(UPGRADE).expect(0);
        Result toCarol = second.finish(UPGRADE).expect(0);
        assertThat(toBob.text()).contains("through interface 'bob'");
        assertThat(toCarol.text()).contains("through interface 'carol'");
        Tunnels.assertWhole(alice, bob);
        Tunnels.assertWhole(alice, "carol", "10.78.0.2", carol, "alice", "10.78.0.1");
    }
}
