package org.wirescale.os;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.wirescale.model.WirescaleException;

@Timeout(30)
final class NotifierTest {
    @TempDir
    private Path folder;

    @Test
    void systemd_is_told_at_a_path() throws IOException {
        Path path = folder.resolve("notify");
        try (Receiver systemd = Receiver.at(path);
                Notifier notifier = Notifier.of(Map.of("NOTIFY_SOCKET", path.toString()))) {
            notifier.ready();
            notifier.status("waiting for Tailscale…\nREADY=1");
            notifier.stopping();
            assertThat(systemd.next()).isEqualTo("READY=1");
            assertThat(systemd.next()).isEqualTo("STATUS=waiting for Tailscale… READY=1");
            assertThat(systemd.next()).isEqualTo("STOPPING=1");
        }
    }

    @Test
    void systemd_is_told_at_an_abstract_address() throws IOException {
        String name = "wirescale-test-" + ProcessHandle.current().pid();
        try (Receiver systemd = Receiver.abstractly(name);
                Notifier notifier = Notifier.of(Map.of("NOTIFY_SOCKET", "@" + name))) {
            notifier.ready();
            assertThat(systemd.next()).isEqualTo("READY=1");
        }
    }

    @Test
    void without_systemd_nobody_is_told() {
        try (Notifier notifier = Notifier.of(Map.of())) {
            notifier.ready();
            notifier.watchdog();
            assertThat(notifier.watchdogInterval()).isEmpty();
        }
    }

    @Test
    void a_ready_that_nobody_hears_is_a_failure() {
        try (Notifier notifier =
                Notifier.of(Map.of("NOTIFY_SOCKET", folder.resolve("gone").toString()))) {
            assertThatThrownBy(notifier::ready).isInstanceOf(WirescaleException.class);
        }
    }

    @Test
    void the_watchdogs_interval_is_that_of_this_process() {
        String me = Long.toString(ProcessHandle.current().pid());
        assertThat(Notifier.of(Map.of("WATCHDOG_USEC", "20000000", "WATCHDOG_PID", me))
                        .watchdogInterval())
                .contains(Duration.ofSeconds(20));
        assertThat(Notifier.of(Map.of("WATCHDOG_USEC", "20000000", "WATCHDOG_PID", "1"))
                        .watchdogInterval())
                .isEmpty();
        assertThat(Notifier.of(Map.of("WATCHDOG_USEC", "soon")).watchdogInterval())
                .isEmpty();
    }

    @Test
    void the_watchdog_is_fed_while_work_goes_on_and_not_when_it_hangs() throws IOException {
        Path path = folder.resolve("notify");
        try (Receiver systemd = Receiver.at(path);
                Notifier notifier = Notifier.of(Map.of("NOTIFY_SOCKET", path.toString(), "WATCHDOG_USEC", "60000000"));
                Watchdog watchdog = Watchdog.start(notifier)) {
            assertThat(systemd.next()).isEqualTo("WATCHDOG=1");
            AtomicBoolean well = new AtomicBoolean(true);
            Watchdog.Registration check = watchdog.watch("queue", well::get);
            assertThat(watchdog.isWell()).isTrue();
            well.set(false);
            assertThat(watchdog.isWell()).isFalse();
            check.close();
            assertThat(watchdog.isWell()).isTrue();

            try (Watchdog.Task late = watchdog.task("session", Duration.ZERO)) {
                assertThat(watchdog.isWell()).isFalse();
                late.progress();
            }
            try (Watchdog.Task task = watchdog.task("session", Duration.ofMinutes(1))) {
                task.progress();
                assertThat(watchdog.isWell()).isTrue();
            }
        }
    }
}
