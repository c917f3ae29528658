package org.wirescale.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What looks make of the words of others. */
final class LooksTest {
    private static final Map<String, String> UNIT = Map.of(
            "CapabilityBoundingSet", "cap_net_admin cap_net_raw cap_sys_ptrace",
            "SystemCallFilter", "accept pidfd_getfd pidfd_open read",
            "RestrictAddressFamilies", "AF_INET AF_INET6 AF_NETLINK AF_UNIX",
            "PrivateNetwork", "no",
            "MemoryDenyWriteExecute", "no",
            "RuntimeDirectoryPreserve", "yes",
            "ExecStart", "{ path=/usr/bin/wirescale ; argv[]=/usr/bin/wirescale daemon start ; }",
            "User", "");

    private static UnitRights with(String property, String value) {
        Map<String, String> unit = new HashMap<>(UNIT);
        unit.put(property, value);
        return UnitRights.of(unit);
    }

    @Test
    void the_unit_as_it_came_takes_nothing_away() {
        UnitRights rights = UnitRights.of(UNIT);
        assertThat(rights.fatal()).isEmpty();
        assertThat(rights.lessening()).isEmpty();
        assertThat(rights.whyNoTakeover()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "CapabilityBoundingSet,cap_net_raw cap_sys_ptrace",
        "CapabilityBoundingSet,cap_net_admin cap_net_raw",
        "CapabilityBoundingSet,''",
        "RestrictAddressFamilies,AF_INET AF_INET6 AF_UNIX",
        "RestrictAddressFamilies,~AF_NETLINK",
        "PrivateNetwork,yes",
        "MemoryDenyWriteExecute,yes",
        "RuntimeDirectoryPreserve,no",
        "User,nobody"
    })
    void without_these_it_cannot_work(String property, String value) {
        assertThat(with(property, value).fatal()).isNotEmpty().allMatch(why -> why.startsWith(property + "="));
    }

    @ParameterizedTest
    @CsvSource({
        "SystemCallFilter,accept pidfd_open read",
        "SystemCallFilter,~pidfd_getfd ptrace",
        "SystemCallFilter,read"
    })
    void without_these_tailscaled_is_restarted(String property, String value) {
        UnitRights rights = with(property, value);
        assertThat(rights.fatal()).isEmpty();
        assertThat(rights.lessening()).hasSize(1);
        assertThat(rights.whyNoTakeover())
                .hasValueSatisfying(why -> assertThat(why).contains("pidfd_"));
    }

    @ParameterizedTest
    @CsvSource({"SystemCallFilter,''", "SystemCallFilter,~ptrace", "RestrictAddressFamilies,''", "User,root"})
    void a_list_that_is_empty_or_names_others_takes_nothing_away(String property, String value) {
        UnitRights rights = with(property, value);
        assertThat(rights.fatal()).isEmpty();
        assertThat(rights.lessening()).isEmpty();
    }

    @Test
    void without_raw_sockets_it_works_less_well() {
        UnitRights rights = with("CapabilityBoundingSet", "cap_net_admin cap_sys_ptrace");
        assertThat(rights.fatal()).isEmpty();
        assertThat(rights.lessening()).hasSize(1);
        assertThat(rights.whyNoTakeover()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "5.5.19-generic,true",
        "4.19.0-27-amd64,true",
        "5.6.0,false",
        "5.10.0-28,false",
        "6.1,false",
        "unknown,false"
    })
    void versions_are_numbers(String version, boolean older) {
        assertThat(Platform.isOlder(version, 5, 6)).isEqualTo(older);
    }

    @ParameterizedTest
    @CsvSource({
        "100.64.0.1:41642,100.64.0.1",
        "[::ffff:100.64.0.1]:41642,100.64.0.1",
        "[fd7a:115c:a1e0::1]:41642,fd7a:115c:a1e0::1",
        "*:41642,*"
    })
    void a_listeners_address_is_read_as_ss_prints_it(String local, String address) {
        assertThat(Units.address(local)).isEqualTo(address);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ManageForeignRoutes=no", "ManageForeignRoutes=yes\n[Network]\n ManageForeignRoutes=false"})
    void the_last_word_of_networkds_configuration_counts(String settings) {
        assertThat(Neighbours.isOff(settings, "ManageForeignRoutes")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "#ManageForeignRoutes=no", "ManageForeignRoutes=no\nManageForeignRoutes=yes"})
    void otherwise_networkd_takes_away_what_it_does_not_know(String settings) {
        assertThat(Neighbours.isOff(settings, "ManageForeignRoutes")).isFalse();
    }
}
