package org.wirescale.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wirescale.model.ErrorCode;
import org.wirescale.model.ExitCode;
import org.wirescale.model.WirescaleException;
import org.wirescale.os.Commands;

final class PeerFilesTest {
    private static final PeerFileName BOB = new PeerFileName("bob");

    @TempDir
    private Path top;

    private Path folder;
    private Path bob;
    private int me;

    @BeforeEach
    void a_folder_and_a_file() throws IOException {
        folder = Files.createDirectories(top.resolve("etc/wirescale"));
        bob = Files.writeString(folder.resolve("bob.conf"), Texts.MINIMAL);
        chmod(bob, "rw-------");
        chmod(folder, "rwxr-xr-x");
        chmod(top.resolve("etc"), "rwxr-xr-x");
        me = (int) Files.getAttribute(bob, "unix:uid");
    }

    @Test
    void reads_the_peers_own_file() {
        PeerFile file = files().read(BOB);
        assertThat(file.path()).isEqualTo(bob);
        assertThat(file.peer().allowedIps()).hasSize(1);
        assertThat(file.warnings()).isEmpty();
    }

    @Test
    void a_missing_file_is_named_with_exit_code_3() {
        WirescaleException refusal =
                Refusals.assertRefused(() -> files().read(new PeerFileName("carol")), ConfigReason.MISSING_FILE);
        assertThat(refusal).hasMessageContaining("create " + folder.resolve("carol.conf"));
        assertThat(refusal.errorCode()).isEqualTo(ErrorCode.CONFIG_PATH_ERROR);
        assertThat(refusal.errorCode().exitCode()).isEqualTo(ExitCode.NO_CONFIGURATION);
    }

