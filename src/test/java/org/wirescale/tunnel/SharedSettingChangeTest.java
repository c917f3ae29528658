package org.wirescale.tunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wirescale.model.WirescaleException;
import org.wirescale.testing.NetworkNamespace;
import org.wirescale.tunnel.SharedSettingChange.Purpose;

@Tag("netns")
final class SharedSettingChangeTest {
    private static final String MARK = "net.ipv4.conf.all.src_valid_mark";

    @TempDir
    Path folder;

    private NetworkNamespace host;
    private ChangeContext bob;
    private ChangeContext carol;

    @BeforeEach
    void prepare() throws Exception {
        host = NetworkNamespace.create();
        bob = Contexts.in(folder, "bob");
        carol = Contexts.in(folder, "carol");
        Files.createDirectories(bob.folders().control());
        for (ChangeContext context : List.of(bob, carol)) {
            Files.createFile(StateFolder.path(context.folders(), context.interfaceName()));
        }
        host.exec("sysctl -qw net.ipv4.ip_forward=0");
        host.exec("sysctl -qw net.ipv6.conf.all.forwarding=0");
        host.exec("sysctl -qw " + MARK + "=0");
    }

    @AfterEach
    void remove() {
        host.close();
    }

    private void link(String name) {
        host.ip("link add " + name + " type veth peer name x" + name);
        host.ip("link set " + name + " up");
        host.ip("link set x" + name + " up");
    }

    private String value(String name) {
        return host.exec("sysctl -n " + name).strip();
    }

    /** What the engine does: looks, then applies what is to be done, as it comes back from the state file. */
    private Optional<Change> apply(ChangeContext context, Purpose purpose) throws Exception {
        return host.call(() -> new SharedSettingChange(purpose)
                .prepare(context)
                .map(change -> StateCopy.of(change.apply(context), SharedSettingChange::read)));
    }

    private void undo(ChangeContext context, Optional<Change> change) throws Exception {
        host.run(() -> change.orElseThrow().undo(context, Progress.DONE));
    }

    @Test
    void the_last_user_puts_it_back() throws Exception {
        Optional<Change> first = apply(bob, Purpose.SRC_VALID_MARK);
        Optional<Change> second = apply(carol, Purpose.SRC_VALID_MARK);
        assertThat(value(MARK)).isEqualTo("1");
        undo(bob, first);
        assertThat(value(MARK)).isEqualTo("1");
        undo(bob, first);
        assertThat(value(MARK)).isEqualTo("1");
        undo(carol, second);
        assertThat(value(MARK)).isEqualTo("0");
        assertThat(SettingOwners.path(bob.folders())).doesNotExist();
    }

    @Test
    void what_others_set_before_is_no_change() throws Exception {
        host.exec("sysctl -qw " + MARK + "=1");
        assertThat(apply(bob, Purpose.SRC_VALID_MARK)).isEmpty();
        assertThat(SettingOwners.path(bob.folders())).doesNotExist();
    }

    @Test
    void what_others_set_meanwhile_is_left() throws Exception {
        Optional<Change> change = apply(bob, Purpose.SRC_VALID_MARK);
        host.exec("sysctl -qw " + MARK + "=2");
        assertThat(host.call(() -> change.orElseThrow().isInPlace(bob))).isFalse();
        undo(bob, change);
        assertThat(value(MARK)).isNotEqualTo("0");
    }

    @Test
    void a_user_whose_tunnel_is_gone_is_none() throws Exception {
        apply(carol, Purpose.SRC_VALID_MARK);
        Optional<Change> change = apply(bob, Purpose.SRC_VALID_MARK);
        Files.delete(StateFolder.path(carol.folders(), carol.interfaceName()));
        undo(bob, change);
        assertThat(value(MARK)).isEqualTo("0");
    }

    @Test
    void another_boots_users_are_none() throws Exception {
        apply(carol, Purpose.SRC_VALID_MARK);
        Path file = SettingOwners.path(bob.folders());
        Files.writeString(file, Files.readString(file).replace(BootId.current(), "another"));
        host.exec("sysctl -qw " + MARK + "=0");
        Optional<Change> change = apply(bob, Purpose.SRC_VALID_MARK);
        assertThat(value(MARK)).isEqualTo("1");
        undo(bob, change);
        assertThat(value(MARK)).isEqualTo("0");
    }

    @Test
    void forwarding_stays_on() throws Exception {
        Optional<Change> ipv4 = apply(bob, Purpose.FORWARD_IPV4);
        Optional<Change> ipv6 = apply(bob, Purpose.FORWARD_IPV6);
        assertThat(value("net.ipv4.ip_forward") + value("net.ipv6.conf.all.forwarding"))
                .isEqualTo("11");
        undo(bob, ipv6);
        undo(bob, ipv4);
        assertThat(value("net.ipv4.ip_forward") + value("net.ipv6.conf.all.forwarding"))
                .isEqualTo("11");
    }

    @Test
    void an_interface_that_lives_by_router_advertisements_goes_on_doing_so() throws Exception {
        for (String name : List.of("wan", "user-space", "lan")) {
            link(name);
        }
        host.exec("sysctl -qw net/ipv6/conf/user-space/accept_ra=0");
        host.ip("-6 route add default via fe80::1 dev wan proto ra metric 100");
        host.ip("-6 route add default via fe80::1 dev user-space proto ra metric 200");
        Optional<Change> change = apply(bob, Purpose.FORWARD_IPV6);
        assertThat(change.orElseThrow().describe())
                .isEqualTo("kernel setting net.ipv6.conf.wan.accept_ra=2, net.ipv6.conf.all.forwarding=1");
        assertThat(value("net/ipv6/conf/wan/accept_ra")).isEqualTo("2");
        assertThat(value("net/ipv6/conf/user-space/accept_ra")).isEqualTo("0");
        assertThat(value("net/ipv6/conf/lan/accept_ra")).isEqualTo("1");
        undo(bob, change);
        assertThat(value("net/ipv6/conf/wan/accept_ra")).isEqualTo("2");
    }

    @Test
    void router_advertisements_are_put_back_where_others_turned_forwarding_off() throws Exception {
        link("wan");
        host.ip("-6 route add default via fe80::1 dev wan proto ra metric 100");
        Optional<Change> change = apply(bob, Purpose.FORWARD_IPV6);
        host.exec("sysctl -qw net.ipv6.conf.all.forwarding=0");
        undo(bob, change);
        assertThat(value("net/ipv6/conf/wan/accept_ra")).isEqualTo("1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "kernel/core_pattern",
                "net/ipv6/conf/../accept_ra",
                "net/ipv6/conf/a/b/accept_ra",
                "net/ipv4/ip_forward\n"
            })
    void a_state_file_can_name_no_other_setting(String path) {
        assertThatThrownBy(() -> new Sysctl(path, "1")).isInstanceOf(WirescaleException.class);
    }
}
