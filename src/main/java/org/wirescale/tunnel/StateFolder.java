package org.wirescale.tunnel;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.wirescale.model.InterfaceName;
import org.wirescale.os.Folders;

/**
 * Where the state files are, {@code tunnel-<interface>.json} in {@code /run/wirescale/control}, and beside them a script,
 * {@code recreate-<interface>.sh}, for each tunnel that is to be built anew.
 */
final class StateFolder {
    private static final String PREFIX = "tunnel-";
    private static final String SUFFIX = ".json";
    private static final String SCRIPT_PREFIX = "recreate-";
    private static final String SCRIPT_SUFFIX = ".sh";

    private StateFolder() {}

    static Path path(Folders folders, InterfaceName name) {
        return folders.control().resolve(PREFIX + name + SUFFIX);
    }

    static Path script(Folders folders, InterfaceName name) {
        return folders.control().resolve(SCRIPT_PREFIX + name + SCRIPT_SUFFIX);
    }

    /** Every file that is named as a state file, whatever stands for the interface in its name; in order. */
    static List<Path> files(Folders folders) {
        return files(folders.control(), PREFIX, SUFFIX);
    }

    private static List<Path> files(Path folder, String prefix, String suffix) {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, prefix + "*" + suffix)) {
            found.forEach(files::add);
        } catch (IOException e) {
            // No folder yet: no tunnel was ever made since the boot.
            return List.of();
        }
        files.sort(null);
        return List.copyOf(files);
    }

    /** What stands for the interface in the name of one of {@link #files}. */
    static String middle(Path file) {
        return middle(file, PREFIX, SUFFIX);
    }

    private static String middle(Path file, String prefix, String suffix) {
        String name = String.valueOf(file.getFileName());
        return name.substring(prefix.length(), name.length() - suffix.length());
    }

    /** The names that have a file, in order. */
    static List<InterfaceName> names(Folders folders) {
        return names(folders.control(), PREFIX, SUFFIX);
    }

    /** The names that have a script, in order. */
    static List<InterfaceName> withScript(Folders folders) {
        return names(folders.control(), SCRIPT_PREFIX, SCRIPT_SUFFIX);
    }

    /** The interfaces that stand between the two in names of files of that folder, in order; none where there is no such folder. */
    static List<InterfaceName> names(Path folder, String prefix, String suffix) {
        return files(folder, prefix, suffix).stream()
                .map(file -> middle(file, prefix, suffix))
                .filter(InterfaceName::isValid)
                .map(InterfaceName::parse)
                .sorted()
                .toList();
    }
}
