package org.wirescale.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wirescale.model.WirescaleException;
import org.wirescale.os.Folders;
import org.wirescale.os.OsReason;
import org.wirescale.tailscale.LocalApi;
import org.wirescale.tailscale.TailscaleReason;

final class DoctorTest {
    @TempDir
    private Path folder;

    private static Finding lookThatThrows(RuntimeException failure) {
        Report report = new Doctor(subject -> {
                    if (subject == Subject.WG) {
                        throw failure;
                    }
                    return Verdict.good("fine");
                })
                .examine();
        assertThat(report.findings()).extracting(Finding::subject).containsExactly(Subject.values());
        assertThat(report.count(State.GOOD)).isEqualTo(Subject.values().length - 1);
        return of(report, Subject.WG);
    }

    private static Finding of(Report report, Subject subject) {
        return report.findings().stream()
                .filter(finding -> finding.subject() == subject)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void what_a_look_refuses_is_broken_and_no_other_line_minds() {
        Finding finding = lookThatThrows(WirescaleException.of(TailscaleReason.LOGGED_OUT));
        assertThat(finding.state()).isEqualTo(State.BROKEN);
        assertThat(finding.verdict().found()).contains("logged out");
    }

    @Test
    void a_look_without_its_program_is_unknown_as_the_programs_own_line_tells() {
        Finding finding =
                lookThatThrows(WirescaleException.of(OsReason.PROGRAM_MISSING, "program", "ip", "hint", "iproute2"));
        assertThat(finding.state()).isEqualTo(State.UNKNOWN);
    }

    @Test
    void a_fault_of_a_look_is_a_line_too() {
        Finding finding = lookThatThrows(new IllegalStateException("oh"));
        assertThat(finding.state()).isEqualTo(State.UNKNOWN);
        assertThat(finding.verdict().found()).contains("please report it", "oh");
    }

    /** No Tailscale, no daemon, none of its folders, and whatever this machine has. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void every_look_ends_in_a_line_on_a_machine_that_has_nothing(boolean root) {
        Report report = new Doctor(
                        new Folders(folder.resolve("etc"), folder.resolve("run")),
                        LocalApi.at(folder.resolve("tailscaled.sock"), Optional.empty()),
                        root,
                        () -> {
                            throw new AssertionError("a daemon that does not run is not asked");
                        })
                .examine();
        assertThat(report.findings()).extracting(Finding::subject).containsExactly(Subject.values());
        assertThat(report.findings())
                .allSatisfy(finding -> assertThat(finding.verdict().found())
                        .isNotBlank()
                        .doesNotContain("this look failed by itself"));
        assertThat(of(report, Subject.TAILSCALED).state()).isEqualTo(State.BROKEN);
        assertThat(of(report, Subject.RUN_FOLDER).state()).isEqualTo(State.BROKEN);
        assertThat(Arrays.asList(report.json(), String.join("", report.lines(true))))
                .allMatch(text -> text.contains("Tailscale is not running"));
    }

    @Test
    void what_is_asked_for_twice_is_found_out_once() {
        AtomicInteger asked = new AtomicInteger();
        Once<Integer> once = new Once<>(asked::incrementAndGet);
        assertThat(once.get() + once.get()).isEqualTo(2);
        Once<Integer> failing = new Once<>(() -> {
            asked.incrementAndGet();
            throw WirescaleException.of(TailscaleReason.STARTING);
        });
        for (int i = 0; i < 2; i++) {
            try {
                assertThat(failing.get()).isNull();
            } catch (WirescaleException e) {
                assertThat(e.reason()).isEqualTo(TailscaleReason.STARTING);
            }
        }
        assertThat(asked).hasValue(2);
    }
}
