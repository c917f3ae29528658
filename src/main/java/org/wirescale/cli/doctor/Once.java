package org.wirescale.cli.doctor;

import java.util.Optional;
import java.util.function.Supplier;
import org.wirescale.model.WirescaleException;

/** What several looks ask for and is found out by the first: a value, or the failure that each of them then meets. */
final class Once<T> implements Supplier<T> {
    private final Supplier<T> source;
    private Optional<T> value = Optional.empty();
    private Optional<WirescaleException> failure = Optional.empty();

    Once(Supplier<T> source) {
        this.source = source;
    }

    /**
     * @throws WirescaleException the same each time
     */
    @Override
    public synchronized T get() {
        if (failure.isPresent()) {
            throw failure.get();
        }
        if (value.isEmpty()) {
            try {
                value = Optional.of(source.get());
            } catch (WirescaleException e) {
                failure = Optional.of(e);
                throw e;
            }
        }
        return value.get();
    }
}
