package org.wirescale.lab;

import java.nio.file.Path;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.LifecycleMethodExecutionExceptionHandler;

/** Writes down what the hosts of a class look like the moment a test has failed, and takes its labs down when it has ended. */
final class LabExtension
        implements AfterTestExecutionCallback, AfterAllCallback, LifecycleMethodExecutionExceptionHandler {
    private static final Path FOLDER = Path.of("target", "lab-dumps");

    @Override
    public void afterTestExecution(ExtensionContext context) {
        if (context.getExecutionException().isPresent()) {
            dump(context);
        }
    }

    @Override
    public void afterAll(ExtensionContext context) {
        Lab.ofThisClass().forEach(Lab::close);
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
        Lab.ofThisClass().forEach(lab -> lab.dump(folder.resolve(lab.name())));
    }
}
