package org.wirescale.tunnel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.IpAddress;

final class AutoremoveUnitChangeTest {
    private static final AutoremoveUnitChange CHANGE = new AutoremoveUnitChange(
            IpAddress.parse("10.77.0.2"),
            true,
            "defe22",
            true,
            new Recreation(
                    IpAddress.parse("100.64.0.2"),
                    new TunnelOptions(true, false, true, true, 4, 3, -1),
                    Optional.of(InterfaceName.parse("alice"))));

    @Test
    void the_unit_is_named_as_the_output_says() {
        assertThat(AutoremoveUnitChange.unit(InterfaceName.parse("bob"))).isEqualTo("autoremove-bob.service");
        assertThat(AutoremoveUnitChange.unit(InterfaceName.parse("a=b-c.d")))
                .isEqualTo("autoremove-a\\x3db-c.d.service");
    }

    @Test
    void the_script_is_told_which_interface_is_meant(@TempDir Path folder) {
        ChangeContext context = Contexts.in(folder, "bob", OptionalInt.of(12));
        assertThat(CHANGE.command(context))
                .startsWith("systemd-run")
                .contains("--unit=autoremove-bob.service", "--property=LogExtraFields=WIRESCALE_UID=defe22")
                .endsWith(
                        "--",
                        "/bin/sh",
                        folder.resolve("run/control/autoremove-bob.sh").toString(),
                        "watch",
                        "bob",
                        "12",
                        BootId.current(),
                        "10.77.0.2",
                        "userspace",
                        "nat",
                        "100.64.0.2",
                        "3",
                        "recreate-bob.service",
                        "-1",
                        "--no-suffix",
                        "--interface=bob",
                        "--remote-interface=alice",
                        "--suffix-number=4",
                        "--iptables-accept",
                        "--no-iptables-forward",
                        "--iptables-masquerade",
                        "--recover-tries=3",
                        "--recreate-tries=-1");
    }

    @Test
    void the_script_lies_beside_the_state_file(@TempDir Path folder) throws Exception {
        ChangeContext context = Contexts.in(folder, "bob");
        Files.createDirectories(context.folders().control());
        AutoremoveUnitChange.writeScript(context);
        assertThat(AutoremoveUnitChange.script(context)).content().startsWith("#!/bin/sh");
        assertThat(AutoremoveUnitChange.script(context).getParent())
                .isEqualTo(StateFolder.path(context.folders(), context.interfaceName())
                        .getParent());
    }

    @Test
    void what_is_not_known_is_not_told_and_the_unit_to_be_is_named_as_systemd_wants() {
        Recreation recreation = new Recreation(
                IpAddress.parse("fd7a::1"), new TunnelOptions(false, true, false, false, 0, 0, 2), Optional.empty());
        assertThat(recreation.arguments(InterfaceName.parse("a=b")))
                .containsExactly(
                        "fd7a::1",
                        "0",
                        "recreate-a\\x3db.service",
                        "2",
                        "--no-suffix",
                        "--interface=a=b",
                        "--no-iptables-accept",
                        "--iptables-forward",
                        "--no-iptables-masquerade",
                        "--recover-tries=0",
                        "--recreate-tries=2");
    }

    @Test
    void a_recreation_is_called_off_by_its_script(@TempDir Path folder) throws Exception {
        ChangeContext context = Contexts.in(folder, "bob");
        Files.createDirectories(context.folders().control());
        assertThat(Recreation.callOff(context.folders(), context.interfaceName()))
                .isFalse();
        Files.createFile(Recreation.script(context.folders(), context.interfaceName()));
        assertThat(Recreation.callOff(context.folders(), context.interfaceName()))
                .isTrue();
        assertThat(Recreation.script(context.folders(), context.interfaceName()))
                .doesNotExist();
    }

    @Test
    void a_process_of_the_unit_is_known_by_its_control_group() {
        String unit = "autoremove-bob.service";
        assertThat(TunnelUnits.isWithin("0::/system.slice/autoremove-bob.service", unit))
                .isTrue();
        assertThat(TunnelUnits.isWithin("1:name=systemd:/system.slice/autoremove-bob.service/x", unit))
                .isTrue();
        assertThat(TunnelUnits.isWithin("0::/system.slice/autoremove-bob2.service", unit))
                .isFalse();
        assertThat(TunnelUnits.isWithin("0::/system.slice/x-autoremove-bob.service", unit))
                .isFalse();
    }

    @Test
    void the_state_file_gives_back_the_same() {
        assertThat(StateCopy.of(CHANGE, AutoremoveUnitChange::read)).isEqualTo(CHANGE);
    }
}
