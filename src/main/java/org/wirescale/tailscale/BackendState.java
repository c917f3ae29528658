package org.wirescale.tailscale;

import java.util.Optional;
import org.wirescale.model.WirescaleException;

/** What tailscaled is doing; the constants of Tailscale's {@code ipn.State}, in its order. */
public enum BackendState {
    NO_STATE("NoState"),
    IN_USE_OTHER_USER("InUseOtherUser"),
    NEEDS_LOGIN("NeedsLogin"),
    NEEDS_MACHINE_AUTH("NeedsMachineAuth"),
    STOPPED("Stopped"),
    STARTING("Starting"),
    RUNNING("Running");

    private final String word;

    BackendState(String word) {
        this.word = word;
    }

    /** The state of that name, as the status has it. */
    static Optional<BackendState> ofWord(String word) {
        for (BackendState state : values()) {
            if (state.word.equals(word)) {
                return Optional.of(state);
            }
        }
        return Optional.empty();
    }

    /** The state of that number, as notifications have it. */
    static Optional<BackendState> ofNumber(int number) {
        return number >= 0 && number < values().length ? Optional.of(values()[number]) : Optional.empty();
    }

    /**
     * @throws WirescaleException that says what to do, unless Tailscale runs
     */
    void requireRunning() {
        switch (this) {
            case RUNNING -> {}
            case NO_STATE, STARTING -> throw WirescaleException.of(TailscaleReason.STARTING);
            case NEEDS_LOGIN, IN_USE_OTHER_USER -> throw WirescaleException.of(TailscaleReason.LOGGED_OUT);
            case NEEDS_MACHINE_AUTH -> throw WirescaleException.of(TailscaleReason.NEEDS_APPROVAL);
            case STOPPED -> throw WirescaleException.of(TailscaleReason.STOPPED);
        }
    }
}
