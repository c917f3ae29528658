package org.wirescale.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.slf4j.helpers.NOP_FallbackServiceProvider;
import org.wirescale.daemon.Daemon;
import org.wirescale.daemon.DaemonOptions;
import org.wirescale.model.ExitCode;
import org.wirescale.model.WirescaleException;
import org.wirescale.os.Folders;
import org.wirescale.os.Systemd;
import org.wirescale.protocol.LocalRequest;
import org.wirescale.tailscale.LocalApi;
import org.wirescale.tunnel.BootId;

/**
 * What an installation runs once, so that the AOT cache holds what users' commands and the daemon load: the commands as they are
 * typed, against a tailscaled and a daemon that know one answer each. Never run by the product.
 */
final class Training {
    private static final String STATUS = """
            {"Version":"1.102.5","TUN":true,"BackendState":"Running","TailscaleIPs":["127.41.64.2"],
            "Self":{"ID":"n1","DNSName":"alice.lab.ts.net.","TailscaleIPs":["127.41.64.2"],"Addrs":["203.0.113.10:41641"],"Online":true},
            "CurrentTailnet":{"MagicDNSSuffix":"lab.ts.net","MagicDNSEnabled":true},
            "Peer":{"k":{"ID":"n2","DNSName":"bob.lab.ts.net.","TailscaleIPs":["100.64.0.2"],"Online":true,"Active":true}}}
            """;
    private static final String PING = """
            {"IP":"100.64.0.2","NodeIP":"100.64.0.2","LatencySeconds":0.001,"Endpoint":"203.0.113.20:41641"}
            """;
    private static final String REPLIES = """
            {"code":"info","error_code":null,"message":"defe22 - Enqueueing upgrade request to peer 'bob' (100.64.0.2)..."}
            {"code":"success","error_code":null,"message":"defe22 - Success!"}
            """;
    private static final String REFUSAL = """
            {"code":null,"error_code":"config_path_error","error_message":"there is no file"}
            """;

    /** A tunnel as a daemon of this version leaves it, as far as it is read of; capitals stand for what differs. */
    private static final String STATE = """
            {"phase":"up"        ,"version":1,"boot":"BOOT","interface":"NAME",
            "public_key":"61OTDx5iNVXwmXiv+aFxdG73d9S7BVtpFKP1SMdo41I=","peer_key":"TrMvSoP4jYQlY6RIzBgbssQqY3vxI2Pi+y71lOWWXX0=",
            "remote_interface":"alice","initiator":true,"session":"defe22","peer_features":["stop"],
            "peer":{"node":"nBob1CNTRL","name":"bob","addresses":["100.64.0.2"]},
            "way":"takeover","ifindex":7,"link":{"port":41641,"endpoint":"203.0.113.20:41641"},"last_handshake":MOMENT,
            "recoveries":{"worked":1,"put_back":0,"last":MOMENT,"last_worked":true},
            "changes":[{"progress":"done","kind":"link","name":"NAME","ifindex":7}]}
            """;

    /** As wg shows links of four tunnels, and systemctl a unit that runs and one that is not there. */
    private static final Map<String, String> PROGRAMS = Map.of("wg", """
            #!/bin/sh
            bytes=92
            for name in alice bob carol dave; do
                printf '%s\\t(none)\\t61OTDx5iNVXwmXiv+aFxdG73d9S7BVtpFKP1SMdo41I=\\t41641\\toff\\n' "$name"
                printf '%s\\tTrMvSoP4jYQlY6RIzBgbssQqY3vxI2Pi+y71lOWWXX0=\\t(none)\\t203.0.113.20:41641\\t192.168.3.0/24,fd00::/64' "$name"
                printf '\\t0\\t%s\\t%s\\t10\\n' "$bytes" "$bytes"
                bytes=${bytes}000
            done
            """, "systemctl", """
            #!/bin/sh
            printf 'MainPID=12\\nResult=success\\nLoadState=loaded\\nActiveState=active\\n\\n'
            printf 'MainPID=0\\nResult=success\\nLoadState=not-found\\nActiveState=inactive\\n'
            """);

