package org.wirescale.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.wirescale.config.BetweenFiles;
import org.wirescale.config.FileCheck;
import org.wirescale.config.PeerFileName;
import org.wirescale.config.PeerFiles;
import org.wirescale.model.ExitCode;
import org.wirescale.protocol.HostileText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code wirescale check}: reads the peers' files as an upgrade does, and says all that is wrong with them. */
@Command(
        name = "check",
        header = "Look for mistakes in the peers' files. Nothing is changed, and no network is needed.",
        description =
                "A file of an own peer has its short name, bob.conf, another's the full one. Files are root's to read, and so root must ask.")
final class CheckCommand extends CommonOptions implements Callable<Integer> {
    @Parameters(
            paramLabel = "PEER",
            arity = "0..*",
            description =
                    "Whose file to look at, by the peer's short or full name, or the file's. Default: all in /etc/wirescale.")
    private List<String> peers = new ArrayList<>();

    @Option(names = "--json", description = "Print a list with an object a file, for programs.")
    private boolean json;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    private final PeerFiles files;

    CheckCommand(PeerFiles files) {
        this.files = files;
    }

    @Override
    public Integer call() {
        chooseVerbosity();
        List<FileCheck> checks = BetweenFiles.compare(
                peers.isEmpty()
                        ? files.checkAll()
                        : peers.stream()
                                .map(this::name)
                                .distinct()
                                .map(files::check)
                                .toList());
        if (json) {
            spec.commandLine().getOut().println(CheckJson.text(checks));
        } else {
            print(checks);
        }
        boolean good = checks.stream().allMatch(check -> check.errors().isEmpty());
        return (good ? ExitCode.DONE : ExitCode.FAILED).number();
    }

    /** Without Tailscale nobody knows whether a full name is one of this tailnet, whose peers' files have short ones. */
    private PeerFileName name(String peer) {
        String text =
                peer.endsWith(PeerFileName.END) ? peer.substring(0, peer.length() - PeerFileName.END.length()) : peer;
        PeerFileName name = PeerFileName.of(text, "");
        Optional<PeerFileName> brief = name.firstLabel().filter(files::has);
        if (files.has(name) || brief.isEmpty()) {
            return name;
        }
        spec.commandLine()
                .getErr()
                .println("There is no " + name.fileName() + ": looking at "
                        + brief.get().fileName() + ", the file of '" + brief.get() + "' of the own tailnet");
        return brief.get();
    }

    private void print(List<FileCheck> checks) {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        if (checks.isEmpty()) {
            out.println(
                    "There is nothing to check: " + files.folder() + " has no file that ends in " + PeerFileName.END);
        }
        for (FileCheck check : checks) {
            out.println(HostileText.clean(String.valueOf(check.path().getFileName())) + ": " + verdict(check));
            check.errors().forEach(error -> err.println("Error: " + HostileText.clean(error.getMessage())));
            check.warnings().forEach(warning -> err.println("Warning: " + HostileText.clean(warning.toString())));
        }
    }

    private static String verdict(FileCheck check) {
        int errors = check.errors().size();
        int warnings = check.warnings().size();
        return (errors == 0 ? "ok" : count(errors, "error")) + (warnings == 0 ? "" : ", " + count(warnings, "warning"));
    }

    private static String count(int number, String word) {
        return number + " " + word + (number == 1 ? "" : "s");
    }
}
