package org.wirescale.os;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.wirescale.os.Systemd.ActiveState;
import org.wirescale.os.Systemd.Unit;

final class SystemdTest {
    @Test
    void units_are_told_apart_by_their_order() {
        assertThat(Systemd.parse("""
                MainPID=4711
                Result=success
                LoadState=loaded
                ActiveState=active

                MainPID=0
                Result=exit-code
                LoadState=loaded
                ActiveState=activating

                MainPID=0
                Result=success
                LoadState=not-found
                ActiveState=inactive
                """, List.of("a.service", "b.service", "c.service")))
                .containsExactly(
                        new Unit("a.service", true, ActiveState.ACTIVE, OptionalLong.of(4711), "success"),
                        new Unit("b.service", true, ActiveState.ACTIVATING, OptionalLong.empty(), "exit-code"),
                        new Unit("c.service", false, ActiveState.INACTIVE, OptionalLong.empty(), "success"));
    }

    @Test
    void what_systemd_does_not_tell_of_is_not_loaded() {
        assertThat(Systemd.parse("ActiveState=tired\n", List.of("a.service", "b.service")))
                .containsExactly(
                        new Unit("a.service", false, ActiveState.OTHER, OptionalLong.empty(), ""),
                        new Unit("b.service", false, ActiveState.OTHER, OptionalLong.empty(), ""));
    }
}
