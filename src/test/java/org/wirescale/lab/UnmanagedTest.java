package org.wirescale.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A real NetworkManager and a real systemd-networkd that would take every interface on alice leave wirescale's alone. */
@LabTest
final class UnmanagedTest extends AliceAndBob {
    private static final Duration SOON = Duration.ofSeconds(15);

    /** An interface like ours that is nobody's. */
    private static final String MINE =
            "ip tuntap add mode tun mine; ip addr add 10.99.0.1/32 dev mine; ip link set mine up";

    /** Containers have neither udev nor, where /sys cannot be written, anybody who asks it. */
    @Override
    Lab start() {
        Lab lab = Lab.up("--hosts", "alice,bob", "--packages", "alice=network-manager");
        lab.alice().sh("""
                mount -o remount,rw /sys
                rm -f /etc/systemd/system/systemd-udevd* /etc/systemd/system/systemd-networkd.*
                systemctl daemon-reload
                systemctl stop NetworkManager.service
                systemctl start systemd-udevd.service
                """);
        return lab;
    }

    @AfterEach
    void stop() {
        alice.exec(
                "bash",
                "-c",
                "systemctl stop NetworkManager.service systemd-networkd.socket systemd-networkd.service;"
                        + " rm -f /etc/systemd/network/*; ip link del mine");
    }

    @Test
    void network_manager_leaves_a_tunnel_alone() {
        alice.sh("systemctl start NetworkManager.service; " + MINE);
        awaitState("mine", "connected (externally)");
        alice.upgrade("bob").expect(0);
        awaitState("bob", "unmanaged");
        // Nor after it has started anew, when it finds the interface.
        alice.sh("systemctl restart NetworkManager.service");
        awaitState("mine", "connected (externally)");
        awaitState("bob", "unmanaged");
        Tunnels.assertWhole(alice, bob);
    }

    @Test
    void systemd_networkd_leaves_a_tunnel_alone() {
        alice.write("/etc/systemd/network/10-others.network", """
                [Match]
                Name=lo eth0 tailscale0
                [Link]
                Unmanaged=yes
                """);
        alice.write("/etc/systemd/network/50-all.network", """
                [Match]
                Name=*
                [Network]
                Address=10.99.0.2/32
                ConfigureWithoutCarrier=yes
                """);
        alice.sh("chmod 644 /etc/systemd/network/*; systemctl start systemd-networkd.service; " + MINE);
        awaitTaken();
        alice.upgrade("bob").expect(0);
        alice.sh("systemctl restart systemd-networkd.service");
        Await.until(
                SOON,
                "networkd's word on bob",
                () -> alice.sh("networkctl --no-legend list bob").endsWith(" unmanaged"));
        assertThat(alice.sh("ip -br -4 addr show dev bob")).doesNotContain("10.99.0.2");
        Tunnels.assertWhole(alice, bob);
    }

    private void awaitState(String device, String state) {
        Await.until(
                SOON,
                device + " is " + state,
                () -> alice.sh("nmcli -t -f DEVICE,STATE device").lines().anyMatch((device + ":" + state)::equals));
    }

    private void awaitTaken() {
        Await.until(
                SOON,
                "networkd's address on another interface",
                () -> alice.sh("ip -br -4 addr show dev mine").contains("10.99.0.2"));
    }
}
