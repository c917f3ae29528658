package org.wirescale.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** What a tunnel between two machines has to look like, from both ends; each interface is called after the other machine. */
final class Tunnels {
    private Tunnels() {}

    /** The lines of a successful upgrade behind the uid; {@code way} stands where the port changes hands. */
    static List<String> lines(Host peer, String device, String... way) {
        String named = "peer '" + peer.name() + "' (" + peer.address() + ")";
        return Stream.of(
                        Stream.of(
                                "Enqueueing upgrade request to " + named + "...",
                                "The upgrade request for the " + named + " is the next one in the processing queue",
                                "The upgrade request for the " + named + " has acquired the exclusive semaphore",
                                "Starting to process the upgrade request for the " + named,
                                "Remote " + named + " has enqueued our request",
                                "Remote " + named + " has started to process our upgrade request"),
                        Stream.of(way),
                        Stream.of(
                                "Launching autoremove subprocess. Running as unit: autoremove-" + device + ".service",
                                "Success! Now you have a new working P2P connection through interface '" + device
                                        + "'"))
                .flatMap(part -> part)
                .toList();
    }

    /** What the command prints before it talks to the daemon. */
    static List<String> preamble(Host peer, String asked) {
        return List.of(
                "Checking peer '" + asked + "' is correct. This might take some minutes...",
                "Start checking peer '" + peer.name() + "'",
                "Checking that an endpoint is available for peer '" + peer.name() + "' (" + peer.address() + ")...",
                "Peer '" + peer.name() + "' (" + peer.address() + ") is reachable",
                "Connecting to local UNIX socket...",
                "Connection to local UNIX socket established");
    }

    /** The six characters in front of the daemon's lines. */
    static String uid(Result upgrade) {
        return upgrade.lines().stream()
                .filter(line -> line.matches("[0-9a-f]{6} - .*"))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no line with a uid in " + upgrade))
                .substring(0, 6);
    }

    /** A tunnel that stands at both ends and carries data both ways; 10.77.0.1 is the first's address. */
    static void assertWhole(Host first, Host second) {
        assertWhole(first, second.name(), "10.77.0.2", second, first.name(), "10.77.0.1");
    }

    static void assertWhole(Host first, String device, String there, Host second, String otherDevice, String here) {
        assertEnd(first, device, there);
        assertEnd(second, otherDevice, here);
    }

    static void assertEnd(Host host, String device, String there) {
        host.awaitReaches(device, there);
        assertThat(host.exists("/run/wirescale/" + device + ".conf"))
                .as("the generated file of %s on %s", device, host)
                .isTrue();
        host.awaitUnit("autoremove-" + device);
        if (host.isOurs()) {
            assertThat(host.tunnelState(device))
                    .as("the state file of %s on %s", device, host)
                    .isPresent();
        }
    }

    private static final String LISTEN = """
            import socket, sys
            s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            s.bind((sys.argv[1], 9999))
            print('listening', flush=True)
            while True:
                print(s.recv(100).decode(), flush=True)
            """;

    private static final String SEND = """
            import socket, sys
            for text, mark in ('tailscaled', 0x80000), ('another', 0):
                s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                s.setsockopt(socket.SOL_SOCKET, socket.SO_MARK, mark)
                try:
                    s.sendto(text.encode(), (sys.argv[1], 9999))
                except PermissionError:
                    pass
            """;

    /**
     * tailscaled advertises each address that it sees, a tunnel's among them, and the other end tries it: what it sends must not get
     * through, while what others send does.
     */
    static void assertTailscaleStaysOut(Host from, Host to, String address) {
        Run listener = to.start("python3", "-c", LISTEN, address);
        try {
            listener.awaitLine("listening", Duration.ofSeconds(10));
            from.exec("python3", "-c", SEND, address).expect(0);
            listener.awaitLine("another", Duration.ofSeconds(10));
            assertThat(listener.output()).extracting(Run.Line::text).doesNotContain("tailscaled");
        } finally {
            listener.signal("KILL");
        }
    }
}
