package org.wirescale.tunnel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wirescale.tunnel.IptablesRule.Purpose;

/** A fake firewall-cmd keeps one file for each thing that a zone has. */
final class FirewalldChangeTest {
    @TempDir
    Path folder;

    private final ChangeContext context = Contexts.of("bob");
    private Firewalld firewalld;

    @BeforeEach
    void prepare() throws Exception {
        Path program = folder.resolve("firewall-cmd");
        Files.createDirectory(folder.resolve("zones"));
        Files.writeString(program, """
                #!/bin/sh
                cd %s/zones || exit 1
                case $1 in
                --get-default-zone) echo public; exit ;;
                --get-active-zones) printf 'public (default)\\n  interfaces: eth0\\nhome\\n  interfaces: wlan0\\ntrusted\\n  interfaces: x\\n'; exit ;;
                esac
                file=${1#--zone=}.$(echo "${2#--*-}" | tr / _)
                case $2 in
                --query-*) [ -e "$file" ] ;;
                --add-*) touch "$file" ;;
                --remove-*) rm "$file" ;;
                esac
                """.formatted(folder));
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        firewalld = new Firewalld(program.toString());
    }

    private Optional<Change> prepared(Purpose purpose) {
        return new FirewalldChange(purpose, purpose == Purpose.ACCEPT_PORT ? 41641 : 0, List.of())
                .prepare(context, firewalld);
    }

    private FirewalldChange applied(Purpose purpose) {
        FirewalldChange change = (FirewalldChange) prepared(purpose).orElseThrow();
        change.apply(context, firewalld);
        return change;
    }

    private List<String> zones() throws Exception {
        try (Stream<Path> files = Files.list(folder.resolve("zones"))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void the_interface_is_trusted_and_the_port_open_in_every_zone_in_use() throws Exception {
        FirewalldChange port = applied(Purpose.ACCEPT_PORT);
        FirewalldChange itf = applied(Purpose.ACCEPT_INTERFACE);
        assertThat(zones()).containsExactly("home.port=41641_udp", "public.port=41641_udp", "trusted.interface=bob");
        assertThat(StateCopy.of(port, FirewalldChange::read)).isEqualTo(port);
        itf.undo(context, firewalld);
        port.undo(context, firewalld);
        port.undo(context, firewalld);
        assertThat(zones()).isEmpty();
    }

    @Test
    void what_a_zone_had_before_stays() throws Exception {
        Files.createFile(folder.resolve("zones/home.port=41641_udp"));
        FirewalldChange port = applied(Purpose.ACCEPT_PORT);
        assertThat(port.zones()).containsExactly("public");
        port.undo(context, firewalld);
        assertThat(zones()).containsExactly("home.port=41641_udp");
    }

    @Test
    void forwarding_alone_does_not_open_the_machine_to_the_peer() throws Exception {
        assertThat(prepared(Purpose.FORWARD_FROM)).isEmpty();
        assertThat(prepared(Purpose.FORWARD_BACK)).isEmpty();
        assertThat(zones()).isEmpty();
    }
}
