package org.wirescale.lab;

import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Traffic of a machine towards the world and its own router's resolver, and what of it that router saw in the clear. */
final class Leaks implements AutoCloseable {
    /** Some sixty packets a second, of three protocols and both families. */
    private static final String TRAFFIC = """
            ping -n -q -i 0.05 198.51.100.1 >/dev/null 2>&1 &
            ping -n -q -6 -i 0.05 2001:db8:face::1 >/dev/null 2>&1 &
            exec 2>/dev/null
            while sleep 0.05; do
              for to in 198.51.100.1/80 2001:db8:face::1/80 198.51.100.1/53 "$@"; do echo x >/dev/udp/$to; done
              timeout 0.05 bash -c 'exec 3<>/dev/tcp/198.51.100.1/80'
            done
            """;

    static final String LAN_RESOLVER = "192.168.10.1/53";

    private final Lab lab;
    private final Host host;
    private final Run traffic;

    private Leaks(Host host, String... alsoTo) {
        this.lab = host.lab();
        this.host = host;
        this.traffic = host.start(Stream.concat(Stream.of("bash", "-c", TRAFFIC, "traffic"), Stream.of(alsoTo))
                .toArray(String[]::new));
    }

    /** Traffic to the world. */
    static Leaks of(Host host) {
        return new Leaks(host);
    }

    /** Traffic to the world and questions to the LAN's resolver. */
    static Leaks withLookups(Host host) {
        return new Leaks(host, LAN_RESOLVER);
    }

    /** Counts from now on. */
    void watch() {
        lab.run("watch", host.name());
    }

    /** What was seen since, a line for each destination and protocol. */
    List<String> seen() {
        return lab.run("seen", host.name()).lines();
    }

    /** The packets of those lines. */
    static int packets(List<String> lines, Predicate<String> which) {
        return lines.stream()
                .filter(which)
                .mapToInt(line -> Integer.parseInt(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    /** Lets traffic flow for so long, in the machine's own time. */
    void flow(Duration time) {
        host.sh("sleep " + time.toMillis() / 1000.0);
    }

    @Override
    public void close() {
        traffic.signal("TERM");
        host.exec("pkill", "-x", "ping");
    }
}
