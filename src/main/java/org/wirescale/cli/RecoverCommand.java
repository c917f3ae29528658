package org.wirescale.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.wirescale.model.ExitCode;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.IpAddress;
import org.wirescale.model.WirescaleException;
import org.wirescale.os.Systemd;
import org.wirescale.protocol.LocalReply;
import org.wirescale.protocol.LocalRequest;
import org.wirescale.tunnel.AutoremoveUnitChange;
import org.wirescale.tunnel.Tunnel;
import org.wirescale.tunnel.WireGuard;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code wirescale recover}: what the unit that watches a tunnel calls when nothing is received any more. Beside the usual exit codes,
 * {@link ExitCode#OFFLINE} tells it that this machine itself is cut off.
 */
@Command(
        name = "recover",
        hidden = true,
        header = "Bring a tunnel back whose path has died. Called by its autoremove unit; needs root.")
final class RecoverCommand extends CommonOptions implements Callable<Integer> {
    @Parameters(paramLabel = "INTERFACE", description = "The tunnel's interface.")
    @SuppressWarnings("NullAway.Init")
    private InterfaceName iface;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    private final Surroundings surroundings;

    RecoverCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        chooseVerbosity();
        surroundings.requireRoot("recover");
        LocalRequest request = request();
        PrintWriter out = spec.commandLine().getOut();
        try (LocalClient client = LocalClient.connect(surroundings.folders().socket())) {
            return show(client.ask(request, out::println), out);
        }
    }

    private LocalRequest request() {
        Tunnel tunnel = Tunnel.load(surroundings.folders(), iface)
                .orElseThrow(() -> WirescaleException.of(CliReason.NO_TUNNEL, "interface", iface, "others", ""));
        String unit = AutoremoveUnitChange.unit(iface);
        if (!tunnel.hasItsLink() || !Systemd.unit(unit).isRunning()) {
            throw WirescaleException.of(CliReason.NOT_WATCHED, "interface", iface, "unit", unit);
        }
        IpAddress address = tunnel.state().header().peer().addresses().stream()
                .min(IpAddress::compareTo)
                .orElseThrow(() -> WirescaleException.of(
                        CliReason.NO_ADDRESS,
                        "peer",
                        tunnel.state().header().peer().name()));
        long handshake = WireGuard.show(iface)
                .flatMap(status -> status.peer(tunnel.state().header().peerKey()))
                .map(WireGuard.PeerStatus::latestHandshake)
                .orElse(0L);
        return new LocalRequest.Recover(
                address, iface, Math.max(handshake, tunnel.state().lastHandshake()));
    }

    private int show(LocalReply last, PrintWriter out) {
        return switch (last) {
            case LocalReply.Info _ -> throw new IllegalStateException("the last answer is never an info");
            case LocalReply.Success(String message) -> {
                out.println(message);
                yield ExitCode.DONE.number();
            }
            case LocalReply.Failure failure -> failed(failure, out).number();
        };
    }

    private ExitCode failed(LocalReply.Failure failure, PrintWriter out) {
        ExitCode code = failure.errorCode().exitCode();
        if (code == ExitCode.HANDSHAKE_MOVED) {
            // That there is nothing to recover is no error.
            out.println(failure.message());
            return code;
        }
        if (code == ExitCode.TRY_LATER && !surroundings.peers().isOnline()) {
            out.println(failure.message());
            out.println("Tailscale is offline on this machine");
            return ExitCode.OFFLINE;
        }
        spec.commandLine().getErr().println("Error: " + failure.message());
        return code;
    }
}
