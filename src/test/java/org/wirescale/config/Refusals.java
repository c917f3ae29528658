package org.wirescale.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.wirescale.model.WirescaleException;

/** Asserting that something is refused for one reason, in a finished sentence. */
final class Refusals {
    private Refusals() {}

    static WirescaleException assertRefused(ThrowingCallable call, ConfigReason reason) {
        WirescaleException refusal = catchThrowableOfType(WirescaleException.class, call);
        assertThat(refusal).as("a refusal").isNotNull();
        assertThat(refusal.reason()).isEqualTo(reason);
        assertThat(refusal.getMessage()).doesNotContain("{").doesNotContain("}");
        assertThat(refusal.peerMessage()).doesNotContain("{").doesNotContain("/etc/");
        return refusal;
    }
}
