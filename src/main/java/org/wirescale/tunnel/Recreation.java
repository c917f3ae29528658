package org.wirescale.tunnel;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.IpAddress;
import org.wirescale.model.WirescaleException;
import org.wirescale.os.Folders;
import org.wirescale.os.Systemd;

/**
 * How {@code recreate-<interface>.service} builds a tunnel anew that could not be recovered: under the same names, with the same
 * options, to the same machine.
 *
 * @param peer its address in the tailnet
 * @param remoteInterface what the interface at the other end must be named again
 */
public record Recreation(IpAddress peer, TunnelOptions options, Optional<InterfaceName> remoteInterface) {
    /**
     * @throws WirescaleException where the header names no address of the peer's
     */
    static Recreation of(TunnelHeader header) {
        List<IpAddress> addresses = header.peer().addresses();
        IpAddress peer = addresses.stream()
                .filter(address -> !address.isIpv6())
                .findFirst()
                .or(() -> addresses.stream().findFirst())
                .orElseThrow(() -> WirescaleException.of(
                        TunnelReason.VALUE,
                        "what",
                        "peer's addresses",
                        "text",
                        header.peer().name()));
        return new Recreation(peer, header.options(), header.remoteInterface());
    }

    static Recreation read(StrictJson json) {
        Recreation recreation = new Recreation(
                json.value("peer", IpAddress::parse),
                StateJson.readOptions(json.object("options")),
                json.optional("remote_interface", InterfaceName::parse));
        json.end();
        return recreation;
    }

    void write(ObjectNode json) {
        json.put("peer", peer.toString());
        StateJson.writeOptions(json.putObject("options"), options);
        remoteInterface.ifPresent(name -> json.put("remote_interface", name.text()));
    }

    /** {@code recreate-bob.service}. */
    static String unit(InterfaceName name) {
        return TunnelUnits.unit("recreate", name.text());
    }

    /** There from before the tunnel is taken down until the unit has ended. */
    static Path script(Folders folders, InterfaceName name) {
        return StateFolder.script(folders, name);
    }

    /** The tunnels that are to be built anew, in order; for anybody. One that is being built has its state file again. */
    public static List<InterfaceName> awaited(Folders folders) {
        List<InterfaceName> built = StateFolder.names(folders);
        return StateFolder.withScript(folders).stream()
                .filter(name -> !built.contains(name))
                .toList();
    }

    /** The last arguments of the script that watches the tunnel. */
    List<String> arguments(InterfaceName name) {
        List<String> words = new ArrayList<>(List.of(
                peer.toString(),
                Integer.toString(options.recoverTries()),
                unit(name),
                Integer.toString(options.recreateTries()),
                "--no-suffix",
                "--interface=" + name));
        remoteInterface.ifPresent(remote -> words.add("--remote-interface=" + remote));
        if (options.suffixNumber() > 0) {
            words.add("--suffix-number=" + options.suffixNumber());
        }
        words.add(flag("iptables-accept", options.accept()));
        words.add(flag("iptables-forward", options.forward()));
        words.add(flag("iptables-masquerade", options.masquerade()));
        words.add("--recover-tries=" + options.recoverTries());
        words.add("--recreate-tries=" + options.recreateTries());
        return List.copyOf(words);
    }

    private static String flag(String name, boolean on) {
        return (on ? "--" : "--no-") + name;
    }

    /**
     * Ends the recreation of a tunnel, and one that is about to begin.
     *
     * @return whether there was one
     */
    public static boolean callOff(Folders folders, InterfaceName name) {
        Path script = script(folders, name);
        try {
            if (!Files.deleteIfExists(script)) {
                return false;
            }
        } catch (IOException e) {
            throw WirescaleException.causedBy(
                    e, TunnelReason.FILE_UNWRITABLE, "file", script, "error", SmallFiles.why(e));
        }
        if (UserspaceLinkChange.underSystemd() && !TunnelUnits.runsWithin(unit(name))) {
            Systemd.stop(unit(name));
        }
        return true;
    }
}
