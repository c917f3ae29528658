package org.wirescale.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** {@code wirescale-upgrade@PEER.service}, and several peers by one command. */
@LabTest
final class AtBootTest extends AliceAndBob {
    /** Tailscale's own start, and a try each ten seconds. */
    private static final Duration CONNECTED = Duration.ofSeconds(60);

    @AfterEach
    void disable() {
        alice.sh("systemctl disable --now wirescale-upgrade@bob.service 2>/dev/null; true");
    }

    private void bootAlice() {
        lab.run("crash", "alice");
        lab.run("boot", "alice");
        alice = lab.refresh("alice");
    }

    private void awaitTunnel() {
        Await.until(
                CONNECTED, "a tunnel by alice's unit", () -> alice.hasLink("bob") && alice.reaches("bob", "10.77.0.2"));
        Tunnels.assertWhole(alice, bob);
    }

    @Test
    void the_tunnel_is_there_after_a_boot_and_once_the_peer_is() {
        alice.sh("systemctl enable wirescale-upgrade@bob.service");
        bootAlice();
        awaitTunnel();

        lab.run("offline", "bob");
        bootAlice();
        Await.until(
                CONNECTED,
                "a try in vain",
                () -> !alice.sh("systemctl show -P NRestarts wirescale-upgrade@bob.service")
                        .equals("0"));
        assertThat(alice.hasLink("bob")).isFalse();
        bob.exec("wirescale", "down", "alice");
        lab.run("online", "bob");
        awaitTunnel();
    }

    @Test
    void all_peers_with_a_file_get_a_tunnel_by_one_command() {
        alice.write("/etc/wirescale/nobody.conf", alice.read("/etc/wirescale/bob.conf"));
        Result all = alice.exec("wirescale", "upgrade", "--all").expect(1);
        assertThat(all.lines().getLast()).isEqualTo("Without a tunnel: nobody (1 of 2)");
        Tunnels.assertWhole(alice, bob);
        alice.sh("rm /etc/wirescale/nobody.conf");
        assertThat(alice.exec("wirescale", "upgrade", "--all").expect(0).text()).contains("There is nothing to do");
    }
}
