package org.wirescale.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.wirescale.os.Folders;
import org.wirescale.tailscale.FakeLocalApi;
import org.wirescale.tailscale.LocalApi;

@Timeout(30)
final class PeerWordsTest {
    private static final String STATUS = """
            {"Version":"1.102.5","TUN":true,"BackendState":"Running","CurrentTailnet":{"MagicDNSSuffix":"lab.ts.net"},
            "Peer":{
            "a":{"ID":"n1","DNSName":"zoe.lab.ts.net.","TailscaleIPs":["100.64.0.1"],"Online":true},
            "b":{"ID":"n2","DNSName":"carol.lab.ts.net.","TailscaleIPs":["100.64.0.2"],"Online":true},
            "c":{"ID":"n3","DNSName":"bob.lab.ts.net.","TailscaleIPs":["100.64.0.3"],"Online":false},
            "d":{"ID":"n4","DNSName":"bob.other.ts.net.","TailscaleIPs":["100.64.0.4"],"Online":true},
            "e":{"ID":"n5","DNSName":"$(reboot).lab.ts.net.","TailscaleIPs":["100.64.0.5"],"Online":true},
            "f":{"ID":"n6","DNSName":"x`id`\\t\\n;y.lab.ts.net.","HostName":"a;b","TailscaleIPs":["100.64.0.6"],"Online":true},
            "g":{"ID":"n7","DNSName":"-rf.lab.ts.net.","TailscaleIPs":["100.64.0.7"],"Online":true},
            "h":{"ID":"n8","DNSName":"","TailscaleIPs":["100.64.0.8"],"Online":true}}}
            """;

    @TempDir
    private Path folder;

    private List<String> words(LocalApi api) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        Surroundings surroundings = new Surroundings(
                new Folders(folder.resolve("etc"), folder.resolve("run")),
                Map.of(),
                () -> new TailscalePeers(api),
                () -> false);
        int code = Wirescale.run(new PrintWriter(out), new PrintWriter(err), surroundings, "complete-peers");
        assertThat(code).isZero();
        assertThat(err.toString()).isEmpty();
        return out.toString().lines().toList();
    }

    @Test
    void peers_with_a_file_come_first_and_hostile_names_not_at_all() throws IOException {
        Files.createDirectories(folder.resolve("etc"));
        for (String name : List.of("zoe", "bob.other.ts.net", "$(reboot)", "nobody")) {
            Files.createFile(folder.resolve("etc").resolve(name + ".conf"));
        }
        try (FakeLocalApi tailscaled = new FakeLocalApi(
                folder.resolve("socket"), (_, connection) -> connection.send(FakeLocalApi.response(200, STATUS)))) {
            assertThat(words(tailscaled.api()))
                    .containsExactly(
                            "bob.other.ts.net\twith a file",
                            "zoe\twith a file",
                            "bob\twithout a file, offline",
                            "carol\twithout a file");
        }
    }

    @Test
    void peers_are_named_where_there_is_no_folder_of_files() throws IOException {
        try (FakeLocalApi tailscaled = new FakeLocalApi(
                folder.resolve("socket"), (_, connection) -> connection.send(FakeLocalApi.response(200, STATUS)))) {
            assertThat(words(tailscaled.api())).hasSize(4).allMatch(line -> line.contains("\twithout a file"));
        }
    }

    @Test
    void without_tailscaled_there_are_none() {
        assertThat(words(LocalApi.at(folder.resolve("nothing"), Optional.empty())))
                .isEmpty();
    }

    @Test
    void a_tailscaled_that_answers_nonsense_or_nothing_is_not_waited_for() throws Exception {
        try (FakeLocalApi tailscaled = new FakeLocalApi(
                folder.resolve("socket"), (_, connection) -> connection.send(FakeLocalApi.response(200, "{]")))) {
            assertThat(words(tailscaled.api())).isEmpty();
        }
        CountDownLatch end = new CountDownLatch(1);
        try (FakeLocalApi tailscaled = new FakeLocalApi(folder.resolve("silent"), (_, _) -> end.await())) {
            Instant begin = Instant.now();
            assertThat(words(tailscaled.api())).isEmpty();
            assertThat(Duration.between(begin, Instant.now())).isLessThan(Duration.ofSeconds(2));
        } finally {
            end.countDown();
        }
    }
}