    private Training() {}

    /**
     * @param args a folder to work in
     */
    public static void main(String[] args) throws IOException, InterruptedException {
        commands(Path.of(args[0], "command"));
        daemon(Path.of(args[0], "daemon"));
        // As the program itself ends: this loads classes too.
        System.exit(ExitCode.DONE.number());
    }

    private static Folders folders(Path folder) throws IOException {
        Folders folders = new Folders(folder.resolve("etc"), folder.resolve("run"));
        Files.createDirectories(folders.run());
        return folders;
    }

    private static void commands(Path folder) throws IOException {
        // What commands log to; to choose it here would leave the daemon without its own.
        new NOP_FallbackServiceProvider().initialize();
        Folders folders = folders(folder);
        Path tailscaled = folder.resolve("tailscaled.sock");
        Surroundings surroundings = new Surroundings(
                folders, Map.of(), () -> new TailscalePeers(LocalApi.at(tailscaled, Optional.empty())), () -> false);
        // What is not made here as a command makes it is put together anew by each.
        System.out.println("root: " + Surroundings.ofThisProcess().root().getAsBoolean());
        expect(ExitCode.DONE, surroundings, "--version");
        status(folder, folders, surroundings);
        check(folders, surroundings);
        expect(ExitCode.DONE, surroundings, "--help");
        expect(ExitCode.DONE, surroundings, "upgrade", "--help");
        expect(ExitCode.DONE, surroundings, "daemon", "--help");
        expect(ExitCode.USAGE, surroundings, "upgrad");
        expect(ExitCode.USAGE, surroundings, "daemon", "--suffix", "stop");
        expect(ExitCode.TRY_LATER, surroundings, "upgrade", "bob");
        try (ServerSocketChannel _ = serve(tailscaled, request -> http(request.startsWith("POST") ? PING : STATUS))) {
            expect(ExitCode.TRY_LATER, surroundings, "upgrade", "bob");
            expect(ExitCode.DONE, surroundings, "complete-peers");
            try (ServerSocketChannel _ =
                    serve(folders.socket(), request -> request.contains("\"o\"") ? REFUSAL : REPLIES)) {
                expect(ExitCode.DONE, surroundings, "upgrade", "bob");
                expect(
                        ExitCode.DONE,
                        surroundings,
                        "upgrade",
                        "BOB.lab.ts.net.",
                        "-i",
                        "b",
                        "--no-suffix",
                        "--recover-tries=2");
                expect(ExitCode.NO_CONFIGURATION, surroundings, "upgrade", "-i", "o", "100.64.0.2");
            }
        }
    }

    /**
     * What monitoring asks for. Where none of {@link #PROGRAMS} may be run, the real ones see nothing, and the cache lacks what reads
     * their answers.
     */
    private static void status(Path folder, Folders folders, Surroundings anybody) throws IOException {
        expect(ExitCode.DONE, anybody, "status");
        Files.createDirectories(folders.control());
        // A time of each length that is shown in a way of its own.
        Map<String, Duration> ages = Map.of(
                "alice", Duration.ofSeconds(5),
                "bob", Duration.ofMinutes(5),
                "carol", Duration.ofHours(5),
                "dave", Duration.ofDays(5));
        for (Map.Entry<String, Duration> age : ages.entrySet()) {
            String moment = Long.toString(Instant.now().minus(age.getValue()).getEpochSecond());
            Files.writeString(
                    folders.control().resolve("tunnel-" + age.getKey() + ".json"),
                    STATE.replace("BOOT", BootId.current())
                            .replace("NAME", age.getKey())
                            .replace("MOMENT", moment));
        }
        expect(ExitCode.DONE, anybody, "status");
        Path programs = Files.createDirectories(folder.resolveSibling("programs"));
        for (Map.Entry<String, String> program : PROGRAMS.entrySet()) {
            Path file = Files.writeString(programs.resolve(program.getKey()), program.getValue());
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
        }
        Surroundings root = new Surroundings(folders, Map.of(), anybody.tailnet(), () -> true);
        int _ = run(root, "status");
        int _ = run(root, "status", "--json");
        int _ = run(root, "status", "--prometheus");
        int _ = run(root, "status", "--help");
        try {
            // No systemd is there to be asked by the command.
            System.out.println(Systemd.units(List.of("autoremove-alice.service", "autoremove-bob.service")));
        } catch (WirescaleException e) {
            System.out.println(e.getMessage());
        }
        for (String program : PROGRAMS.keySet()) {
            Files.delete(programs.resolve(program));
        }
    }

