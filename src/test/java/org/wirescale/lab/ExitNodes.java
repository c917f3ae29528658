package org.wirescale.lab;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** alice, whose traffic may go through bob or carol, in a lab with a world beyond its internet. */
abstract class ExitNodes extends AliceAndBob {
    static final String WORLD4 = "198.51.100.1";
    static final String WORLD6 = "2001:db8:face::1";

    Host carol;

    @Override
    Lab start() {
        return Lab.up("--hosts", "alice,bob,carol", "--ipv6", "--world");
    }

    @BeforeEach
    void files() {
        carol = lab.carol();
        between(bob, "10.77.0", "fd77");
    }

    @AfterEach
    void stopExitNode() {
        alice.exec("wirescale", "exit-node", "--stop");
    }

    /** Files with both families; the other forwards what comes out of the tunnel. */
    void between(Host exit, String net, String net6) {
        alice.peerFile(exit.name(), file(net + ".1", net6 + "::1", net + ".0/24, " + net6 + "::/64"));
        exit.peerFile(alice.name(), file(net + ".2", net6 + "::2", net + ".0/24, " + net6 + "::/64") + """
                [Wirescale]
                iptables-forward = true
                iptables-masquerade = true
                """);
        lab.direct(alice, exit);
    }

    private static String file(String address, String address6, String allowed) {
        return "[Interface]\nAddress = " + address + ", " + address6 + "\n[Peer]\nAllowedIPs = " + allowed + "\n";
    }

    void upgradeTo(Host exit) {
        alice.upgrade(exit.name()).expect(0);
        alice.awaitReaches(exit.name(), exit == bob ? "fd77::2" : "fd78::2");
    }

    /** Third machines' packets for the old port are sent on for 20 s. */
    void awaitOldPortForgotten() {
        Await.until(
                Duration.ofSeconds(40),
                "the end of the old port's forwarding",
                () -> alice.exec("grep", "-q", "old-port-forward", "-r", "/run/wirescale/control")
                                        .exitCode()
                                == 1
                        && !alice.sh("ls -A /run/wirescale/control").contains(".new"));
    }

    Result exitNode(String... arguments) {
        String[] command = new String[arguments.length + 2];
        command[0] = "wirescale";
        command[1] = "exit-node";
        System.arraycopy(arguments, 0, command, 2, arguments.length);
        return alice.exec(command);
    }

    /** Where the world sees that come from which goes through this machine. */
    String outside4(Host host) {
        return lab.publicAddress(host);
    }

    String outside6(Host host) {
        return host.sh("ip -j -6 addr show dev eth0 scope global | jq -r '.[0].addr_info[0].local'");
    }

    /** The address that the world sees alice come from; empty when there is no answer. */
    Optional<String> seenFrom(String world) {
        Result answer = alice.exec("timeout", "2", "bash", "-c", "exec 3<>/dev/tcp/" + world + "/80 && cat <&3");
        return Optional.of(answer.text()).filter(text -> answer.exitCode() == 0 && !text.isEmpty());
    }

    void awaitSeenFrom(String world, String address, Duration atMost) {
        List<String> others = new ArrayList<>();
        Await.until(atMost, () -> world + " sees " + address + " and not " + others, () -> {
            String seen = seenFrom(world).orElse("nobody");
            others.add(seen);
            return seen.equals(address);
        });
    }
}
