package org.wirescale.tunnel;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.locks.LockSupport;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.WirescaleException;
import org.wirescale.os.Commands;
import org.wirescale.os.Commands.Command;
import org.wirescale.os.OsReason;
import org.wirescale.os.Programs;
import org.wirescale.os.Systemd;

/**
 * WireGuard in user space, for kernels without it: wireguard-go, or what {@code WG_QUICK_USERSPACE_IMPLEMENTATION} names. Under
 * systemd it is a transient unit, {@code wireguard-go-<interface>.service}, so that it outlives the daemon; elsewhere it goes to
 * the background by itself.
 *
 * @param ifindex known once it was made
 */
public record UserspaceLinkChange(InterfaceName name, OptionalInt ifindex) implements MadeLink {
    static final String KIND = "wireguard-go";

    private static final String DEFAULT_PROGRAM = "wireguard-go";

    /** Where wg(8) looks for it. */
    private static final Path SOCKETS = Path.of("/var/run/wireguard");

    private static final Duration READY_WITHIN = Duration.ofSeconds(10);
    private static final Duration LOOK_EVERY = Duration.ofMillis(2);
    private static final Duration ASK_SYSTEMD_EVERY = Duration.ofMillis(250);

    public UserspaceLinkChange(InterfaceName name) {
        this(name, OptionalInt.empty());
    }

    static UserspaceLinkChange read(StrictJson json) {
        return new UserspaceLinkChange(json.value("name", InterfaceName::parse), LinkChange.readIfindex(json));
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public String describe() {
        return "WireGuard link " + name + " by wireguard-go";
    }

    @Override
    public void write(ObjectNode json) {
        json.put("name", name.text());
        ifindex.ifPresent(number -> json.put("ifindex", number));
    }

    /**
     * @throws WirescaleException with {@link TunnelReason#LINK_EXISTS}
     */
    @Override
    public Optional<Change> prepare(ChangeContext context) {
        LinkChange.refuseExisting(name);
        return Optional.of(this);
    }

    @Override
    public Change apply(ChangeContext context) {
        String program = program();
        if (underSystemd()) {
            // Exec: a program that cannot be started is an error of this command.
            List<String> options =
                    List.of("--property=Type=exec", "--property=KillMode=mixed", "--property=TimeoutStopSec=5");
            List<String> command = List.of(program, "--foreground", name.text());
            Command.of(TunnelUnits.run(unit(), "WireGuard of the Wirescale tunnel " + name, "", options, command))
                    .run()
                    .expectOk();
        } else {
            Commands.output(program, name.text());
        }
        awaitReady(program);
        int made = Link.find(name.text())
                .orElseThrow(() -> WirescaleException.of(TunnelReason.LINK_GONE, "interface", name))
                .ifindex();
        return new UserspaceLinkChange(name, OptionalInt.of(made));
    }

    @Override
    public void undo(ChangeContext context, Progress progress) {
        try {
            if (underSystemd()) {
                // Takes the link along. The unit's name is ours alone, whoever has an interface of that name now.
                Systemd.stop(unit());
            }
        } finally {
            if (Link.isOurs(name, ifindex, context.publicKey())) {
                LinkChange.delete(name);
            }
        }
    }

    @Override
    public boolean isInPlace(ChangeContext context) {
        return Link.isOurs(name, ifindex, context.publicKey());
    }

    /** The interfaces whose units there are. */
    static List<InterfaceName> interfaces() {
        return Systemd.names(TunnelUnits.unit(KIND, "*")).stream()
                .map(unit -> TunnelUnits.name(KIND, unit))
                .filter(InterfaceName::isValid)
                .map(InterfaceName::parse)
                .toList();
    }

    @Override
    public List<Detail> details(ChangeContext context) {
        return List.of(Detail.open("unit " + unit()));
    }

    String unit() {
        return TunnelUnits.unit(KIND, name.text());
    }

    /**
     * What makes links where the kernel cannot; as wg-quick(8) has it.
     *
     * @throws WirescaleException with {@link OsReason#PROGRAM_MISSING}
     */
    public static String program() {
        String chosen = System.getenv().getOrDefault("WG_QUICK_USERSPACE_IMPLEMENTATION", "");
        String program = chosen.isBlank() ? DEFAULT_PROGRAM : chosen;
        if (!Programs.isInstalled(program)) {
            throw WirescaleException.of(
                    OsReason.PROGRAM_MISSING, "program", program, "hint", Programs.packageOf(program));
        }
        return program;
    }

    /** As sd_booted(3) tells it. */
    static boolean underSystemd() {
        return Files.isDirectory(Path.of("/run/systemd/system"));
    }

    /** It is ready when it answers on its socket, some 20 ms after its start; the file alone can be an older one's. */
    private void awaitReady(String program) {
        UnixDomainSocketAddress socket = UnixDomainSocketAddress.of(SOCKETS.resolve(name + ".sock"));
        long start = System.nanoTime();
        long nextQuestion = ASK_SYSTEMD_EVERY.toNanos();
        while (!answers(socket)) {
            long elapsed = System.nanoTime() - start;
            boolean ended = false;
            if (elapsed > nextQuestion && underSystemd()) {
                nextQuestion = elapsed + ASK_SYSTEMD_EVERY.toNanos();
                ended = !Commands.run("systemctl", "is-active", "--quiet", unit())
                        .ok();
            }
            if (ended
                    || elapsed > READY_WITHIN.toNanos()
                    || Thread.currentThread().isInterrupted()) {
                throw WirescaleException.of(
                        TunnelReason.USERSPACE_NOT_READY,
                        "program",
                        program,
                        "interface",
                        name,
                        "seconds",
                        READY_WITHIN.toSeconds(),
                        "unit",
                        unit());
            }
            LockSupport.parkNanos(LOOK_EVERY.toNanos());
        }
    }

    private static boolean answers(UnixDomainSocketAddress socket) {
        try (SocketChannel channel = SocketChannel.open(socket)) {
            return channel.isConnected();
        } catch (IOException e) {
            return false;
        }
    }
}
