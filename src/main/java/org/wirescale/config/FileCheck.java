package org.wirescale.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.wirescale.model.WirescaleException;

/**
 * All that is to be said about a peer's file.
 *
 * @param file its values, there when nothing is wrong with it
 * @param errors what is wrong, in the file's order
 * @param warnings what is good and perhaps not meant so
 */
public record FileCheck(Path path, Optional<PeerFile> file, List<WirescaleException> errors, List<Warning> warnings) {
    public FileCheck {
        errors = List.copyOf(errors);
        warnings = List.copyOf(warnings);
    }

    static FileCheck refused(Path path, WirescaleException why) {
        return new FileCheck(path, Optional.empty(), List.of(why), List.of());
    }

    /** Of a file's text. Touches no disk: the path is for the messages alone. */
    static FileCheck of(Path path, String text) {
        Problems problems = new Problems();
        Warnings warnings = new Warnings(path);
        ConfigLines lines = ConfigLines.parse(path, text, problems);
        Optional<InterfaceSection> iface = lines.required(SectionName.INTERFACE, problems)
                .map(section -> new InterfaceReader(section, warnings, problems).read());
        Optional<PeerSection> peer = lines.required(SectionName.PEER, problems)
                .map(section -> new PeerReader(section, warnings, problems).read());
        WirescaleSection wirescale = lines.optional(SectionName.WIRESCALE)
                .map(section -> new WirescaleReader(section, problems).read())
                .orElse(WirescaleSection.NONE);
        if (iface.isPresent() && peer.isPresent()) {
            Consistency.check(lines, iface.get(), peer.get(), problems);
        }
        List<WirescaleException> errors = problems.inOrder();
        if (iface.isEmpty() || peer.isEmpty() || !errors.isEmpty()) {
            return new FileCheck(path, Optional.empty(), errors, warnings.inOrder());
        }
        PeerFile file = new PeerFile(path, iface.get(), peer.get(), wirescale, warnings.inOrder());
        return new FileCheck(path, Optional.of(file), errors, file.warnings())
                .withWarnings(Consistency.doubts(lines, file));
    }

    /**
     * The file, if nothing is wrong with it.
     *
     * @throws WirescaleException the first of the errors
     */
    PeerFile require() {
        return file.orElseThrow(errors::getFirst);
    }

    /** The same with these errors before the others. */
    FileCheck withErrors(List<WirescaleException> more) {
        List<WirescaleException> all = new ArrayList<>(more);
        all.addAll(errors);
        return new FileCheck(path, all.isEmpty() ? file : Optional.empty(), all, warnings);
    }

    FileCheck withWarnings(List<Warning> more) {
        List<Warning> all = new ArrayList<>(warnings);
        all.addAll(more);
        return new FileCheck(path, file, errors, all);
    }
}
