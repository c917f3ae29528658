package org.wirescale.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import org.wirescale.cli.status.StatusForm;
import org.wirescale.config.PeerFiles;
import org.wirescale.model.ExitCode;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.Version;
import org.wirescale.model.WirescaleException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** The command {@code wirescale}. */
@Command(
        name = "wirescale",
        header = "Upgrade a Tailscale connection between two machines to a plain WireGuard tunnel.",
        synopsisSubcommandLabel = "COMMAND",
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:Done.",
            "1:Failed.",
            "2:Bad usage, or the interface exists.",
            "3:There is no configuration file for the peer.",
            "4:May be better in a while: the peer is away, busy or only relayed, or a daemon does not answer.",
            "5:The handshake moved on: the tunnel is not dead.",
            "6:Tailscale is offline on this machine."
        },
        versionProvider = Wirescale.VersionText.class)
public final class Wirescale extends CommonOptions implements Runnable {
    /** The commands that change the machine themselves, and tell the journal so. */
    private static final Set<String> LOGGING = Set.of("daemon", "down", "exit-node");

    @Option(
            names = {"-v", "--version"},
            versionHelp = true,
            description = "Show the version and exit.")
    @SuppressWarnings("UnusedVariable") // picocli acts on it by itself
    private boolean version;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    private Wirescale() {}

    public static void main(String[] args) {
        chooseLogging(args);
        System.exit(run(writer(FileDescriptor.out), writer(FileDescriptor.err), Surroundings.ofThisProcess(), args));
    }

    /** Without this the first class that has a logger would load and start logback, for nobody. */
    static void chooseLogging(String... args) {
        if (args.length == 0 || !LOGGING.contains(args[0])) {
            System.setProperty("slf4j.internal.verbosity", "WARN");
            System.setProperty("slf4j.provider", "org.slf4j.helpers.NOP_FallbackServiceProvider");
        }
    }

    /**
     * Runs one command.
     *
     * @return the exit code, see {@link ExitCode}
     */
    static int run(PrintWriter out, PrintWriter err, Surroundings surroundings, String... args) {
        int code;
        try {
            Optional<StatusForm> status = StatusForm.ofPlain(args);
            if (isVersion(args)) {
                code = printVersion(out);
            } else if (status.isPresent()) {
                code = printStatus(out, err, surroundings, status.get());
            } else if (isPeerWords(args)) {
                PeerWords.print(out, surroundings);
                code = ExitCode.DONE.number();
            } else {
                code = commandLine(out, err, surroundings).execute(args);
            }
        } catch (Error e) {
            // A library that does not load, memory that runs out: picocli hands exceptions only to its handler.
            ErrorHandler.trace(e);
            err.println("Error: "
                    + WirescaleException.of(CliReason.INTERNAL, "what", e.toString())
                            .getMessage());
            code = ExitCode.FAILED.number();
        }
        out.flush();
        err.flush();
        return code;
    }

    /** What there is to type: manual pages and completions are made of it. */
    public static CommandSpec model() {
        PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
        return commandLine(nowhere, nowhere, Surroundings.ofThisProcess()).getCommandSpec();
    }

    static CommandLine commandLine(PrintWriter out, PrintWriter err, Surroundings surroundings) {
        ErrorHandler errors = new ErrorHandler(surroundings);
        return new CommandLine(new Wirescale())
                .addSubcommand(new UpgradeCommand(surroundings))
                .addSubcommand(new RecoverCommand(surroundings))
                .addSubcommand(new ExitNodeCommand(surroundings))
                .addSubcommand(new StatusCommand(surroundings))
                .addSubcommand(
                        new CheckCommand(new PeerFiles(surroundings.folders().configuration())))
                .addSubcommand(new DoctorCommand(surroundings))
                .addSubcommand(new DownCommand(surroundings))
                .addSubcommand(new DaemonCommand(surroundings))
                .registerConverter(InterfaceName.class, Wirescale::interfaceName)
                .setOut(out)
                .setErr(err)
                .setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler(errors)
                .setParameterExceptionHandler(errors)
                .setUsageHelpAutoWidth(false);
    }

    private static InterfaceName interfaceName(String text) {
        try {
            return InterfaceName.parse(text);
        } catch (WirescaleException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }

    /** Scripts ask for the version often; it needs no parser. */
    private static boolean isVersion(String... args) {
        return args.length == 1 && (args[0].equals("--version") || args[0].equals("-v"));
    }

    private static boolean isPeerWords(String... args) {
        return args.length == 1 && args[0].equals(PeerWords.COMMAND);
    }

    /** What monitoring asks for every few seconds; the parser takes longer to load than the answer. */
    private static int printStatus(PrintWriter out, PrintWriter err, Surroundings surroundings, StatusForm form) {
        try {
            return surroundings.status(out, err).write(form);
        } catch (RuntimeException e) {
            if (surroundings.variable("WIRESCALE_DEBUG").equals("1")) {
                ErrorHandler.trace(e);
            }
            return ErrorHandler.report(e, err);
        }
    }

    private static int printVersion(PrintWriter out) {
        out.println(VersionText.LINE);
        return ExitCode.DONE.number();
    }

    /** UTF-8 whatever the locale says: what is printed holds more than ASCII. */
    private static PrintWriter writer(FileDescriptor descriptor) {
        return new PrintWriter(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
    }

    static final class VersionText implements CommandLine.IVersionProvider {
        static final String LINE = "wirescale " + Version.text();

        @Override
        public String[] getVersion() {
            return new String[] {LINE};
        }
    }
}
