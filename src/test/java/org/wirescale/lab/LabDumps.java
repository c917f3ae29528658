package org.wirescale.lab;

import java.nio.file.Path;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.LifecycleMethodExecutionExceptionHandler;

/** Writes down what all hosts look like the moment a test has failed, before anything is cleaned up. */
final class LabDumps implements AfterTestExecutionCallback, LifecycleMethodExecutionExceptionHandler {
    private static final Path FOLDER = Path.of("target", "lab-dumps");

    @Override
    public void afterTestExecution(ExtensionContext context) {
        if (context.getExecutionException().isPresent()) {
            dump(context);
        }
    }

    @Override
    public void handleBeforeAllMethodExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        dump(context);
        throw failure;
    }

    @Override
    public void handleBeforeEachMethodExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        dump(context);
        throw failure;
    }

    private static void dump(ExtensionContext context) {
        String name = context.getRequiredTestClass().getSimpleName() + "." + context.getDisplayName();
        Path folder = FOLDER.resolve(name.replaceAll("[^A-Za-z0-9_.=-]+", "_"));
        Lab.running().forEach(lab -> lab.dump(folder.resolve(lab.name())));
    }
}
