package org.wirescale.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wirescale.model.Reason;
import org.wirescale.model.WirescaleException;

final class FileCheckTest {
    private static final Path CAROL = Path.of("/etc/wirescale/carol.conf");

    private static FileCheck check(String text) {
        return FileCheck.of(Texts.BOB, text);
    }

    private static List<Reason> reasons(FileCheck check) {
        return check.errors().stream().map(WirescaleException::reason).toList();
    }

    @Test
    void all_errors_come_at_once_in_the_order_of_lines() {
        FileCheck check = check("""
                Address = 192.168.3.1
                [Interface]
                Address = 192.168.3.256
                MTU = many
                MTU = 1400
                PostUp
                [Peer]
                AllowedIPs = 192.168.3.0/24
                PublicKey = abc
                [Nonsense]
                what = ever
                [Wirescale]
                suffix = maybe
                recover-tries = 1.5
                """);
        assertThat(check.errors())
                .extracting(error -> error.detail("line") + " " + error.reason().name() + " " + error.detail("key"))
                .containsExactly(
                        "1 OUTSIDE_SECTION Address",
                        "3 ADDRESS Address",
                        "4 MTU MTU",
                        "5 REPEATED_KEY MTU",
                        "6 NO_KEY_AND_VALUE ",
                        "9 KEY PublicKey",
                        "10 UNKNOWN_SECTION ",
                        "13 BOOLEAN suffix",
                        "14 TRIES recover-tries");
        assertThat(check.file()).isEmpty();
    }

    @Test
    void what_is_missing_comes_behind_and_only_where_nothing_else_was_said_of_it() {
        assertThat(reasons(check("[Interface]\nMTU = x\n")))
                .containsExactly(ConfigReason.MTU, ConfigReason.MISSING_KEY, ConfigReason.MISSING_SECTION);
        assertThat(reasons(check("[Interface]\nAddress = x\n[Peer]\nallowedips = x\n")))
                .containsExactly(ConfigReason.ADDRESS, ConfigReason.NETWORK);
    }

    @Test
    void a_second_section_is_read_with_the_first() {
        assertThat(reasons(check("[Interface]\n[Peer]\nAllowedIPs = ::/0\n[Interface]\nAddress = fd00::1\nMTU = x\n")))
                .containsExactly(ConfigReason.REPEATED_SECTION, ConfigReason.MTU);
    }

    @Test
    void a_file_with_several_errors_is_refused_for_the_first() {
        WirescaleException refusal =
                Refusals.assertRefused(() -> Texts.parse("[Interface]\nMTU = x\nTable = x\n"), ConfigReason.MTU);
        assertThat(refusal.detail("line")).isEqualTo("2");
    }

    @Test
    void warnings_have_line_and_key() {
        FileCheck check = check(Texts.MINIMAL.replace("[Peer]\n", "[Peer]\nEndpoint = 203.0.113.7:1\n"));
        assertThat(check.warnings()).singleElement().satisfies(warning -> {
            assertThat(warning.line()).hasValue(5);
            assertThat(warning.key()).contains("Endpoint");
            assertThat(warning)
                    .hasToString("/etc/wirescale/bob.conf, line 5: 'Endpoint' is replaced by the endpoint"
                            + " that tailscale finds: remove the line");
        });
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "192.168.3.1, 192.168.3.0/24, '', -",
                "'192.168.3.1, fd00::1', '192.168.3.0/24, fd00::/64', '', -",
                "'192.168.3.1, fd00::1', 192.168.3.0/24, '', line 2: 'Address' has IPv6",
                "'fd00::1', '192.168.3.0/24, fd00::/64', '', line 4: 'AllowedIPs' has IPv4",
                "192.168.3.1, '0.0.0.0/0, ::/0', '', -",
                "192.168.3.1, 192.168.3.0/24, 'iptables-masquerade = true', line 6: 'iptables-masquerade' has nothing to do",
                "192.168.3.1, 192.168.3.0/24, 'iptables-masquerade = no', -",
                "192.168.3.1, 192.168.3.0/24, 'iptables-masquerade = on\niptables-forward = on', -"
            })
    void what_is_seldom_meant_is_warned_of(String address, String networks, String options, String warning) {
        FileCheck check = check("[Interface]\nAddress = " + address + "\n[Peer]\nAllowedIPs = " + networks
                + "\n[Wirescale]\n" + options + "\n");
        assertThat(check.errors()).isEmpty();
        if (warning == null) {
            assertThat(check.warnings()).isEmpty();
        } else {
            assertThat(check.warnings()).singleElement().asString().contains(warning);
        }
        assertThat(check.file().orElseThrow().warnings())
                .as("an upgrade is silent")
                .isEmpty();
    }

    @Test
    void what_two_files_share_is_named_in_the_second() {
        String text = Texts.MINIMAL + "[Wirescale]\ninterface = one\n";
        List<FileCheck> checks =
                BetweenFiles.compare(List.of(FileCheck.of(Texts.BOB, text), FileCheck.of(CAROL, text)));
        assertThat(checks.getFirst().warnings()).isEmpty();
        assertThat(checks.getLast().warnings())
                .hasSize(3)
                .allSatisfy(warning ->
                        assertThat(warning.toString()).startsWith(CAROL + " ").contains(" bob.conf "))
                .satisfiesExactly(
                        name -> assertThat(name.sentence()).contains("interface 'one'"),
                        address -> assertThat(address.sentence()).contains("address 192.168.3.1 "),
                        network -> assertThat(network.sentence()).contains("network 192.168.3.0/24 "));
    }

    @Test
    void a_name_with_a_number_a_table_and_a_broken_file_are_no_matter() {
        String alone =
                "[Interface]\nAddress = 10.0.0.1\nTable = off\n[Peer]\nAllowedIPs = 192.168.3.0/24\n[Wirescale]\ninterface"
                        + " = one\nsuffix = true\n";
        String broken = Texts.MINIMAL + "broken";
        List<FileCheck> checks = BetweenFiles.compare(List.of(
                FileCheck.of(Path.of("/etc/wirescale/alice.conf"), broken),
                FileCheck.of(Texts.BOB, Texts.MINIMAL + "[Wirescale]\ninterface = one\n"),
                FileCheck.of(CAROL, alone)));
        assertThat(checks).allSatisfy(check -> assertThat(check.warnings()).isEmpty());
    }

    @Test
    void one_file_may_name_an_address_or_a_network_twice() {
        String text = Texts.MINIMAL.replace("192.168.3.1", "192.168.3.1, 192.168.3.1/24");
        assertThat(BetweenFiles.compare(List.of(FileCheck.of(Texts.BOB, text)))
                        .getFirst()
                        .warnings())
                .isEmpty();
    }
}
