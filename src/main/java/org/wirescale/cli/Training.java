package org.wirescale.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Map;
import org.wirescale.os.Folders;

/**
 * What the package build runs once, so that the AOT cache holds what users' commands load: the commands as they are typed, against
 * folders in which nothing is. Never run by the product.
 */
final class Training {
    private Training() {}

    /**
     * @param args a folder to work in
     */
    public static void main(String[] args) {
        Path folder = Path.of(args[0]);
        Surroundings surroundings =
                new Surroundings(new Folders(folder.resolve("etc"), folder.resolve("run")), Map.of());
        for (String line :
                new String[] {"--version", "--help", "daemon --help", "daemon --suffix stop", "upgrade --help", "upgrad"
                }) {
            run(surroundings, line.split(" "));
        }
    }

    private static void run(Surroundings surroundings, String... args) {
        StringWriter text = new StringWriter();
        int code = Wirescale.run(new PrintWriter(text), new PrintWriter(text), surroundings, args);
        System.out.println(String.join(" ", args) + ": " + code + System.lineSeparator() + text);
    }
}
