package org.wirescale.lab;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/** Things that mostly wait, done beside each other. */
final class Parallel {
    private Parallel() {}

    /** Does all, then throws the first failure. */
    static <T> void forEach(Collection<T> items, Consumer<T> action) {
        List<Future<?>> running = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            items.forEach(item -> running.add(threads.submit(() -> action.accept(item))));
        }
        for (Future<?> each : running) {
            try {
                each.get();
            } catch (ExecutionException e) {
                Throwable cause = Optional.ofNullable(e.getCause()).orElse(e);
                throw new AssertionError(cause.getMessage(), cause);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("out of time", e);
            }
        }
    }
}
