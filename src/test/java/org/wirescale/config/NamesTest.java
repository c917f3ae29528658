package org.wirescale.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.wirescale.model.ErrorCode;
import org.wirescale.model.InterfaceName;

final class NamesTest {
    @ParameterizedTest
    @CsvSource({
        "bob.lab.ts.net.,lab.ts.net,bob",
        "bob.lab.ts.net,lab.ts.net.,bob",
        "BOB.Lab.TS.net.,.LAB.ts.net.,bob",
        "bob-1.lab.ts.net.,lab.ts.net,bob-1",
        "bob.other.ts.net.,lab.ts.net,bob.other.ts.net",
        "bob.evillab.ts.net.,lab.ts.net,bob.evillab.ts.net",
        "bob.x.lab.ts.net.,lab.ts.net,bob.x.lab.ts.net",
        "lab.ts.net.,lab.ts.net,lab.ts.net",
        "evillab.ts.net.,lab.ts.net,evillab.ts.net",
        "bob,'',bob",
        "bob.,'',bob",
        "bob.lab.ts.net.,'',bob.lab.ts.net",
        "BIT.other.ts.net.,lab.ts.net,bit.other.ts.net",
    })
    void a_peers_file_has_its_short_name_within_our_tailnet_alone(String node, String suffix, String name) {
        assertThat(PeerFileName.of(node, suffix)).hasToString(name);
        assertThat(PeerFileName.of(node, suffix).fileName()).isEqualTo(name + ".conf");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "..",
                "../../etc/passwd",
                "a/b.lab.ts.net.",
                "..lab.ts.net.",
                ".lab.ts.net",
                "bob..lab.ts.net",
                "-bob.lab.ts.net",
                "bob-.lab.ts.net",
                "bo b.lab.ts.net",
                "bob\n.lab.ts.net",
                "bob\0.lab.ts.net",
                "böb.lab.ts.net",
                "\u212Aim.lab.ts.net",
                "a234567890123456789012345678901234567890123456789012345678901234.lab.ts.net"
            })
    void what_is_no_dns_name_has_no_file(String node) {
        assertThat(Refusals.assertRefused(() -> PeerFileName.of(node, "lab.ts.net"), ConfigReason.PEER_NAME))
                .hasMessageMatching("[ -~]*");
    }

    @Test
    void a_name_longer_than_dns_allows_has_no_file() {
        Refusals.assertRefused(() -> PeerFileName.of("a.".repeat(130) + "net", "x"), ConfigReason.PEER_NAME);
    }

    @Test
    void the_command_line_names_the_interface_before_the_file_and_the_peer() {
        PeerFile named = Texts.parse(Texts.COMPLETE);
        PeerFile silent = Texts.parse(Texts.MINIMAL);
        PeerFileName bob = new PeerFileName("bob");
        assertThat(InterfaceNames.wanted(Optional.of(name("wg7")), named, bob)).isEqualTo(name("wg7"));
        assertThat(InterfaceNames.wanted(Optional.empty(), named, bob)).isEqualTo(name("custom_name"));
        assertThat(InterfaceNames.wanted(Optional.empty(), silent, bob)).isEqualTo(name("bob"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bob.other.ts.net", "a-rather-long-host", "all", "lo"})
    void a_peers_name_that_is_no_interface_name_needs_the_key(String peer) {
        PeerFile silent = Texts.parse(Texts.MINIMAL);
        assertThat(Refusals.assertRefused(
                        () -> InterfaceNames.wanted(Optional.empty(), silent, new PeerFileName(peer)),
                        ConfigReason.NO_INTERFACE_NAME))
                .hasMessageContaining("'interface = NAME'")
                .hasMessageContaining("/etc/wirescale/bob.conf")
                .hasMessageContaining(peer);
    }

    @ParameterizedTest
    @CsvSource({
        "bob,'',true,bob,0",
        "bob,'',false,bob,0",
        "bob,bob1,true,bob,0",
        "bob,bob,true,bob1,1",
        "bob,bob bob1 bob3,true,bob2,2",
        "twelve-chars,twelve-chars,true,twelve-chars1,1",
    })
    void a_taken_name_gets_the_first_free_number(
            String wanted, String taken, boolean suffix, String picked, int number) {
        assertThat(InterfaceNames.pick(name(wanted), among(taken), suffix))
                .isEqualTo(new InterfaceNames.Picked(name(picked), number));
    }

    @Test
    void a_taken_name_without_suffix_is_refused_with_the_code_of_usage() {
        assertThat(Refusals.assertRefused(
                                () -> InterfaceNames.pick(name("bob"), among("bob"), false),
                                ConfigReason.INTERFACE_EXISTS)
                        .errorCode())
                .isEqualTo(ErrorCode.INTERFACE_EXISTS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"fifteen-letters", "fourteen-chars"})
    void a_number_never_makes_a_name_longer_than_15_characters(String wanted) {
        assertThat(Refusals.assertRefused(
                                () -> InterfaceNames.pick(name(wanted), taken -> true, true),
                                ConfigReason.NO_SUFFIX_FREE)
                        .errorCode())
                .isEqualTo(ErrorCode.INTERFACE_EXISTS);
    }

    private static InterfaceName name(String text) {
        return InterfaceName.parse(text);
    }

    private static Predicate<InterfaceName> among(String names) {
        Set<String> all = Arrays.stream(names.split(" ")).collect(Collectors.toSet());
        return name -> all.contains(name.text());
    }
}
