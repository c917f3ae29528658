package org.wirescale.tunnel;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.wirescale.model.InterfaceName;
import org.wirescale.os.Folders;

/** Where the state files are: {@code tunnel-<interface>.json} in {@code /run/wirescale/control}. */
final class StateFolder {
    private static final String PREFIX = "tunnel-";
    private static final String SUFFIX = ".json";

    private StateFolder() {}

    static Path path(Folders folders, InterfaceName name) {
        return folders.control().resolve(PREFIX + name + SUFFIX);
    }

    /** Every file that is named as a state file, whatever stands for the interface in its name; in order. */
    static List<Path> files(Folders folders) {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(folders.control(), PREFIX + "*" + SUFFIX)) {
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
        String name = String.valueOf(file.getFileName());
        return name.substring(PREFIX.length(), name.length() - SUFFIX.length());
    }

    /** The names that have a file, in order. */
    static List<InterfaceName> names(Folders folders) {
        return files(folders).stream()
                .map(StateFolder::middle)
                .filter(InterfaceName::isValid)
                .map(InterfaceName::parse)
                .sorted()
                .toList();
    }
}
