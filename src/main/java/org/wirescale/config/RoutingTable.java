package org.wirescale.config;

import java.util.Map;
import java.util.Optional;

/** Where the routes of the allowed IPs go, {@code Table} of wg-quick(8). */
public sealed interface RoutingTable {
    /** The main table, default networks as an exit node. */
    record Auto() implements RoutingTable {
        @Override
        public String toString() {
            return "auto";
        }
    }

    /** No routes at all. */
    record Off() implements RoutingTable {
        @Override
        public String toString() {
            return "off";
        }
    }

    /**
     * This table, default networks included.
     *
     * @param id 1 to 4294967295
     */
    record Numbered(long id) implements RoutingTable {
        private static final long MAX = 0xFFFF_FFFFL;
        /** Names that every machine's rt_tables has. */
        private static final Map<String, Long> NAMES = Map.of("default", 253L, "main", 254L, "local", 255L);

        private static final long MAIN = 254;

        public Numbered {
            if (id < 1 || id > MAX) {
                throw new IllegalArgumentException("a routing table has a number from 1 to " + MAX);
            }
        }

        @Override
        public String toString() {
            return Long.toString(id);
        }
    }

    /**
     * Reads {@code auto}, {@code off}, a number as ip(8) reads it (decimal, 0x hexadecimal, 0 octal) or one of the kernel's three
     * names. Table 0 is the main one to the kernel. Other names hang on the machine's rt_tables and are empty here.
     */
    static Optional<RoutingTable> parse(String text) {
        return switch (text) {
            case "", "auto" -> Optional.of(new Auto());
            case "off" -> Optional.of(new Off());
            default -> number(text);
        };
    }

    private static Optional<RoutingTable> number(String text) {
        if (Numbered.NAMES.containsKey(text)) {
            return Optional.of(new Numbered(Numbered.NAMES.get(text)));
        }
        if (!text.matches("[0-9]{1,11}|0[xX][0-9a-fA-F]{1,8}")) {
            return Optional.empty();
        }
        try {
            long id = Long.decode(text);
            return id > Numbered.MAX ? Optional.empty() : Optional.of(new Numbered(id == 0 ? Numbered.MAIN : id));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** Whether the tunnel gets routes. */
    default boolean makesRoutes() {
        return !(this instanceof Off);
    }

    /** Whether those routes also catch packets that no rule of the user's sends there. */
    default boolean isLookedUpByAll() {
        return switch (this) {
            case Auto() -> true;
            case Off() -> false;
            case Numbered(long id) -> Numbered.NAMES.containsValue(id);
        };
    }
}
