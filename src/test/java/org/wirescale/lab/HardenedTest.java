package org.wirescale.lab;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The limits of the daemon's unit: tight enough, and each right that has a fallback taken away in turn. */
@LabTest
final class HardenedTest extends AliceAndBob {
    private static final String LIMIT = "/etc/systemd/system/wirescaled.service.d/limit.conf";

    @AfterEach
    void giveBack() {
        alice.sh("rm -f " + LIMIT + "; systemctl daemon-reload");
    }

    private void limit(String right) {
        alice.write(LIMIT, "[Service]\n" + right + "\n");
        alice.sh("systemctl daemon-reload; systemctl restart wirescaled.service");
        alice.awaitServing();
    }

    private Result upgradeWith(String right) {
        limit(right);
        Result upgrade = alice.upgrade("bob").expect(0);
        Tunnels.assertWhole(alice, bob);
        return upgrade;
    }

    @Test
    void systemd_finds_it_tight_enough() {
        Result security =
                alice.exec("systemd-analyze", "security", "--no-pager", "--threshold=40", "wirescaled.service");
        assertThat(security.exitCode()).as(security.text()).isZero();
    }

    @Test
    void a_refused_pidfd_getfd_is_a_restart_of_tailscaled_and_one_line() {
        Journal journal = alice.journal();
        assertThat(upgradeWith("SystemCallFilter=~pidfd_getfd").text()).contains("Stopping tailscale...");
        assertThat(journal.daemonLines())
                .filteredOn(line -> line.contains("pidfd_getfd is not permitted"))
                .hasSize(1);
        lab.direct(alice, bob);
    }

    @Test
    void without_the_right_to_look_at_tailscaleds_sockets_nothing_is_begun() {
        limit("CapabilityBoundingSet=~CAP_SYS_PTRACE");
        assertThat(alice.upgrade("bob").expect(1).errorText()).contains("CAP_SYS_PTRACE");
        assertThat(alice.hasLink("bob")).isFalse();
    }

    @Test
    void without_raw_sockets_a_few_packets_of_others_are_lost_and_one_line_says_so() {
        Journal journal = alice.journal();
        upgradeWith("CapabilityBoundingSet=~CAP_NET_RAW");
        assertThat(journal.daemonLines())
                .filteredOn(line -> line.contains("CAP_NET_RAW"))
                .hasSize(1);
    }

    @Test
    void nothing_of_its_memory_is_written_to_a_disk() {
        String pid = alice.sh("systemctl show -P MainPID wirescaled.service");
        assertThat(alice.sh("grep 'Max core' /proc/" + pid + "/limits")).matches("Max core file size +0 +0 .*");
        alice.sh("kill -SEGV " + pid);
        alice.awaitServing();
        assertThat(alice.sh("find / -xdev '(' -name 'hs_err_pid*' -o -name 'core.*' -o -name '*.hprof' ')' -size +0"
                        + " -newer /proc/1 -not -path '/usr/*' 2>/dev/null || true"))
                .isEmpty();
    }
}
