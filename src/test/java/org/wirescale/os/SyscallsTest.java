package org.wirescale.os;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wirescale.model.WirescaleException;
import org.wirescale.os.Syscalls.OpenFlag;

final class SyscallsTest {
    @TempDir
    Path folder;

    @Test
    void a_file_is_created_with_its_mode_and_says_so_of_itself() throws IOException {
        Path file = folder.resolve("empty");
        try (Descriptor descriptor = Syscalls.open(file, 0600, OpenFlag.CREATE, OpenFlag.WRITE)) {
            Syscalls.FileStat stat = Syscalls.stat(descriptor);
            assertThat(stat.permissions()).isEqualTo(0600);
            assertThat(stat.isRegularFile()).isTrue();
            assertThat(stat.size()).isZero();
            assertThat(stat.inode()).isEqualTo(Files.getAttribute(file, "unix:ino"));
            assertThat(stat.uid()).isEqualTo(Files.getAttribute(file, "unix:uid"));
            assertThat(stat.links()).isEqualTo(1);
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void a_missing_file_and_a_symbolic_link_are_told_apart() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("link"), folder);
        assertThat(errno(() -> Syscalls.open(folder.resolve("none"), 0))).isEqualTo(Errno.ENOENT);
        assertThat(errno(() -> Syscalls.open(link, 0, OpenFlag.NO_FOLLOW))).isEqualTo(Errno.ELOOP);
        Syscalls.open(folder, 0, OpenFlag.DIRECTORY, OpenFlag.NO_FOLLOW).close();
    }

    @Test
    void a_lock_excludes_another_open_file_and_ends_with_its_descriptor() {
        Path file = folder.resolve("lock");
        try (Descriptor second = Syscalls.open(file, 0600, OpenFlag.CREATE)) {
            try (Descriptor first = Syscalls.open(file, 0600)) {
                assertThat(Syscalls.tryLock(first)).isTrue();
                assertThat(Syscalls.tryLock(second)).isFalse();
            }
            assertThat(Syscalls.tryLock(second)).isTrue();
        }
    }

    @Test
    void the_lock_is_the_one_that_shell_scripts_take() throws Exception {
        Path file = folder.resolve("lock");
        try (Descriptor descriptor = Syscalls.open(file, 0600, OpenFlag.CREATE)) {
            assertThat(Syscalls.tryLock(descriptor)).isTrue();
            assertThat(Commands.run("flock", "-n", file.toString(), "true").exitCode())
                    .isEqualTo(1);
            try (FileChannel other = FileChannel.open(file, StandardOpenOption.WRITE)) {
                assertThat(other.tryLock()).as("fcntl locks are others").isNotNull();
            }
        }
        assertThat(Commands.run("flock", "-n", file.toString(), "true").exitCode())
                .isZero();
    }

    @Test
    void no_program_that_is_started_inherits_a_descriptor() throws IOException {
        try (Descriptor descriptor = Syscalls.open(folder.resolve("secret"), 0600, OpenFlag.CREATE)) {
            String flags = Files.readString(Path.of("/proc/self/fdinfo/" + descriptor.number()));
            assertThat(flags).containsPattern("flags:\\s+0?2\\d{6}");
        }
    }

    @Test
    void a_process_is_seen_to_end() throws Exception {
        Process child = new ProcessBuilder("cat").start();
        try (Descriptor pidfd = Syscalls.pidfdOpen(child.pid()).orElseThrow()) {
            assertThat(Syscalls.hasEnded(pidfd)).isFalse();
            child.getOutputStream().close();
            assertThat(child.waitFor(10, TimeUnit.SECONDS)).isTrue();
            assertThat(Syscalls.hasEnded(pidfd)).isTrue();
        }
        assertThat(Syscalls.pidfdOpen(child.pid())).isEmpty();
    }

    @Test
    void waiting_ends_when_its_time_has_gone_by() throws Exception {
        Process child = new ProcessBuilder("cat").start();
        try (Descriptor pidfd = Syscalls.pidfdOpen(child.pid()).orElseThrow()) {
            long start = System.nanoTime();
            assertThat(Syscalls.waitFor(pidfd, Syscalls.POLLIN, Duration.ofMillis(30)))
                    .isFalse();
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(30));
        } finally {
            child.getOutputStream().close();
        }
    }

    @Test
    void a_closed_descriptor_is_never_used_again() {
        Descriptor descriptor = Syscalls.open(folder, 0);
        descriptor.close();
        descriptor.close();
        assertThatThrownBy(descriptor::number).isInstanceOf(IllegalStateException.class);
    }

    private static Errno errno(Runnable call) {
        WirescaleException failure = catchThrowableOfType(WirescaleException.class, call::run);
        return Errno.of(failure).orElseThrow();
    }
}
