package org.wirescale.cli.status;

import java.util.Optional;

/** What a status is written as. */
public enum StatusForm {
    TABLE,
    WATCH,
    JSON,
    PROMETHEUS;

    /** The form that a command line asks for which needs no parser; empty where it does. */
    public static Optional<StatusForm> ofPlain(String... args) {
        if (args.length == 0 || args.length > 2 || !args[0].equals("status")) {
            return Optional.empty();
        }
        if (args.length == 1) {
            return Optional.of(TABLE);
        }
        return switch (args[1]) {
            case "--watch" -> Optional.of(WATCH);
            case "--json" -> Optional.of(JSON);
            case "--prometheus" -> Optional.of(PROMETHEUS);
            default -> Optional.empty();
        };
    }
}
