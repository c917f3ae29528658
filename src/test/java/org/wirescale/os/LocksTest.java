package org.wirescale.os;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.wirescale.model.ExitCode;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.WirescaleException;

@Timeout(30)
final class LocksTest {
    private static final LockName BOB = LockName.ofInterface(InterfaceName.parse("bob"));

    @TempDir
    private Path folder;

    private Folders folders = Folders.system();

    @BeforeEach
    void useFolder() {
        folders = new Folders(folder.resolve("etc"), folder.resolve("run"));
    }

    @Test
    void the_file_is_roots_alone_and_stays() throws IOException {
        Path file = folders.control().resolve("interface-bob.lock");
        try (Locks.Held _ = Locks.take(folders, BOB, Duration.ZERO)) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");
        }
        assertThat(file).isEmptyFile();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folders.control())))
                .isEqualTo("rwxr-xr-x");
    }

    @Test
    void a_shell_script_with_flock_is_kept_out_and_keeps_us_out() throws Exception {
        Path file = folders.control().resolve("interface-bob.lock");
        try (Locks.Held _ = Locks.take(folders, BOB, Duration.ZERO)) {
            assertThat(Commands.run("flock", "-n", file.toString(), "true").ok())
                    .isFalse();
        }
        Process script = new ProcessBuilder("flock", "-n", file.toString(), "sh", "-c", "echo held; read line").start();
        try {
            assertThat(script.inputReader().readLine()).isEqualTo("held");
            assertThatThrownBy(() -> Locks.take(folders, BOB, Duration.ofMillis(50)))
                    .isInstanceOfSatisfying(WirescaleException.class, e -> {
                        assertThat(e.reason()).isEqualTo(OsReason.LOCKED);
                        assertThat(e.errorCode().exitCode()).isEqualTo(ExitCode.TRY_LATER);
                    })
                    .hasMessageContaining("'bob'")
                    .hasMessageContaining("'flock' (pid " + script.pid() + ")");
        } finally {
            script.outputWriter().close();
            script.waitFor(10, TimeUnit.SECONDS);
        }
        Locks.take(folders, BOB, Duration.ofSeconds(10)).close();
    }

    @Test
    void threads_of_this_process_exclude_each_other_and_the_next_gets_it() throws Exception {
        CompletableFuture<Boolean> second = new CompletableFuture<>();
        try (Locks.Held _ = Locks.take(folders, LockName.PORT, Duration.ZERO)) {
            Thread.ofVirtual().start(() -> {
                try (Locks.Held held = Locks.take(folders, LockName.PORT, Duration.ofSeconds(20))) {
                    second.complete(held.name().equals(LockName.PORT));
                } catch (RuntimeException e) {
                    second.completeExceptionally(e);
                }
            });
            assertThatThrownBy(() -> second.get(100, TimeUnit.MILLISECONDS))
                    .isInstanceOf(java.util.concurrent.TimeoutException.class);
        }
        assertThat(second.get(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void the_order_port_interface_exit_node_is_kept() {
        try (Locks.Held _ = Locks.take(folders, LockName.DAEMON, Duration.ZERO);
                Locks.Held port = Locks.take(folders, LockName.PORT, Duration.ZERO);
                Locks.Held _ = Locks.take(folders, LockName.EXIT_NODE, Duration.ZERO)) {
            assertThatThrownBy(() -> Locks.take(folders, BOB, Duration.ZERO)).isInstanceOf(IllegalStateException.class);
            assertThat(port.name()).isEqualTo(LockName.PORT);
        }
        try (Locks.Held _ = Locks.take(folders, BOB, Duration.ZERO);
                Locks.Held held = Locks.take(folders, LockName.EXIT_NODE, Duration.ZERO)) {
            assertThat(held.name()).isEqualTo(LockName.EXIT_NODE);
        }
    }

    @Test
    void a_second_daemon_is_told_of_the_first() {
        try (Locks.Held _ = Locks.take(folders, LockName.DAEMON, Duration.ZERO)) {
            CompletableFuture<Throwable> failure = CompletableFuture.supplyAsync(() -> {
                try (Locks.Held held = Locks.take(folders, LockName.DAEMON, Duration.ZERO)) {
                    return new AssertionError("two daemons hold " + held.name());
                } catch (WirescaleException e) {
                    return e;
                }
            });
            assertThat(failure.join())
                    .isInstanceOfSatisfying(WirescaleException.class, e -> {
                        assertThat(e.reason()).isEqualTo(OsReason.DAEMON_RUNS);
                        assertThat(e.errorCode().exitCode()).isEqualTo(ExitCode.FAILED);
                    })
                    .hasMessageContaining("(pid " + ProcessHandle.current().pid() + ")");
        }
    }

    @Test
    void a_link_in_the_place_of_a_lock_is_not_followed() throws IOException {
        Files.createDirectories(folders.control());
        Path elsewhere = folder.resolve("elsewhere");
        Files.createSymbolicLink(folders.control().resolve("port.lock"), elsewhere);
        assertThatThrownBy(() -> Locks.take(folders, LockName.PORT, Duration.ZERO))
                .isInstanceOf(WirescaleException.class);
        assertThat(elsewhere).doesNotExist();
    }
}
