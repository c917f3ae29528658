package org.wirescale.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Real firewalld and real ufw on bob, with what they let in when they are installed; bob is alice's exit node. */
@LabTest
final class FirewallsTest extends ExitNodes {
    /** What a firewall has thrown away is put back in 2 s where the kernel tells of it, and else in 10. */
    private static final Duration PUT_BACK = Duration.ofSeconds(15);

    @Override
    Lab start() {
        return Lab.up("--hosts", "alice,bob,carol", "--ipv6", "--world", "--packages", "bob=ufw,firewalld");
    }

    @BeforeEach
    void bobServes() {
        bob.peerFile("alice", bob.read("/etc/wirescale/alice.conf") + "iptables-accept = true\n");
        bob.sh("systemd-run -q --unit=service python3 -m http.server 8080");
    }

    @AfterEach
    void noFirewall() {
        alice.exec("wirescale", "exit-node", "--stop");
        alice.exec("wirescale", "down", "bob");
        bob.exec("wirescale", "down", "alice");
        bob.sh("systemctl stop service.service firewalld.service; ufw --force disable");
    }

    @Test
    void a_tunnel_and_an_exit_node_pass_firewalld_and_its_reload() {
        bob.sh("systemctl start firewalld.service");
        assertThat(bob.sh("firewall-cmd --get-active-policies")).contains("wirescale");
        serves("firewall-cmd --reload");
        assertThat(bob.sh("firewall-cmd --get-active-zones")).contains("trusted", "alice");
        gone();
        assertThat(bob.sh("firewall-cmd --zone=trusted --list-all"))
                .as("what is left in firewalld")
                .doesNotContain("alice", "masquerade: yes");
        assertThat(bob.sh("firewall-cmd --get-active-zones")).doesNotContain("trusted");
    }

    @Test
    void a_tunnel_and_an_exit_node_pass_ufw_and_its_reload() {
        // firewalld's start took tailscaled's rules away.
        bob.sh("systemctl stop firewalld.service; systemctl restart tailscaled.service");
        bob.awaitTailscale();
        lab.direct(alice, bob);
        bob.sh("ufw default deny incoming; ufw default deny routed; ufw --force enable");
        serves("ufw reload");
        gone();
        assertThat(bob.sh("iptables-save; ip6tables-save")).doesNotContain("wirescale");
    }

    private void serves(String reload) {
        upgradeTo(bob);
        answersAlice();
        exitNode("bob").expect(0);
        awaitSeenFrom(WORLD4, outside4(bob), PUT_BACK);
        awaitSeenFrom(WORLD6, outside6(bob), PUT_BACK);
        bob.sh(reload);
        Await.until(PUT_BACK, "bob's service to alice", this::reachesBob);
        awaitSeenFrom(WORLD4, outside4(bob), PUT_BACK);
        awaitSeenFrom(WORLD6, outside6(bob), PUT_BACK);
    }

    private void gone() {
        exitNode("--stop").expect(0);
        alice.down("bob").expect(0);
        Await.until(
                Duration.ofSeconds(20),
                "the end of bob's tunnel",
                () -> bob.tunnelState("alice").isEmpty());
    }

    private void answersAlice() {
        assertThat(reachesBob()).as("bob's service, by the tunnel").isTrue();
    }

    private boolean reachesBob() {
        return alice.exec("timeout", "2", "bash", "-c", "exec 3<>/dev/tcp/10.77.0.2/8080")
                        .exitCode()
                == 0;
    }
}
