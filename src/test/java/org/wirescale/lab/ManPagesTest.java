package org.wirescale.lab;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The manual pages as they are installed, by the tools of Debian 12 (alice) and 13 (carol). */
@LabTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ManPagesTest {
    private Lab lab;

    @BeforeAll
    void startLab() {
        lab = Lab.up(
                "--hosts",
                "alice,carol",
                "--suite",
                "carol=trixie",
                "--packages",
                "alice=" + Typist.PACKAGES,
                "--packages",
                "carol=" + Typist.PACKAGES,
                "--no-direct");
    }

    @ParameterizedTest
    @CsvSource({
        "alice,1,wirescale",
        "alice,5,wirescale",
        "alice,8,wirescaled",
        "carol,1,wirescale",
        "carol,5,wirescale",
        "carol,8,wirescaled"
    })
    void a_page_is_found_and_no_tool_has_a_complaint(String host, String section, String name) {
        Host machine = lab.host(host);
        String file = machine.sh("man -w " + section + " " + name);
        assertThat(file).isEqualTo("/usr/share/man/man" + section + "/" + name + "." + section + ".gz");
        // As Debian's own checker of packages calls it.
        assertThat(machine.sh("man --warnings -E UTF-8 -l -Tutf8 -Z " + file + " 2>&1 >/dev/null"))
                .isEmpty();
        assertThat(machine.sh("zcat " + file + " | groff -man -ww -z -Tutf8 2>&1"))
                .isEmpty();
        assertThat(machine.exec("bash", "-c", "zcat " + file + " | mandoc -T lint -W style 2>&1")
                        .text())
                .isEmpty();
        assertThat(machine.sh("man " + section + " " + name)).contains("NAME").contains(name + " - ");
    }
}
