package org.wirescale.config;

import java.util.Optional;
import java.util.OptionalInt;

/** How often something may still be tried: a number, or without limit, which every negative number means. */
public final class Tries {
    public static final Tries NONE = new Tries(0);
    public static final Tries UNLIMITED = new Tries(-1);

    private final int number;

    private Tries(int number) {
        this.number = number;
    }

    public static Tries of(int number) {
        return new Tries(Math.max(number, -1));
    }

    /** Reads an optional sign and decimal digits; empty when the text is anything else or over 2147483647. */
    public static Optional<Tries> parse(String text) {
        if (text.matches("-[0-9]+")) {
            return Optional.of(text.matches("-0+") ? NONE : UNLIMITED);
        }
        try {
            return text.matches("\\+?[0-9]+") ? Optional.of(of(Integer.parseInt(text))) : Optional.empty();
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    public boolean isUnlimited() {
        return number < 0;
    }

    /** Whether there is one left. */
    public boolean remain() {
        return number != 0;
    }

    /** One fewer; never below none, and unlimited stays so. */
    public Tries afterOne() {
        return number > 0 ? new Tries(number - 1) : this;
    }

    /** The number, or empty for without limit. */
    public OptionalInt limit() {
        return isUnlimited() ? OptionalInt.empty() : OptionalInt.of(number);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Tries that && number == that.number;
    }

    @Override
    public int hashCode() {
        return number;
    }

    /** The number as an option takes it, -1 for without limit. */
    @Override
    public String toString() {
        return Integer.toString(number);
    }
}
