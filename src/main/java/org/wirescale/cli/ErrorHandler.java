package org.wirescale.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.wirescale.model.ExitCode;
import org.wirescale.model.WirescaleException;
import org.wirescale.os.Commands;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** The one place that makes text and exit code of a failure. A trace goes into the journal, and only when it was asked for. */
final class ErrorHandler implements IExecutionExceptionHandler, IParameterExceptionHandler {
    private final Surroundings surroundings;

    ErrorHandler(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public int handleExecutionException(Exception error, CommandLine command, ParseResult parsed) {
        if (isVerbose(parsed)) {
            trace(error);
        }
        if (error instanceof ParameterException usage) {
            return handleParseException(usage, new String[0]);
        }
        return report(error, command.getErr());
    }

    /**
     * Tells the user.
     *
     * @return the exit code
     */
    static int report(Exception error, PrintWriter err) {
        WirescaleException failure = error instanceof WirescaleException known
                ? known
                : WirescaleException.causedBy(error, CliReason.INTERNAL, "what", describe(error));
        err.println("Error: " + failure.getMessage());
        ExitCode code = failure.reason() instanceof CliReason own
                ? own.exitCode()
                : failure.errorCode().exitCode();
        return code.number();
    }

    @Override
    public int handleParseException(ParameterException error, String[] args) {
        CommandLine command = error.getCommandLine();
        String name = command.getCommandSpec().qualifiedName();
        command.getErr().println("Error: " + error.getMessage() + ". Try '" + name + " --help'");
        return ExitCode.USAGE.number();
    }

    private static String describe(Exception error) {
        String message = error.getMessage();
        return error.getClass().getSimpleName() + (message == null ? "" : " (" + message + ")");
    }

    private boolean isVerbose(ParseResult parsed) {
        return surroundings.variable("WIRESCALE_DEBUG").equals("1")
                || parsed.asCommandLineList().stream()
                        .anyMatch(line -> line.getParseResult().hasMatchedOption("--verbose"));
    }

    /** The JDK cannot write to the journal's socket; its own tool can, and a trace is rare. */
    static void trace(Throwable error) {
        StringWriter text = new StringWriter();
        error.printStackTrace(new PrintWriter(text));
        try {
            Commands.Command.of("systemd-cat", "-t", "wirescale", "-p", "debug")
                    .withStdin(text.toString())
                    .run();
        } catch (WirescaleException e) {
            // Without a journal there is no log to write to, and the user's error must not become another one.
            return;
        }
    }
}
