package org.wirescale.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.IpNetwork;
import org.wirescale.model.WirescaleException;

/** What keeps two tunnels from being up at once. Only warned of: who never wants both loses nothing. */
public final class BetweenFiles {
    private final Map<String, Path> first = new HashMap<>();

    private BetweenFiles() {}

    /** The same checks with a warning in each file that has what one before it has. */
    public static List<FileCheck> compare(List<FileCheck> checks) {
        BetweenFiles between = new BetweenFiles();
        List<FileCheck> compared = new ArrayList<>();
        for (FileCheck check : checks) {
            compared.add(check.file()
                    .map(file -> check.withWarnings(between.warnings(file)))
                    .orElse(check));
        }
        return List.copyOf(compared);
    }

    private List<Warning> warnings(PeerFile file) {
        List<Warning> warnings = new ArrayList<>();
        wantedName(file)
                .ifPresent(name -> other("interface " + name, file)
                        .map(
                                other -> "names its interface '" + name + "' as " + other
                                        + " does, so that only one of the two tunnels can be up: give one another 'interface', or 'suffix = true'")
                        .map(sentence -> Warning.ofFile(file.path(), sentence))
                        .ifPresent(warnings::add));
        for (IpNetwork address : file.iface().addresses()) {
            other("address " + address.address(), file)
                    .map(other -> "has the address " + address.address() + " as " + other
                            + " has: give each tunnel its own, unless both are meant to share it")
                    .map(sentence -> Warning.ofFile(file.path(), sentence))
                    .ifPresent(warnings::add);
        }
        for (IpNetwork network : AllowedIps.routes(file)) {
            other("route " + network + " " + file.iface().table(), file)
                    .map(
                            other -> "has the network " + network + " in 'AllowedIPs' as " + other
                                    + " has, and only one tunnel at a time can have its route: choose smaller ones, or set 'Table = off'")
                    .map(sentence -> Warning.ofFile(file.path(), sentence))
                    .ifPresent(warnings::add);
        }
        return warnings;
    }

    /** Empty where a number behind the name would make another of it. */
    private static Optional<InterfaceName> wantedName(PeerFile file) {
        if (file.wirescale().options().suffix().orElse(false)) {
            return Optional.empty();
        }
        try {
            return Optional.of(InterfaceNames.wanted(Optional.empty(), file, PeerFileName.ofFile(file.path())));
        } catch (WirescaleException e) {
            return Optional.empty();
        }
    }

    /** The file that came with it first, when that was another one. */
    private Optional<Path> other(String what, PeerFile file) {
        return Optional.ofNullable(first.putIfAbsent(what, file.path()))
                .filter(path -> !path.equals(file.path()))
                .map(Path::getFileName);
    }
}
