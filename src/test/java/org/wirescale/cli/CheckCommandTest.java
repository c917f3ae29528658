package org.wirescale.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wirescale.config.PeerFiles;
import org.wirescale.os.Folders;
import picocli.CommandLine;

final class CheckCommandTest {
    private static final String GOOD = "[Interface]\nAddress = 192.168.3.1\n[Peer]\nAllowedIPs = 192.168.3.0/24\n";

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeEach
    void a_folder_of_ones_own() throws IOException {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private void file(String name, String text) throws IOException {
        Path file = Files.writeString(folder.resolve(name), text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }

    private int check(String... args) throws IOException {
        int me = (int) Files.getAttribute(folder, "unix:uid");
        return new CommandLine(new CheckCommand(new PeerFiles(folder, me, folder)))
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(args);
    }

    @Test
    void a_good_file_is_one_line() throws IOException {
        file("bob.conf", GOOD);
        assertThat(check()).isZero();
        assertThat(out.toString()).isEqualTo("bob.conf: ok" + System.lineSeparator());
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void every_error_of_every_file_has_its_line() throws IOException {
        file("alice.conf", GOOD + "Adress = x\nMTU = y\n");
        file("bob.conf", GOOD);
        file("carol.conf", "[Interface]\nAddress = x\n[Peer]\nAllowedIPs = 10.0.0.0/8\nEndpoint = 203.0.113.7:1\n");
        assertThat(check()).isEqualTo(1);
        assertThat(out.toString().lines())
                .containsExactly("alice.conf: 2 errors", "bob.conf: ok", "carol.conf: 1 error, 1 warning");
        assertThat(err.toString().lines())
                .satisfiesExactly(
                        line -> assertThat(line)
                                .startsWith("Error: " + folder.resolve("alice.conf") + ", line 5: 'Adress'"),
                        line -> assertThat(line)
                                .startsWith("Error: " + folder.resolve("alice.conf") + ", line 6: 'MTU'"),
                        line -> assertThat(line)
                                .startsWith("Error: " + folder.resolve("carol.conf") + ", line 2: 'Address'"),
                        line -> assertThat(line)
                                .startsWith("Warning: " + folder.resolve("carol.conf") + ", line 5: 'Endpoint'"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bob", "BOB", "bob.", "bob.conf"})
    void only_the_files_that_are_named_are_looked_at(String name) throws IOException {
        file("alice.conf", "");
        file("bob.conf", GOOD);
        assertThat(check(name, name)).isZero();
        assertThat(out.toString()).isEqualTo("bob.conf: ok" + System.lineSeparator());
    }

    @Test
    void a_full_name_without_a_file_is_taken_for_that_of_an_own_peer() throws IOException {
        file("bob.conf", GOOD);
        assertThat(check("bob.lab.ts.net.")).isZero();
        assertThat(out.toString()).isEqualTo("bob.conf: ok" + System.lineSeparator());
        assertThat(err.toString()).startsWith("There is no bob.lab.ts.net.conf: looking at bob.conf");
    }

    @Test
    void a_full_name_with_a_file_is_that_of_its_file() throws IOException {
        file("bob.conf", "");
        file("bob.lab.ts.net.conf", GOOD);
        assertThat(check("bob.lab.ts.net")).isZero();
        assertThat(out.toString()).isEqualTo("bob.lab.ts.net.conf: ok" + System.lineSeparator());
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void a_full_name_without_any_file_fails_by_that_name() throws IOException {
        assertThat(check("bob.lab.ts.net")).isEqualTo(1);
        assertThat(err.toString()).contains("create " + folder.resolve("bob.lab.ts.net.conf"));
    }

    @Test
    void warnings_are_no_failure() throws IOException {
        file("alice.conf", GOOD);
        file("bob.conf", GOOD.replace("3.1\n", "3.9\n"));
        assertThat(check("alice", "bob")).isZero();
        assertThat(out.toString()).contains("bob.conf: ok, 1 warning");
        assertThat(err.toString()).contains("bob.conf has the network 192.168.3.0/24", "as alice.conf has");
    }

    @Test
    void a_peer_without_a_file_fails() throws IOException {
        assertThat(check("bob")).isEqualTo(1);
        assertThat(err.toString()).contains("create " + folder.resolve("bob.conf"));
    }

    @Test
    void an_empty_folder_is_no_failure() throws IOException {
        assertThat(check()).isZero();
        assertThat(out.toString()).startsWith("There is nothing to check: " + folder);
        assertThat(check("--json")).isZero();
        assertThat(out.toString()).endsWith("[]" + System.lineSeparator());
    }

    @Test
    void nothing_that_a_terminal_obeys_is_printed() throws IOException {
        file("b\u001b[31mb.conf", GOOD);
        file("c\u009b31m.conf", GOOD);
        file("bob.conf", "[Interface]\n\u001b[31m = x\n[Wirescale]\n\u202ex = 1\n");
        assertThat(check()).isEqualTo(1);
        assertThat(check("--json")).isEqualTo(1);
        assertThat(out.toString() + err)
                .doesNotContain("\u001b", "\u009b", "\u202e")
                .contains("b?[31mb.conf");
    }

    @Test
    void json_has_reason_line_section_key_and_message() throws IOException {
        file("bob.conf", GOOD + "MTU = y\nEndpoint = 203.0.113.7:1\n");
        assertThat(check("--json")).isEqualTo(1);
        assertThat(err.toString()).isEmpty();
        assertThat(out.toString()).hasLineCount(1);
        JsonNode json = new ObjectMapper().readTree(out.toString());
        assertThat(json.toString())
                .isEqualTo(("[{'file':'" + folder.resolve("bob.conf")
                                + "','ok':false,'errors':[{'reason':'unknown_key','line':5,'section':'Peer','key':'MTU','message':'"
                                + folder.resolve("bob.conf")
                                + ", line 5: -MTU- is no key of [Peer]: remove it, or look for a typing error'}],"
                                + "'warnings':[{'line':6,'key':'Endpoint','message':'" + folder.resolve("bob.conf")
                                + ", line 6: -Endpoint- is replaced by the endpoint that tailscale finds: remove the line'}]}]")
                        .replace('\'', '"')
                        .replace("-MTU-", "'MTU'")
                        .replace("-Endpoint-", "'Endpoint'"));
    }

    @Test
    void json_has_null_for_what_there_is_none_of() throws IOException {
        file("bob.conf", "[Interface]\nAddress = 192.168.3.1\n");
        assertThat(check("--json")).isEqualTo(1);
        assertThat(out.toString())
                .contains("\"reason\":\"missing_section\",\"line\":null,\"section\":\"Peer\",\"key\":null");
    }

    @Test
    void the_command_reads_the_machines_own_folder_and_needs_no_network() {
        Surroundings surroundings = new Surroundings(
                new Folders(folder.resolve("etc"), folder.resolve("run")),
                Map.of(),
                () -> {
                    throw new AssertionError("nobody asked for a peer");
                },
                () -> true);
        int code = Wirescale.run(new PrintWriter(out), new PrintWriter(err), surroundings, "check", "../etc/passwd");
        assertThat(code).isEqualTo(1);
        assertThat(err.toString()).startsWith("Error: ").contains("'../etc/passwd' is not a DNS name");
        assertThat(Wirescale.run(new PrintWriter(out), new PrintWriter(err), surroundings, "check"))
                .isZero();
        assertThat(out.toString()).contains(folder.resolve("etc").toString());
    }
}
