package org.wirescale.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TunnelOptionsTest {
    /** What file and command line say, and who wins in each role; empty where a source is silent. */
    @ParameterizedTest
    @CsvSource({
        "     ,      , false, false",
        "true ,      , true , true",
        "     , true , true , true",
        "true , false, true , false",
        "false, true , false, true",
        "false,      , false, false",
    })
    void the_command_line_wins_for_a_client_and_the_file_for_a_server(
            Boolean commandLine, Boolean file, boolean client, boolean server) {
        PartialOptions ofCommandLine = all(Optional.ofNullable(commandLine));
        PartialOptions ofFile = all(Optional.ofNullable(file));
        assertThat(TunnelOptions.forClient(ofCommandLine, ofFile)).satisfies(options -> assertAll(options, client));
        assertThat(TunnelOptions.forServer(ofFile, ofCommandLine)).satisfies(options -> assertAll(options, server));
    }

    @ParameterizedTest
    @CsvSource({
        "   ,   ,  3,  3, 0, 0",
        "  5,   ,  5,  5, 5, 5",
        "   ,  6,  6,  6, 6, 6",
        "  5,  6,  5,  6, 5, 6",
        "  0, -1,  0, -1, 0, -1",
        " -9,  0, -1,  0, -1, 0",
    })
    void tries_follow_the_same_precedence(
            Integer commandLine,
            Integer file,
            int clientRecover,
            int serverRecover,
            int clientRecreate,
            int serverRecreate) {
        PartialOptions ofCommandLine = tries(Optional.ofNullable(commandLine).map(Tries::of));
        PartialOptions ofFile = tries(Optional.ofNullable(file).map(Tries::of));
        TunnelOptions client = TunnelOptions.forClient(ofCommandLine, ofFile);
        TunnelOptions server = TunnelOptions.forServer(ofFile, ofCommandLine);
        assertThat(client.recoverTries()).isEqualTo(Tries.of(clientRecover));
        assertThat(server.recoverTries()).isEqualTo(Tries.of(serverRecover));
        assertThat(client.recreateTries()).isEqualTo(Tries.of(clientRecreate));
        assertThat(server.recreateTries()).isEqualTo(Tries.of(serverRecreate));
    }

    @Test
    void each_option_is_decided_by_itself() {
        PartialOptions file = Texts.withWirescale("iptables-accept = true\nsuffix = true\nrecover-tries = 7")
                .wirescale()
                .options();
        PartialOptions commandLine = new PartialOptions(
                Optional.of(false),
                Optional.of(true),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(Tries.UNLIMITED));
        assertThat(TunnelOptions.forClient(commandLine, file))
                .isEqualTo(new TunnelOptions(false, true, false, true, Tries.of(7), Tries.UNLIMITED));
        assertThat(TunnelOptions.forServer(file, commandLine))
                .isEqualTo(new TunnelOptions(true, true, false, true, Tries.of(7), Tries.UNLIMITED));
    }

    @Test
    void tries_are_counted_down_to_none_and_never_when_without_limit() {
        assertThat(Tries.of(1).remain()).isTrue();
        assertThat(Tries.of(1).afterOne()).isEqualTo(Tries.NONE);
        assertThat(Tries.NONE.remain()).isFalse();
        assertThat(Tries.NONE.afterOne()).isEqualTo(Tries.NONE);
        assertThat(Tries.UNLIMITED.remain()).isTrue();
        assertThat(Tries.UNLIMITED.afterOne()).isEqualTo(Tries.UNLIMITED);
        assertThat(Tries.UNLIMITED.limit()).isEmpty();
        assertThat(Tries.of(4).limit()).hasValue(4);
    }

    private static PartialOptions all(Optional<Boolean> value) {
        return new PartialOptions(value, value, value, value, Optional.empty(), Optional.empty());
    }

    private static PartialOptions tries(Optional<Tries> value) {
        return new PartialOptions(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), value, value);
    }

    private static void assertAll(TunnelOptions options, boolean value) {
        assertThat(options).isEqualTo(new TunnelOptions(value, value, value, value, Tries.of(3), Tries.NONE));
    }
}
