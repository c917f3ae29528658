package org.wirescale.tailscale;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.wirescale.model.IpAddress;
import org.wirescale.model.WirescaleException;
import org.wirescale.os.Commands;
import org.wirescale.os.Commands.Command;
import org.wirescale.os.Commands.Result;
import org.wirescale.os.Programs;

/** The same questions asked through the {@code tailscale} command, for a tailscaled whose LocalAPI is not the one we know. */
final class TailscaleCli {
    /** {@code pong from bob (100.64.0.2) via 203.0.113.20:41641 in 3ms}, {@code via DERP(nyc) in}, {@code via peer-relay(…) in}. */
    private static final Pattern PONG =
            Pattern.compile("via (?:DERP\\((?<relay>[^)]*)\\)|peer-relay\\((?<peer>[^)]*)\\)"
                    + "|(?<endpoint>\\S+)) in (?<time>[0-9.]+)(?<unit>ns|µs|us|ms|s)\\b");

    private final String program;

    TailscaleCli(String program) {
        this.program = program;
    }

    boolean isInstalled() {
        return Programs.isInstalled(program);
    }

    TailscaleStatus status(boolean peers, Duration time) {
        // It exits with 1 while Tailscale is stopped, and says so in its JSON all the same.
        Result result = Command.of(program, "status", "--json", "--peers=" + peers)
                .within(time)
                .run();
        if (!result.stdout().stripLeading().startsWith("{")) {
            result.expectOk();
        }
        return TailscaleJson.status(TailscaleJson.tree(bytes(result)));
    }

    Optional<WhoIs> whoIs(IpAddress address, Duration time) {
        Result result = Command.of(program, "whois", "--json", address.toString())
                .within(time)
                .run();
        if (!result.ok() && result.stderr().contains("peer not found")) {
            return Optional.empty();
        }
        return Optional.of(TailscaleJson.whoIs(TailscaleJson.tree(bytes(result.expectOk()))));
    }

    /**
     * @throws WirescaleException with {@link TailscaleReason#NO_ANSWER} when no pong came
     */
    PingResult ping(IpAddress address, Duration time) {
        long seconds = Math.max(1, time.toSeconds());
        Result result = Command.of(program, "ping", "-c", "1", "--timeout", seconds + "s", address.toString())
                .within(time.plusSeconds(2))
                .run();
        // It exits with 1 when the pong was relayed: the line counts.
        return pong(result.stdout())
                .orElseThrow(() -> WirescaleException.of(TailscaleReason.NO_ANSWER, "seconds", seconds));
    }

    static Optional<PingResult> pong(String output) {
        Matcher pong = PONG.matcher(output);
        if (!pong.find()) {
            return Optional.empty();
        }
        double nanos = Double.parseDouble(pong.group("time"))
                * switch (pong.group("unit")) {
                    case "ns" -> 1.0;
                    case "ms" -> 1e6;
                    case "s" -> 1e9;
                    default -> 1e3;
                };
        return Optional.of(new PingResult(
                Optional.ofNullable(pong.group("endpoint")),
                Optional.ofNullable(pong.group("relay")),
                Optional.ofNullable(pong.group("peer")),
                Duration.ofNanos((long) nanos),
                Optional.empty()));
    }

    private static byte[] bytes(Commands.Result result) {
        return result.stdout().getBytes(StandardCharsets.UTF_8);
    }
}
