package org.wirescale.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wirescale.model.IpAddress;
import org.wirescale.model.Port;
import org.wirescale.model.WirescaleException;
import org.wirescale.os.Folders;
import org.wirescale.tailscale.TailscaleReason;

@Timeout(30)
final class UpgradeCommandTest {
    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final BlockingQueue<String> requests = new LinkedBlockingQueue<>();
    private final List<AutoCloseable> open = new ArrayList<>();
    private boolean relayed;

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable closeable : open) {
            closeable.close();
        }
    }

    private final class FakePeers implements Peers {
        @Override
        public Found find(String text) {
            return new Found("bob", IpAddress.parse("100.64.0.2"));
        }

        @Override
        public void requireEndpoint(Found peer) {
            if (relayed) {
                throw WirescaleException.of(TailscaleReason.ONLY_RELAYED, "peer", peer.name(), "relay", "'fra'");
            }
        }

        @Override
        public List<Known> known(Duration time) {
            throw new AssertionError("an upgrade knows whom it wants");
        }

        @Override
        public boolean isOnline() {
            throw new AssertionError("an upgrade does not ask for that");
        }

        @Override
        public Runnable beforePortIsFree(Port port) {
            throw new AssertionError("an upgrade frees no port");
        }
    }

    private int upgrade(String... args) {
        List<String> line = new ArrayList<>(List.of("upgrade"));
        line.addAll(List.of(args));
        Surroundings surroundings =
                new Surroundings(new Folders(folder.resolve("etc"), folder), Map.of(), FakePeers::new, () -> false);
        return Wirescale.run(new PrintWriter(out), new PrintWriter(err), surroundings, line.toArray(String[]::new));
    }

    /** A daemon that gives each client the next of these lines and closes. */
    private void daemons(String... answers) throws IOException {
        serve(List.of(answers).stream().map(List::of).toList());
    }

    /** A daemon that gives its client these lines and closes. */
    private void daemon(String... lines) throws IOException {
        serve(List.of(List.of(lines)));
    }

    private void serve(List<List<String>> answers) throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(folder.resolve("wirescaled.sock")));
        open.add(server);
        Thread.ofPlatform().daemon().start(() -> {
            answers.forEach(lines -> answer(server, lines));
        });
    }

    private void answer(ServerSocketChannel server, List<String> lines) {
        try (SocketChannel client = server.accept()) {
            open.add(client);
            StringBuilder request = new StringBuilder();
            var reader = Channels.newReader(client, StandardCharsets.UTF_8);
            for (int c = reader.read(); c != '\n'; c = reader.read()) {
                request.append((char) c);
            }
            requests.add(request.toString());
            for (String line : lines) {
                client.write(ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void the_lines_before_the_daemons_and_the_daemons_come_in_the_documented_order() throws Exception {
        daemon(
                "{\"code\":\"info\",\"error_code\":null,\"message\":\"defe22 - Stopping tailscale...\"}",
                "{\"code\":\"success\",\"error_code\":null,\"message\":\"defe22 - Success! ✅\"}");
        assertThat(upgrade("BOB")).isZero();
        assertThat(out.toString().lines())
                .containsExactly(
                        "Checking peer 'BOB' is correct. This might take some minutes...",
                        "Start checking peer 'bob'",
                        "Checking that an endpoint is available for peer 'bob' (100.64.0.2)...",
                        "Peer 'bob' (100.64.0.2) is reachable",
                        "Connecting to local UNIX socket...",
                        "Connection to local UNIX socket established",
                        "defe22 - Stopping tailscale...",
                        "defe22 - Success! ✅");
        assertThat(err.toString()).isEmpty();
        assertThat(requests.poll(10, TimeUnit.SECONDS).replaceAll("\"age_ms\":[0-9]+", "\"age_ms\":120"))
                .isEqualTo("{\"code\":\"upgrade\",\"error_code\":null,\"peer_ip\":\"100.64.0.2\",\"interface\":null,"
                        + "\"allow_suffix\":null,\"suffix_number\":null,\"expected_interface\":null,"
                        + "\"iptables_accept\":null,\"iptables_forward\":null,\"iptables_masquerade\":null,"
                        + "\"recover_tries\":null,\"recreate_tries\":null,\"age_ms\":120}");
    }

    @Test
    void every_option_reaches_the_daemon() throws Exception {
        daemon("{\"code\":\"success\",\"error_code\":null,\"message\":\"done\"}");
        assertThat(upgrade(
                        "bob",
                        "-i",
                        "b0",
                        "--iptables-accept",
                        "--no-iptables-forward",
                        "--iptables-masquerade",
                        "--no-suffix",
                        "--recover-tries",
                        "-1",
                        "--recreate-tries=4",
                        "--suffix-number=2",
                        "--remote-interface=alice"))
                .isZero();
        assertThat(requests.poll(10, TimeUnit.SECONDS))
                .contains(
                        "\"interface\":\"b0\"",
                        "\"allow_suffix\":false",
                        "\"suffix_number\":2",
                        "\"expected_interface\":\"alice\"",
                        "\"iptables_accept\":true",
                        "\"iptables_forward\":false",
                        "\"iptables_masquerade\":true",
                        "\"recover_tries\":-1",
                        "\"recreate_tries\":4");
    }

    @ParameterizedTest
    @CsvSource({
        "config_path_error,3",
        "interface_exists,2",
        "ts_unreachable,4",
        "handshake_mismatch,5",
        "closed,4",
        "generic,1"
    })
    void the_exit_code_hangs_on_the_daemons_error(String error, int code) throws Exception {
        daemon("{\"code\":null,\"error_code\":\"" + error + "\",\"error_message\":\"defe22 - no\"}");
        assertThat(upgrade("bob")).isEqualTo(code);
        assertThat(err.toString().lines()).containsExactly("Error: defe22 - no");
    }

    @Test
    void a_daemon_that_goes_away_is_worth_another_try() throws Exception {
        daemon("{\"code\":\"info\",\"error_code\":null,\"message\":\"defe22 - Enqueueing\"}");
        assertThat(upgrade("bob")).isEqualTo(4);
        assertThat(err.toString()).startsWith("Error: ").contains("journalctl -u wirescaled.service");
    }

    @Test
    void without_a_daemon_the_command_says_how_to_start_it() {
        assertThat(upgrade("bob")).isEqualTo(4);
        assertThat(out.toString()).endsWith("Connecting to local UNIX socket..." + System.lineSeparator());
        assertThat(err.toString()).startsWith("Error: ").contains("systemctl start wirescaled.socket");
    }

    @Test
    void a_peer_that_is_only_relayed_is_refused_before_the_daemon_is_asked() throws Exception {
        daemon();
        relayed = true;
        assertThat(upgrade("bob")).isEqualTo(4);
        assertThat(err.toString()).contains("impossible to find a public endpoint");
        assertThat(requests).isEmpty();
    }

    @Test
    void what_was_typed_cannot_move_the_cursor() {
        relayed = true;
        upgrade("b\u001b[2Job");
        assertThat(out.toString()).startsWith("Checking peer 'b?[2Job' is correct.");
        assertThat(Files.exists(folder.resolve("wirescaled.sock"))).isFalse();
    }

    @Test
    void several_peers_come_one_after_the_other_whatever_becomes_of_one() throws Exception {
        daemons(
                "{\"code\":null,\"error_code\":\"config_path_error\",\"error_message\":\"no file\"}",
                "{\"code\":\"success\",\"error_code\":null,\"message\":\"defe22 - Success! ✅\"}");
        assertThat(upgrade("bob", "carol")).isEqualTo(3);
        assertThat(out.toString().lines()).endsWith("defe22 - Success! ✅", "Without a tunnel: bob (1 of 2)");
        assertThat(err.toString().lines()).containsExactly("Error: no file");
        assertThat(requests).hasSize(2);
    }

    @Test
    void a_dry_run_is_a_message_of_its_own_that_no_daemon_can_take_for_an_upgrade() throws Exception {
        daemon(
                "{\"code\":\"info\",\"error_code\":null,\"message\":\"   1. generated file b0.conf\\n   2. more\"}",
                "{\"code\":\"success\",\"error_code\":null,\"message\":\"Nothing was changed.\"}");
        assertThat(upgrade("bob", "--dry-run", "--interface", "b0")).isZero();
        assertThat(out.toString().lines())
                .endsWith("   1. generated file b0.conf", "   2. more", "Nothing was changed.");
        assertThat(requests.poll(10, TimeUnit.SECONDS))
                .startsWith(
                        "{\"code\":\"dry_run\",\"error_code\":null,\"peer_ip\":\"100.64.0.2\",\"interface\":\"b0\",");
    }

    @Test
    void several_dry_runs_come_one_after_the_other() throws Exception {
        daemons(
                "{\"code\":null,\"error_code\":\"config_path_error\",\"error_message\":\"no file\"}",
                "{\"code\":\"success\",\"error_code\":null,\"message\":\"Nothing was changed.\"}");
        assertThat(upgrade("bob", "carol", "--dry-run")).isEqualTo(3);
        assertThat(out.toString().lines()).endsWith("Nothing was changed.", "Would fail: bob (1 of 2)");
        assertThat(requests).hasSize(2).allMatch(request -> request.startsWith("{\"code\":\"dry_run\""));
    }

    @Test
    void all_are_those_with_a_file_and_without_a_tunnel() throws Exception {
        Path files = Files.createDirectory(folder.resolve("etc"));
        Path states = Files.createDirectory(folder.resolve("control"));
        for (String name : List.of("bob.conf", "carol.conf", "not a peer.conf", "notes.txt")) {
            Files.createFile(files.resolve(name));
        }
        Files.createFile(states.resolve("tunnel-carol.json"));
        daemons("{\"code\":\"success\",\"error_code\":null,\"message\":\"done\"}");
        assertThat(upgrade("--all")).isZero();
        assertThat(out.toString().lines().filter(line -> line.startsWith("Checking peer")))
                .containsExactly("Checking peer 'bob' is correct. This might take some minutes...");
        Files.createFile(states.resolve("tunnel-bob.json"));
        assertThat(upgrade("--all")).isZero();
        assertThat(out.toString()).contains("There is nothing to do");
        assertThat(requests).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "'', name a PEER",
        "--all bob, name none",
        "bob carol -i b0, for one PEER",
        "--all -i b0, for one PEER",
    })
    void a_request_that_cannot_be_meant_is_refused(String words, String why) {
        assertThat(upgrade(words.isEmpty() ? new String[0] : words.split(" "))).isEqualTo(2);
        assertThat(err.toString()).startsWith("Error: ").contains(why);
    }
}
