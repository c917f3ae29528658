package org.wirescale.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What cannot be is refused with what to do, and nothing has changed on either machine. */
@LabTest
final class RefusalsTest extends AliceAndBob {

    @AfterEach
    void easyAndOnline() {
        lab.run("nat", "alice", "easy");
        lab.run("nat", "bob", "easy");
        lab.run("online", "bob");
    }

    private void refuses(int code, String because, String... arguments) {
        Ends ends = Ends.of(lab);
        Result upgrade = alice.upgrade(arguments).expect(code);
        assertThat(upgrade.errorText()).startsWith("Error: ").containsIgnoringCase(because);
        assertThat(upgrade.errorText()).doesNotContain("Exception").doesNotContain("\tat ");
        ends.awaitNothing(Duration.ofSeconds(5));
    }

    @Test
    void no_file_for_the_peer_here() {
        alice.sh("rm /etc/wirescale/bob.conf");
        refuses(3, "/etc/wirescale/bob.conf", "bob");
    }

    @Test
    void no_file_for_us_at_the_peer() {
        bob.sh("rm /etc/wirescale/alice.conf");
        refuses(3, "configuration file", "bob");
    }

    @Test
    void a_file_that_others_may_write() {
        alice.sh("chmod 0666 /etc/wirescale/bob.conf");
        refuses(1, "bob.conf", "bob");
    }

    @Test
    void a_peer_that_is_offline() {
        Snapshot before = alice.snapshot();
        lab.run("offline", "bob");
        Result upgrade = alice.upgrade("bob").expect(4);
        assertThat(upgrade.errorText()).startsWith("Error: ").contains("bob");
        assertThat(upgrade.took()).isLessThan(Duration.ofSeconds(20));
        alice.awaitUnchanged(before, Duration.ofSeconds(5));
    }

    @Test
    void a_peer_that_is_reached_by_a_relay_only() {
        lab.run("nat", "alice", "hard");
        lab.run("nat", "bob", "hard");
        alice.sh("tailscale debug rebind");
        bob.sh("tailscale debug rebind");
        Await.until(
                Duration.ofSeconds(30),
                "a path by relay alone",
                () -> alice.exec("tailscale", "ping", "-c", "1", "--until-direct=false", "bob")
                        .text()
                        .contains("via DERP"));
        refuses(4, "public endpoint", "bob");
    }

    @Test
    void a_peer_that_does_not_exist() {
        refuses(1, "nobody", "nobody");
    }

    @Test
    void this_very_machine() {
        refuses(1, "machine", "alice");
    }

    @Test
    void a_peer_without_a_daemon() {
        bob.sh("systemctl stop wirescaled.socket wirescaled.service");
        refuses(4, "does not have Wirescale running", "bob");
    }

    @Test
    void an_own_daemon_that_does_not_run() {
        alice.sh("systemctl stop wirescaled.service wirescaled.socket");
        refuses(4, "wirescaled", "bob");
    }

    @Test
    void addresses_that_the_peer_does_not_allow() {
        bob.peerFile("alice", Lab.minimal("10.77.0.2", "10.99.0.0/24"));
        refuses(1, "AllowedIPs", "bob");
    }

    @Test
    void a_hook_that_fails_before_anything_was_agreed() {
        alice.peerFile("bob", "[Interface]\nAddress = 10.77.0.1\nPreUp = exit 7\n[Peer]\nAllowedIPs = 10.77.0.0/24\n");
        refuses(1, "PreUp", "bob");
    }

    @Test
    void a_hook_of_the_peer_that_fails() {
        bob.peerFile("alice", "[Interface]\nAddress = 10.77.0.2\nPreUp = exit 7\n[Peer]\nAllowedIPs = 10.77.0.0/24\n");
        refuses(1, "PreUp", "bob");
    }

    @Test
    void options_that_are_for_root_alone() {
        Ends ends = Ends.of(lab);
        Result upgrade = alice.exec("runuser", "-u", "sam", "--", "wirescale", "upgrade", "bob", "--iptables-accept");
        assertThat(upgrade.exitCode()).isEqualTo(1);
        assertThat(upgrade.errorText()).startsWith("Error: ").contains("root");
        ends.awaitNothing(Duration.ofSeconds(5));
    }

    @Test
    void taking_a_tunnel_down_without_being_root() {
        alice.upgrade("bob").expect(0);
        Result down = alice.exec("runuser", "-u", "sam", "--", "wirescale", "down", "bob");
        assertThat(down.exitCode()).isEqualTo(1);
        assertThat(down.errorText()).startsWith("Error: ").contains("root");
        Tunnels.assertWhole(alice, bob);
    }

    @Test
    void nothing_is_refused_to_a_user_who_asks_for_a_plain_tunnel() {
        alice.exec("runuser", "-u", "sam", "--", "wirescale", "upgrade", "bob").expect(0);
        Tunnels.assertWhole(alice, bob);
    }
}
