package org.wirescale.cli.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.wirescale.config.FileCheck;
import org.wirescale.exitnode.ExitNodeStatus;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.WirescaleException;
import org.wirescale.os.Folders;
import org.wirescale.os.Systemd;
import org.wirescale.tunnel.AutoremoveUnitChange;
import org.wirescale.tunnel.Leftovers;
import org.wirescale.tunnel.Phase;
import org.wirescale.tunnel.TunnelStates;
import org.wirescale.tunnel.TunnelSummary;

/** Peers' files, wirescale's own folders, and the tunnels that they tell of. */
final class OwnFiles {
    private static final Path LINKS = Path.of("/sys/class/net");
    /** Bytes; the files of a tunnel take less than a tenth of it. */
    private static final long ROOM = 1 << 20;

    private final Patient patient;

    OwnFiles(Patient patient) {
        this.patient = patient;
    }

    Verdict peerFiles() {
        Path folder = patient.folders().configuration();
        if (!patient.root()) {
            return Verdict.forRoot("root may read the files in " + folder);
        }
        List<FileCheck> files = patient.files();
        List<String> wrong = new ArrayList<>();
        List<String> doubtful = new ArrayList<>();
        for (FileCheck file : files) {
            String name = String.valueOf(file.path().getFileName());
            if (!file.errors().isEmpty()) {
                wrong.add(file.errors().getFirst().getMessage());
            } else if (!file.warnings().isEmpty()) {
                doubtful.add(name + ": " + file.warnings().getFirst());
            }
        }
        if (!wrong.isEmpty()) {
            return Verdict.broken(
                    wrong.size() + " of " + files.size() + " refused: " + String.join("; ", wrong),
                    "'wirescale check' says all that is wrong with them");
        }
        if (!doubtful.isEmpty()) {
            return Verdict.warning(String.join("; ", doubtful), "'wirescale check' says all that is doubtful");
        }
        return Verdict.good(
                files.isEmpty()
                        ? "none yet: a peer's is " + folder.resolve("PEER.conf")
                        : files.size() + " without a mistake");
    }

    Verdict run() {
        Path folder = patient.folders().run();
        if (!Files.isDirectory(folder)) {
            return Verdict.broken(
                    "there is no " + folder, "'systemctl restart " + Patient.SOCKET + " " + Patient.SERVICE + "'");
        }
        Path control = patient.folders().control();
        for (Path path : Files.isDirectory(control) ? List.of(folder, control) : List.of(folder)) {
            if (isWritableByOthers(path)) {
                return Verdict.broken(path + " can be written by others than root", "'chmod go-w " + path + "'");
            }
        }
        return lack(folder)
                .map(lack -> Verdict.broken(
                        lack + ": no tunnel can be made",
                        "'df " + folder + "' and 'mount' show the file system: empty it, or mount it writable"))
                .orElseGet(() -> Verdict.good(folder.toString()));
    }

    Verdict lasting() {
        Path folder = patient.folders().lasting();
        Path there = Files.isDirectory(folder) ? folder : folder.resolveSibling("");
        return lack(there)
                .map(lack -> Verdict.warning(
                        lack + ": --fail-closed=always, and exit nodes with DNS, fail",
                        "'df " + there + "' and 'mount' show the file system: empty it, or mount it writable"))
                .orElseGet(() -> Verdict.good(folder + (there.equals(folder) ? "" : ", once it is needed")));
    }

    private Optional<String> lack(Path folder) {
        try {
            if (Files.getFileStore(folder).getUsableSpace() < ROOM) {
                return Optional.of(folder + " is full");
            }
        } catch (IOException e) {
            return Optional.of(folder + " cannot be looked at");
        }
        return patient.root() && !Files.isWritable(folder)
                ? Optional.of(folder + " cannot be written")
                : Optional.empty();
    }

    private static boolean isWritableByOthers(Path folder) {
        try {
            var permissions = Files.getPosixFilePermissions(folder);
            return permissions.contains(PosixFilePermission.OTHERS_WRITE)
                    || permissions.contains(PosixFilePermission.GROUP_WRITE);
        } catch (IOException e) {
            return false;
        }
    }

    Verdict tunnels() {
        List<InterfaceName> names = TunnelStates.names(patient.folders());
        if (names.isEmpty()) {
            return Verdict.good("none");
        }
        if (!patient.root()) {
            return Verdict.forRoot(names.size() + "; root sees how they are");
        }
        TunnelStates states = TunnelStates.read(patient.folders());
        List<String> wrong = new ArrayList<>();
        List<String> fixes = new ArrayList<>();
        for (WirescaleException unusable : states.unusable()) {
            wrong.add(unusable.getMessage());
            fixes.add("'wirescale down " + unusable.detail("interface") + "'");
        }
        for (TunnelSummary tunnel : states.tunnels()) {
            ailment(tunnel).ifPresent(what -> {
                wrong.add(what);
                fixes.add("'wirescale down " + tunnel.interfaceName() + "' and 'wirescale upgrade " + tunnel.peerName()
                        + "'");
            });
        }
        return wrong.isEmpty()
                ? Verdict.good(states.tunnels().size() + ", each with its link and its watcher")
                : Verdict.warning(String.join("; ", wrong), String.join("; ", fixes));
    }

    /** One that is being made or moved is not looked at. */
    private static Optional<String> ailment(TunnelSummary tunnel) {
        InterfaceName name = tunnel.interfaceName();
        if (tunnel.phase() != Phase.UP) {
            return Optional.empty();
        }
        if (!Files.exists(LINKS.resolve(name.text()))) {
            return Optional.of("the link of the tunnel '" + name + "' is gone");
        }
        String watcher = AutoremoveUnitChange.unit(name);
        return Systemd.unit(watcher).isRunning()
                ? Optional.empty()
                : Optional.of("nothing watches the tunnel '" + name + "': " + watcher + " does not run");
    }

    Verdict leftovers() {
        if (!patient.root()) {
            return Verdict.forRoot("root sees whether something is left of a tunnel");
        }
        List<InterfaceName> names = Leftovers.abandoned(patient.folders());
        return names.isEmpty()
                ? Verdict.good("none")
                : Verdict.warning(
                        "something is left of a tunnel that is not known any more: "
                                + String.join(
                                        ", ",
                                        names.stream().map(InterfaceName::text).toList()),
                        String.join(
                                "; ",
                                names.stream()
                                        .map(name -> "'wirescale down " + name + "'")
                                        .toList()));
    }

    /** One that fails closed outlives its tunnel, and its barrier at boot a boot. */
    Verdict exitNode() {
        Folders folders = patient.folders();
        Optional<String> name = ExitNodeStatus.name(folders);
        boolean hasTunnel = name.isPresent()
                && TunnelStates.names(folders).stream()
                        .anyMatch(tunnel -> tunnel.text().equals(name.get()));
        if (hasTunnel) {
            return Verdict.good("'" + name.get() + "'");
        }
        if (name.isPresent()) {
            return Verdict.warning(
                    "'" + name.get() + "' has no tunnel, and lets nothing out",
                    "make the tunnel again, or 'wirescale exit-node --stop'");
        }
        return ExitNodeStatus.isClosedAtBoot(folders)
                ? Verdict.warning(
                        "none, and --fail-closed=always lets nothing out until there is one",
                        "make the tunnel and 'wirescale exit-node' again, or 'wirescale exit-node --stop'")
                : Verdict.good("none");
    }
}
