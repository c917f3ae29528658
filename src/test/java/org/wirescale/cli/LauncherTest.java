package org.wirescale.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wirescale.exitnode.ExitNodeStatus;
import org.wirescale.os.Folders;

/** {@code packaging/wirescale.sh}, where it answers by itself. */
final class LauncherTest {
    private static final Path LAUNCHER = Path.of("packaging", "wirescale.sh");
    private static final String FILE = "/run/wirescale/control/exit-node.json";

    @TempDir
    private Path root;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"interface\":\"bob\",\"phase\":\"up\",\"since\":1}",
                "{\"interface\":\"a=b+c.d-e_f\",\"phase\":\"up\",",
                "{\"interface\":\"bob\",\"phase\":\"building\",\"since\":1}",
                "{\"interface\":\"\",\"phase\":\"up\",",
                "{\"interface\":\"*\",\"phase\":\"up\",",
                "{\"interface\":\"$(id)\",\"phase\":\"up\",",
                "{\"interface\":\"bob",
                "bob",
                ""
            })
    void the_exit_node_is_the_same_that_the_program_reads(String text) throws Exception {
        Folders folders = new Folders(root.resolve("etc"), root.resolve("run"));
        Path file = Files.createDirectories(folders.control()).resolve("exit-node.json");
        Files.writeString(file, text);
        assertThat(answer(file))
                .isEqualTo(ExitNodeStatus.name(folders).map(name -> name + "\n").orElse(""));
    }

    @Test
    void without_an_exit_node_there_is_no_name() throws Exception {
        assertThat(answer(root.resolve("none"))).isEmpty();
    }

    private String answer(Path file) throws Exception {
        String script = Files.readString(LAUNCHER);
        assertThat(script).contains(FILE);
        Path copy = Files.writeString(root.resolve("wirescale"), script.replace(FILE, file.toString()));
        Process process = new ProcessBuilder("sh", copy.toString(), "exit-node", "--status")
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        return output;
    }
}
