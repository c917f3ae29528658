package org.wirescale.os;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.io.FileDescriptor;
import java.io.FileOutputStream;

/** Sets up the log without a file and its parser. Found by logback as a service of our module. */
@ConfiguratorRank(ConfiguratorRank.CUSTOM_TOP_PRIORITY)
public final class JournalConfigurator extends ContextAwareBase implements Configurator {
    /** Set to {@code true} by {@code --verbose}, before the first logger is asked for. */
    public static final String VERBOSE = "org.wirescale.verbose";

    /** Another socket than the journal's, for the package build: it must not write into the journal of whoever builds. */
    public static final String JOURNAL = "org.wirescale.journal";

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        boolean debug = Boolean.getBoolean(VERBOSE) || "1".equals(System.getenv("WIRESCALE_DEBUG"));
        JournalAppender appender = new JournalAppender(
                System.getProperty(JOURNAL, JournalAppender.SOCKET), new FileOutputStream(FileDescriptor.err), debug);
        appender.setContext(context);
        appender.setName("journal");
        appender.start();
        Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.setLevel(debug ? Level.DEBUG : Level.INFO);
        root.addAppender(appender);
        // It reports with stack traces what the sessions report in words of their own.
        context.getLogger("org.java_websocket").setLevel(Level.OFF);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }
}
