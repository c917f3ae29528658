package org.wirescale.tailscale;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wirescale.model.Port;

final class HomePortTest {
    @ParameterizedTest
    @ValueSource(strings = {"--port=41641", "-port=41641", "--port 41641", "--state=x --port=41641 --verbose=1"})
    void reads_the_port_as_go_does(String options) {
        assertThat(HomePort.ofCommandLine(List.of(("tailscaled " + options).split(" "))))
                .contains(new Port(41641));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "--port=0", "--port", "--port=", "--port=x", "--portal=41641", "port=41641"})
    void has_none_where_any_port_will_do(String options) {
        assertThat(HomePort.ofCommandLine(List.of(("tailscaled " + options).split(" "))))
                .isEqualTo(Optional.empty());
    }

    @Test
    void does_not_take_the_program_for_an_option() {
        assertThat(HomePort.ofCommandLine(List.of("--port=41641"))).isEmpty();
    }
}