    /** A file that is refused for the folder that it lies in, wherever this is built, and read all the same. */
    private static void check(Folders folders, Surroundings anybody) throws IOException {
        Files.createDirectories(folders.configuration());
        Files.writeString(folders.configuration().resolve("bob.conf"), """
                [Interface]
                Address = 192.168.3.1
                MTU = many

                [Peer]
                AllowedIPs = 192.168.3.0/24
                Endpoint = 203.0.113.20:41641

                [Wirescale]
                suffix = true
                recover-tries = 2
                """);
        expect(ExitCode.FAILED, anybody, "check");
        expect(ExitCode.FAILED, anybody, "check", "--json", "bob");
    }

    /** The daemon up to its rest, and one request; the exit that follows stops it. */
    private static void daemon(Path folder) throws IOException, InterruptedException {
        Folders folders = folders(folder);
        Path tailscaled = folder.resolve("tailscaled.sock");
        Surroundings nothing = new Surroundings(
                folders,
                Map.of(),
                () -> {
                    throw new IllegalStateException("no peers here");
                },
                () -> true);
        expect(ExitCode.USAGE, nothing, "daemon", "--suffix", "stop");
        // These write into the journal too.
        expect(ExitCode.FAILED, nothing, "down", "bob");
        expect(ExitCode.FAILED, nothing, "exit-node", "bob", "--force");
        serve(tailscaled, request -> http(request.contains("watch-ipn-bus") ? "{\"State\":6}\n" : STATUS));
        LocalApi api = LocalApi.at(tailscaled, Optional.empty());
        Thread.ofPlatform().daemon().start(() -> Daemon.run(DaemonOptions.defaults(), folders, api));
        for (int i = 0; i < 600; i++) {
            try (LocalClient client = LocalClient.connect(folders.socket())) {
                System.out.println(client.ask(new LocalRequest.Status(), System.out::println));
                return;
            } catch (WirescaleException e) {
                Thread.sleep(Duration.ofMillis(50));
            }
        }
        throw new IllegalStateException("the daemon does not serve");
    }

    private static int run(Surroundings surroundings, String... args) {
        StringWriter text = new StringWriter();
        int code = Wirescale.run(new PrintWriter(text), new PrintWriter(text), surroundings, args);
        System.out.println(String.join(" ", args) + ": " + code + System.lineSeparator() + text);
        return code;
    }

    private static void expect(ExitCode expected, Surroundings surroundings, String... args) {
        int code = run(surroundings, args);
        if (code != expected.number()) {
            throw new IllegalStateException(String.join(" ", args) + " ended with " + code);
        }
    }

    private static String http(String body) {
        int length = body.getBytes(StandardCharsets.UTF_8).length;
        return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + length + "\r\n\r\n" + body;
    }

    private static ServerSocketChannel serve(Path path, UnaryOperator<String> answer) throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(path));
        Thread.ofPlatform().daemon().start(() -> {
            try {
                while (true) {
                    answer(server.accept(), answer);
                }
            } catch (AsynchronousCloseException e) {
                System.out.println(path + " is closed");
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        return server;
    }

    private static void answer(SocketChannel client, UnaryOperator<String> answer) throws IOException {
        try (client) {
            ByteBuffer request = ByteBuffer.allocate(4096);
            client.read(request);
            String text = new String(request.array(), 0, request.position(), StandardCharsets.UTF_8);
            client.write(ByteBuffer.wrap(answer.apply(text).getBytes(StandardCharsets.UTF_8)));
        }
    }
}
