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
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.slf4j.helpers.NOP_FallbackServiceProvider;
import org.wirescale.daemon.Daemon;
import org.wirescale.daemon.DaemonOptions;
import org.wirescale.model.ExitCode;
import org.wirescale.model.WirescaleException;
import org.wirescale.os.Folders;
import org.wirescale.protocol.LocalRequest;
import org.wirescale.tailscale.LocalApi;

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
        expect(ExitCode.DONE, surroundings, "--version");
        exitNode(folders);
        expect(ExitCode.DONE, surroundings, "--help");
        expect(ExitCode.DONE, surroundings, "upgrade", "--help");
        expect(ExitCode.DONE, surroundings, "daemon", "--help");
        expect(ExitCode.USAGE, surroundings, "upgrad");
        expect(ExitCode.USAGE, surroundings, "daemon", "--suffix", "stop");
        expect(ExitCode.TRY_LATER, surroundings, "upgrade", "bob");
        try (ServerSocketChannel _ = serve(tailscaled, request -> http(request.startsWith("POST") ? PING : STATUS))) {
            expect(ExitCode.TRY_LATER, surroundings, "upgrade", "bob");
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

    /** What prompts ask for all the time. */
    private static void exitNode(Folders folders) throws IOException {
        StringWriter text = new StringWriter();
        Files.createDirectories(folders.control());
        Files.writeString(folders.control().resolve("exit-node.json"), "{\"interface\":\"bob\",\"phase\":\"up\",");
        int _ = Wirescale.printExitNode(new PrintWriter(text), folders);
        Files.delete(folders.control().resolve("exit-node.json"));
        if (!text.toString().equals("bob" + System.lineSeparator())) {
            throw new IllegalStateException("the exit node is " + text);
        }
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

    private static void expect(ExitCode expected, Surroundings surroundings, String... args) {
        StringWriter text = new StringWriter();
        int code = Wirescale.run(new PrintWriter(text), new PrintWriter(text), surroundings, args);
        System.out.println(String.join(" ", args) + ": " + code + System.lineSeparator() + text);
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
