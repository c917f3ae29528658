package org.wirescale.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A link on which each way loses 5 % of all packets, so that one echo in ten is not answered. */
@LabTest
@Timeout(600)
final class LossyLinkTest {
    private static final int LOST = 4;

    private static Lab lab;

    @BeforeAll
    static void start() {
        lab = Lab.up("--hosts", "alice,bob", "--loss", "5%", "--delay", "10ms");
    }

    private static int lost(Host host) {
        return Integer.parseInt(host.sh("cat /tmp/bursts 2>/dev/null | wc -l"));
    }

    /** The real ping, but each burst is counted. */
    private static final String COUNTING = """
            #!/bin/sh
            case $* in *' -c 5 -i 0.2 '*) echo >>/tmp/bursts ;; esac
            exec /usr/bin/ping "$@"
            """;

    @Test
    void lost_echoes_raise_no_alarm() {
        lab.reset();
        lab.pair();
        Host alice = lab.alice();
        Host bob = lab.bob();
        alice.write("/usr/local/bin/ping", COUNTING);
        alice.sh("chmod 755 /usr/local/bin/ping");
        Journal hers = alice.journal();
        Journal his = bob.journal();
        alice.upgrade("bob").expect(0);
        Await.until(Duration.ofMinutes(8), LOST + " lost echoes", () -> lost(alice) >= LOST);
        Tunnels.assertWhole(alice, bob);
        for (Journal journal : List.of(hers, his)) {
            assertThat(journal.entries())
                    .noneMatch(entry -> entry.unit().startsWith("autoremove")
                            && entry.message().contains("dead"))
                    .noneMatch(entry -> entry.message().contains("recover request"));
        }
    }
}
