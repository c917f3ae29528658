package org.wirescale.cli.doctor;

import java.util.Optional;
import org.wirescale.protocol.HostileText;

/**
 * What one look ended in, in one line each.
 *
 * @param found what was seen, harmless to a terminal
 * @param fix what to do; always there for what is broken or warned of
 */
record Verdict(State state, String found, Optional<String> fix) {
    private static final String AS_ROOT = "run it as root, with sudo for example";

    Verdict {
        found = HostileText.clean(found);
        fix = fix.map(HostileText::clean);
        if (fix.isEmpty() && (state == State.WARNING || state == State.BROKEN)) {
            throw new IllegalArgumentException("nothing to do about: " + found);
        }
    }

    static Verdict good(String found) {
        return new Verdict(State.GOOD, found, Optional.empty());
    }

    static Verdict warning(String found, String fix) {
        return new Verdict(State.WARNING, found, Optional.of(fix));
    }

    static Verdict broken(String found, String fix) {
        return new Verdict(State.BROKEN, found, Optional.of(fix));
    }

    /** What hangs on another subject, whose line says what to do. */
    static Verdict unknown(String found) {
        return new Verdict(State.UNKNOWN, found, Optional.empty());
    }

    /** What root alone may see. */
    static Verdict forRoot(String found) {
        return new Verdict(State.UNKNOWN, found, Optional.of(AS_ROOT));
    }
}
