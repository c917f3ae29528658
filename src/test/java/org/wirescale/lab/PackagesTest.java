package org.wirescale.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What packaging/build made, on machines that have nothing of wirescale: alice with Debian 12, carol with Debian 13, which has Fedora's
 * and Arch's package managers too; bob is their peer.
 */
@LabTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class PackagesTest {
    private static final Path PACKAGES = Path.of("target", "packages").toAbsolutePath();
    /** The next release of the same program. */
    private static final Path LATER = Path.of("target", "packages-later").toAbsolutePath();

    private static final String DEB = "wirescale_amd64.deb";
    private static final String CURL = "cat /root/install.sh | WIRESCALE_DOWNLOADS=file:///root/packages sh";
    /** What an installation or a removal of any package changes, and what is not on a disk. */
    private static final String FILES =
            "find / -xdev \\( -path /proc -o -path /sys -o -path /run -o -path /root -o -path /tmp -o -path /var/log -o -path /var/cache"
                    + " -o -path '/var/lib/dpkg/*' -o -path '/var/lib/apt/*' -o -path '/var/lib/systemd/*' -o -path '/var/lib/rpm/*' -o -path '/var/lib/pacman/*' -o -name '*-' \\) -prune -o -print | sort;"
                    + " cut -d: -f1 /etc/group";

    private static final String REMOVED = """
            apt-get purge -y wirescale
            rm -rf /etc/wirescale /var/lib/wirescale /opt/wirescale /root/clone
            rm -f /etc/systemd/system/wirescaled.* /usr/local/bin/wirescale
            systemctl daemon-reload
            """;

    private Lab lab;
    private Host bob;

    @BeforeAll
    void startLab() throws IOException {
        lab = Lab.up(
                "--hosts",
                "alice,bob,carol",
                "--host",
                "alice=bare",
                "--host",
                "carol=bare",
                "--suite",
                "carol=trixie",
                "--packages",
                "carol=rpm,pacman-package-manager");
        bob = lab.bob();
        for (Host host : List.of(lab.alice(), lab.carol())) {
            Files.createDirectories(host.path("/root/packages"));
            for (String file : List.of(DEB, "wirescale-x86_64.tar.gz", "SHA256SUMS")) {
                Files.copy(PACKAGES.resolve(file), host.path("/root/packages/" + file));
            }
            for (String file : List.of("install.sh", "uninstall.sh")) {
                Files.copy(Path.of(file), host.path("/root/" + file), StandardCopyOption.REPLACE_EXISTING);
            }
            // The same program as a later package.
            host.sh("cd /root && dpkg-deb -R packages/" + DEB
                    + " later && sed -i 's/^Version: .*/Version: 99.0-1/' later/DEBIAN/control"
                    + " && dpkg-deb -Zgzip -z1 -b later later.deb && rm -r later");
        }
    }

    @BeforeEach
    void nothingIsInstalled() {
        bob.reset();
        for (Host host : List.of(lab.alice(), lab.carol())) {
            host.exec("bash", "-c", REMOVED);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"alice", "carol"})
    void a_package_serves_from_its_installation_to_its_purge_and_leaves_nothing(String name) {
        Host host = lab.host(name);
        Set<String> before = files(host);
        host.sh(name.equals("alice") ? "apt-get install -y /root/packages/" + DEB : CURL);
        assertServes(host);
        assertThat(
                        Integer.parseInt(
                                host.sh(
                                        "du -s --apparent-size -BM /usr/lib/wirescale /usr/share/doc/wirescale | awk '{s += $1} END {print s}'")))
                .as("MB installed")
                .isLessThanOrEqualTo(90);
        connect(host);

        Prober prober = host.probe("10.77.0.2");
        update(host, "dpkg -i /root/later.deb");
        Prober.Tally tally = prober.finish();
        assertThat(tally.lost()).as(tally.toString()).isZero();
        assertThat(host.sh("wirescale --version 2>&1")).startsWith("wirescale ");
        Tunnels.assertEnd(host, "bob", "10.77.0.2");
        host.sh("wirescale down bob");
        bob.awaitNoLink(name, Duration.ofSeconds(20));
        connect(host);

        // A removal takes the tunnel down, at both ends, and an installation after it is as the first.
        host.sh("apt-get remove -y wirescale");
        assertThat(host.hasLink("bob")).as("the tunnel").isFalse();
        bob.awaitNoLink(name, Duration.ofSeconds(20));
        assertThat(host.exists("/usr/lib/wirescale")).isFalse();
        assertThat(host.exists("/run/wirescale")).isFalse();
        host.sh("dpkg -i /root/later.deb");
        assertThat(host.sh("systemctl is-active wirescaled.service")).isEqualTo("active");

        // A purge leaves what is the user's.
        host.sh(name.equals("alice") ? "apt-get purge -y wirescale" : "cat /root/uninstall.sh | sh");
        assertThat(host.exists("/etc/wirescale/bob.conf")).isTrue();
        host.sh("rm -r /etc/wirescale");
        assertSame(before, files(host));
    }

    /**
     * By the real rpm and pacman, which run the packages' scripts; what they depend on is there, but by Debian's packages.
     *
     * @param file of both releases
     */
    @ParameterizedTest
    @CsvSource({
        "rpm -U --nodeps, rpm -e --nodeps, wirescale.x86_64.rpm",
        "pacman -Udd --noconfirm, pacman -Rdd --noconfirm, wirescale-x86_64.pkg.tar.zst"
    })
    void another_distributions_package_serves_from_its_installation_to_its_removal(
            String install, String remove, String file) throws IOException {
        Host carol = lab.carol();
        Path folder = carol.path("/root/packages");
        Files.copy(PACKAGES.resolve(file), folder.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        Files.copy(LATER.resolve(file), folder.resolve("later-" + file), StandardCopyOption.REPLACE_EXISTING);
        // What sh is on Arch.
        carol.sh("ln -sf bash /bin/sh");
        Set<String> before = files(carol);
        carol.sh(install + " /root/packages/" + file);
        assertServes(carol);
        connect(carol);

        update(carol, install + " /root/packages/later-" + file);
        assertThat(carol.exists("/usr/lib/wirescale/lib/wirescale.aot"))
                .as("a cache")
                .isTrue();
        Tunnels.assertEnd(carol, "bob", "10.77.0.2");

        carol.sh(remove + " wirescale");
        assertThat(carol.hasLink("bob")).as("the tunnel").isFalse();
        bob.awaitNoLink("carol", Duration.ofSeconds(20));
        assertThat(carol.exists("/run/wirescale")).isFalse();
        assertThat(carol.exists("/etc/wirescale/bob.conf")).isTrue();
        carol.sh("rm -r /etc/wirescale");
        assertSame(before, files(carol));
    }

    @Test
    void a_clone_is_installed_updated_and_taken_away_and_leaves_nothing() {
        Host carol = lab.carol();
        Set<String> before = files(carol);
        carol.sh("mkdir /root/clone");
        String _ = outside(
                "tar -C ../.. -cf - install.sh uninstall.sh packaging systemd docs README.md CHANGELOG.md LICENSE target/dist | tar -C "
                        + carol.path("/root/clone") + " -xf -");
        carol.sh("/root/clone/install.sh");
        assertServes(carol);
        connect(carol);

        update(carol, "/root/clone/install.sh");

        carol.sh("/root/clone/uninstall.sh");
        assertThat(carol.hasLink("bob")).as("the tunnel").isFalse();
        assertThat(carol.sh("/root/clone/uninstall.sh")).contains("not installed");
        carol.sh("rm -r /etc/wirescale");
        assertSame(before, files(carol));
    }

    @Test
    void an_upgrade_does_not_start_a_daemon_that_its_user_has_stopped() {
        Host alice = lab.alice();
        alice.sh("dpkg -i /root/packages/" + DEB);
        alice.sh("systemctl disable --now wirescaled.service wirescaled.socket");
        alice.sh("dpkg -i /root/later.deb");
        assertThat(alice.exec("systemctl", "is-active", "wirescaled.socket", "wirescaled.service")
                        .text())
                .isEqualTo("inactive\ninactive");
        assertThat(alice.exec("systemctl", "is-enabled", "wirescaled.service").text())
                .isEqualTo("disabled");
        // Nobody put anything there.
        alice.sh("apt-get purge -y wirescale");
        assertThat(alice.exists("/etc/wirescale")).isFalse();
    }

    @Test
    void what_is_in_the_way_is_named_and_nothing_is_changed() {
        Host alice = lab.alice();
        Set<String> before = files(alice);
        refused(alice, "echo 0 >>/root/packages/" + DEB + " && " + CURL, "is not what SHA256SUMS says");
        alice.sh("truncate -s -2 /root/packages/" + DEB);
        refused(alice, "cat /root/install.sh | setpriv --reuid=sam sh", "run it as root");
        refused(alice, "cat /root/install.sh | DESTDIR=/x sh", "DESTDIR is for an installation from a clone");
        alice.sh("ln -s /opt/venv/wirescaled.service /etc/systemd/system/");
        refused(alice, "dpkg -i /root/packages/" + DEB, "pipx uninstall wirescale");
        refused(alice, builtClone() + "sh /root/clone/install.sh", "pipx uninstall wirescale");
        alice.sh("rm /etc/systemd/system/wirescaled.service");
        alice.sh("mkdir -p /usr/lib/wirescale/lib && touch /usr/lib/wirescale/lib/from-a-clone");
        refused(alice, "dpkg -i /root/packages/" + DEB, "take that away with uninstall.sh");
        refused(alice, CURL, "take it away with uninstall.sh");
        alice.sh("rm -r /usr/lib/wirescale");
        alice.exec("bash", "-c", "dpkg --purge wirescale; rm -rf /var/lib/wirescale");
        assertSame(before, files(alice));
        alice.sh("dpkg -i /root/packages/" + DEB);
        refused(alice, builtClone() + "sh /root/clone/install.sh", "take it away with 'apt-get remove wirescale'");
    }

    @Test
    void the_archive_runs_from_where_it_was_unpacked() {
        Host carol = lab.carol();
        carol.sh(
                "mkdir /opt/wirescale && tar -C /opt/wirescale --strip-components=1 -xzf /root/packages/wirescale-x86_64.tar.gz");
        assertThat(carol.sh("cd /opt && wirescale/bin/wirescale --version 2>&1"))
                .startsWith("wirescale ");
        refused(carol, "setpriv --reuid=sam /opt/wirescale/bin/wirescale daemon start", "run it as root");
        carol.sh("/opt/wirescale/bin/wirescale daemon start");
        connect(carol);
        carol.sh("wirescale down bob");
        carol.sh("/opt/wirescale/bin/wirescale daemon stop");
        assertThat(carol.exec("systemctl", "is-active", "wirescaled.service").text())
                .isEqualTo("inactive");
        assertThat(carol.exists("/usr/local/bin/wirescale")).isFalse();
        assertThat(carol.exists("/run/systemd/system/wirescaled.service")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {DEB, "wirescale.x86_64.rpm", "wirescale-x86_64.pkg.tar.zst", "wirescale-x86_64.tar.gz"})
    void a_download_is_small(String file) throws IOException {
        assertThat(Files.size(PACKAGES.resolve(file))).isLessThanOrEqualTo(40_000_000);
    }

    /** The archive has no release in its name or its files, and was built for both. */
    @Test
    void two_builds_are_the_same_bytes() throws IOException {
        String archive = "wirescale-x86_64.tar.gz";
        assertThat(Files.mismatch(PACKAGES.resolve(archive), LATER.resolve(archive)))
                .isEqualTo(-1);
    }

    @Test
    void every_format_holds_the_same_files() {
        String debian = listed("dpkg-deb --fsys-tarfile " + DEB + " | bsdtar -tvf -");
        assertThat(debian)
                .contains(
                        "usr/bin/wirescale -> ../lib/wirescale/bin/wirescale", "usr/lib/wirescale/runtime/lib/modules");
        assertThat(listed("bsdtar -tvf wirescale.x86_64.rpm")).isEqualTo(debian);
        assertThat(listed("bsdtar -tvf wirescale-x86_64.pkg.tar.zst")).isEqualTo(debian);
        String scripts = outside("bsdtar -xOf wirescale-x86_64.pkg.tar.zst .INSTALL | tee /dev/stderr | bash -n");
        assertThat(scripts)
                .contains(
                        "function post_install()",
                        "function post_upgrade()",
                        "function pre_remove()",
                        "function post_remove()");
    }

    /** Another daemon, the same tunnel. */
    private static void update(Host host, String script) {
        String link = host.sh("cat /sys/class/net/bob/ifindex");
        String daemon = host.sh("systemctl show -P MainPID wirescaled.service");
        host.sh(script);
        host.awaitServing();
        assertThat(host.sh("systemctl show -P MainPID wirescaled.service")).isNotIn(daemon, "0");
        assertThat(host.sh("cat /sys/class/net/bob/ifindex")).isEqualTo(link);
    }

    private static void assertServes(Host host) {
        assertThat(host.sh("systemctl is-active wirescaled.socket wirescaled.service"))
                .isEqualTo("active\nactive");
        assertThat(host.sh("systemctl is-enabled wirescaled.socket wirescaled.service"))
                .isEqualTo("enabled\nenabled");
        assertThat(host.exists("/usr/lib/wirescale/lib/wirescale.aot"))
                .as("a cache")
                .isTrue();
    }

    private static Set<String> files(Host host) {
        return new LinkedHashSet<>(host.exec("bash", "-c", FILES).lines());
    }

    /** What came and what went, and not the thousands of names that stayed. */
    private static void assertSame(Set<String> before, Set<String> after) {
        assertThat(after.stream().filter(file -> !before.contains(file)))
                .as("new")
                .isEmpty();
        assertThat(before.stream().filter(file -> !after.contains(file)))
                .as("gone")
                .isEmpty();
    }

    /** The main job: a tunnel to bob, and data through it both ways. */
    private void connect(Host host) {
        lab.pair(host, bob, "10.77.0");
        host.upgrade("bob").expect(0);
        Tunnels.assertWhole(host, "bob", "10.77.0.2", bob, host.name(), "10.77.0.1");
    }

    private static void refused(Host host, String script, String why) {
        Result result = host.exec("bash", "-c", script);
        assertThat(result.exitCode()).as(result.toString()).isNotZero();
        assertThat(result.text() + result.errorText()).contains(why);
    }

    /** What install.sh looks for in a clone that was built; it is refused before more of it is needed. */
    private static String builtClone() {
        String scripts = Stream.of("packaging/files.sh", "packaging/steps.sh")
                .map(file -> {
                    try {
                        return "cat >/root/clone/" + file + " <<'END'\n" + Files.readString(Path.of(file)) + "\nEND\n";
                    } catch (IOException e) {
                        throw new java.io.UncheckedIOException(e);
                    }
                })
                .reduce("", String::concat);
        return "mkdir -p /root/clone/packaging /root/clone/target/dist/runtime/bin\n" + scripts
                + "cp /root/install.sh /root/clone/; cp /bin/true /root/clone/target/dist/runtime/bin/java\n";
    }

    /** Mode, path and target of each file that is no folder, and each script. */
    private static String listed(String command) {
        return outside(
                command
                        + " | awk '$1 !~ /^d/ && $9 !~ /^\\.[A-Z]/ {sub(/^\\.?\\//, \"\", $9); if ($1 ~ /^l/) $1 = \"l\"; print $1, $9, $10, $11}' | sort");
    }

    private static String outside(String script) {
        return Run.start(List.of("bash", "-c", "cd " + PACKAGES + " && { " + script + "; } 2>&1"))
                .finish(Duration.ofMinutes(1))
                .expect(0)
                .text();
    }
}