    @Test
    void a_missing_folder_is_a_missing_file() {
        Refusals.assertRefused(
                () -> new PeerFiles(top.resolve("none/at/all"), me, top).read(BOB), ConfigReason.MISSING_FILE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-rw----", "rw----rw-", "rw--w----", "rw-----w-"})
    void a_file_that_others_can_write_is_refused(String permissions) throws IOException {
        chmod(bob, permissions);
        assertThat(Refusals.assertRefused(() -> files().read(BOB), ConfigReason.WRITABLE_BY_OTHERS))
                .hasMessageContaining("chmod go-w '" + bob + "'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"etc", "etc/wirescale"})
    void a_folder_above_that_others_can_write_is_refused(String above) throws IOException {
        chmod(top.resolve(above), "rwxrwxr-x");
        assertThat(Refusals.assertRefused(() -> files().read(BOB), ConfigReason.WRITABLE_BY_OTHERS))
                .hasMessageContaining("chmod go-w '" + top.resolve(above) + "'");
    }

    @Test
    void a_file_of_somebody_else_is_refused() {
        int somebodyElse = me + 1;
        if (me == 0) {
            Commands.output("chown", "1", bob.toString());
            assertThat(Refusals.assertRefused(() -> files().read(BOB), ConfigReason.WRONG_OWNER))
                    .hasMessageContaining("belongs to user 1,")
                    .hasMessageContaining("chown root '" + bob + "'");
        } else {
            Refusals.assertRefused(() -> new PeerFiles(folder, somebodyElse, top).read(BOB), ConfigReason.WRONG_OWNER);
        }
    }

    @Test
    void a_file_that_others_can_read_is_only_warned_of() throws IOException {
        chmod(bob, "rw-r-----");
        assertThat(files().read(BOB).warnings())
                .extracting(Warning::toString)
                .containsExactly(bob + " can be read by others than root and may hold keys: chmod 600 '" + bob + "'");
    }

    @Test
    void links_are_not_followed() throws IOException {
        Path real = Files.move(bob, folder.resolve("real.conf"));
        Files.createSymbolicLink(bob, real);
        Refusals.assertRefused(() -> files().read(BOB), ConfigReason.NOT_A_FILE);

        Files.createSymbolicLink(top.resolve("link"), folder);
        Refusals.assertRefused(
                () -> new PeerFiles(top.resolve("link"), me, top).read(new PeerFileName("real")),
                ConfigReason.NOT_A_FILE);
    }

    @Test
    void what_is_no_regular_file_is_refused_at_once() throws IOException {
        Files.delete(bob);
        Commands.output("mkfifo", "-m", "600", bob.toString());
        Assertions.assertTimeoutPreemptively(
                Duration.ofSeconds(10), () -> Refusals.assertRefused(() -> files().read(BOB), ConfigReason.NOT_A_FILE));
        Files.delete(bob);
        Files.createDirectory(bob);
        chmod(bob, "rwx------");
        Refusals.assertRefused(() -> files().read(BOB), ConfigReason.NOT_A_FILE);
    }

    @Test
    void a_file_over_the_limit_is_refused_and_one_at_it_is_read() throws IOException {
        String text = Texts.MINIMAL + "#".repeat((1 << 20) - Texts.MINIMAL.length());
        Files.writeString(bob, text);
        assertThat(files().read(BOB).peer().allowedIps()).hasSize(1);
        Files.writeString(bob, text + "#");
        Refusals.assertRefused(() -> files().read(BOB), ConfigReason.TOO_LARGE);
    }

    @Test
    void a_file_that_is_no_text_is_refused_with_its_line() throws IOException {
        Files.write(bob, "[Interface]\n# grün\nPostUp = é\n".getBytes(StandardCharsets.ISO_8859_1));
        assertThat(Refusals.assertRefused(() -> files().read(BOB), ConfigReason.NOT_TEXT)
                        .detail("line"))
                .isEqualTo("2");
    }

    @Test
    void the_machines_own_folder_is_looked_at_from_the_root_on() {
        // The temporary folder lies below one that everybody can write.
        Refusals.assertRefused(() -> new PeerFiles(folder).read(BOB), ConfigReason.WRITABLE_BY_OTHERS);
    }

    @Test
    void a_check_names_all_that_is_wrong_with_file_and_folders() throws IOException {
        Files.writeString(bob, "[Interface]\nAdress = 192.168.3.1\n[Peer]\nAllowedIPs = bob\n");
        chmod(bob, "rw-rw-r--");
        chmod(folder, "rwxrwxrwx");
        FileCheck check = files().check(BOB);
        assertThat(check.file()).isEmpty();
        assertThat(check.errors())
                .extracting(WirescaleException::reason)
                .containsExactly(
                        ConfigReason.WRITABLE_BY_OTHERS,
                        ConfigReason.WRITABLE_BY_OTHERS,
                        ConfigReason.UNKNOWN_KEY,
                        ConfigReason.NETWORK,
                        ConfigReason.MISSING_KEY);
        assertThat(check.warnings())
                .extracting(Warning::toString)
                .singleElement()
                .asString()
                .contains("chmod 600");
    }

    @Test
    void a_check_of_a_good_file_has_its_values() {
        FileCheck check = files().check(BOB);
        assertThat(check.errors()).isEmpty();
        assertThat(check.warnings()).isEmpty();
        assertThat(check.file()).contains(files().read(BOB));
    }

    @Test
    void a_check_of_what_cannot_be_read_says_why() throws IOException {
        Files.delete(bob);
        Files.createDirectory(bob);
        assertThat(files().check(BOB).errors())
                .extracting(WirescaleException::reason)
                .containsExactly(ConfigReason.NOT_A_FILE);
        assertThat(files().check(new PeerFileName("carol")).errors())
                .extracting(WirescaleException::reason)
                .containsExactly(ConfigReason.MISSING_FILE);
    }

    @Test
    void a_file_for_root_alone_says_so_to_others() throws IOException {
        assumeTrue(me != 0, "root may read all");
        chmod(bob, "---------");
        assertThat(files().check(BOB).errors())
                .extracting(WirescaleException::reason)
                .containsExactly(ConfigReason.ROOTS_OWN);
    }

    @Test
    void a_peer_whose_name_no_interface_can_have_needs_a_key() throws IOException {
        Path file = folder.resolve("a-name-of-16-chars.conf");
        PeerFileName name = PeerFileName.ofFile(file);
        chmod(Files.writeString(file, Texts.MINIMAL), "rw-------");
        FileCheck refused = files().check(name);
        assertThat(refused.errors())
                .extracting(WirescaleException::reason)
                .containsExactly(ConfigReason.NO_INTERFACE_NAME);
        assertThat(refused.file()).isEmpty();
        Files.writeString(file, Texts.MINIMAL + "[Wirescale]\ninterface = short\n");
        assertThat(files().check(name).errors()).isEmpty();
    }

    @Test
    void every_file_that_ends_like_one_is_checked_by_name() throws IOException {
        chmod(Files.writeString(folder.resolve("alice.conf"), ""), "rw-------");
        chmod(Files.writeString(folder.resolve("Bob.conf"), Texts.MINIMAL), "rw-------");
        Files.writeString(folder.resolve("bob.conf.bak"), "");
        List<FileCheck> checks = files().checkAll();
        assertThat(checks)
                .extracting(check -> check.path().getFileName().toString())
                .containsExactly("Bob.conf", "alice.conf", "bob.conf");
        assertThat(checks.get(0).errors())
                .extracting(WirescaleException::reason)
                .containsExactly(ConfigReason.FILE_NAME);
        assertThat(checks.get(1).errors())
                .extracting(WirescaleException::reason)
                .containsExactly(ConfigReason.MISSING_SECTION, ConfigReason.MISSING_SECTION);
        assertThat(checks.get(2).errors()).isEmpty();
    }

    @Test
    void a_folder_that_is_not_there_has_no_files() {
        assertThat(new PeerFiles(top.resolve("none"), me, top).checkAll()).isEmpty();
    }

    private PeerFiles files() {
        return new PeerFiles(folder, me, top);
    }

    private static void chmod(Path path, String permissions) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
    }
}
