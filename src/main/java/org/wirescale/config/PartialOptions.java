package org.wirescale.config;

import java.util.Optional;

/** The options that one source (a command line, a file) says something about; see {@link TunnelOptions} for each. */
public record PartialOptions(
        Optional<Boolean> accept,
        Optional<Boolean> forward,
        Optional<Boolean> masquerade,
        Optional<Boolean> suffix,
        Optional<Tries> recoverTries,
        Optional<Tries> recreateTries) {
    /** A source that is silent about all of them. */
    public static final PartialOptions NONE = new PartialOptions(
            Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    /** What this source says, and what {@code weaker} says where this one is silent. */
    PartialOptions orElse(PartialOptions weaker) {
        return new PartialOptions(
                accept.or(weaker::accept),
                forward.or(weaker::forward),
                masquerade.or(weaker::masquerade),
                suffix.or(weaker::suffix),
                recoverTries.or(weaker::recoverTries),
                recreateTries.or(weaker::recreateTries));
    }

    TunnelOptions orDefaults() {
        TunnelOptions defaults = TunnelOptions.DEFAULTS;
        return new TunnelOptions(
                accept.orElse(defaults.accept()),
                forward.orElse(defaults.forward()),
                masquerade.orElse(defaults.masquerade()),
                suffix.orElse(defaults.suffix()),
                recoverTries.orElse(defaults.recoverTries()),
                recreateTries.orElse(defaults.recreateTries()));
    }
}
