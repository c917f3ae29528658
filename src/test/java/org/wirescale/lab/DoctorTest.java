package org.wirescale.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code wirescale doctor} on a good machine, and on one that is broken on purpose in each way that it has a line for. */
@LabTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class DoctorTest {
    private static final ObjectMapper MAPPER = new JsonMapper();
    /** tailscaled and the daemon take some seconds to be seen again. */
    private static final Duration SOON = Duration.ofSeconds(30);

    private Lab lab;
    private Host alice;
    /** How each line is while nothing is broken. */
    private Map<String, String> well = Map.of();

    private Optional<Damages.Damage> damage = Optional.empty();

    @BeforeAll
    void startLab() {
        lab = Lab.up("--hosts", "alice,bob");
        lab.pair();
        alice = lab.alice();
        Damages.prepare(alice);
        well = states(doctor().expect(0));
    }

    /** Whatever became of the test. */
    @AfterEach
    void repair() {
        damage.ifPresent(broken -> {
            run(broken.repair());
            Await.until(
                    SOON,
                    () -> "the state before: " + changed(),
                    () -> changed().isEmpty());
        });
        damage = Optional.empty();
    }

    private List<String> changed() {
        Result now = doctor();
        return well.entrySet().stream()
                .filter(before ->
                        !check(now, before.getKey()).path("state").asText().equals(before.getValue()))
                .map(before -> check(now, before.getKey()).toString())
                .toList();
    }

    private Result doctor() {
        return alice.exec("wirescale", "doctor", "--json");
    }

    /** Not by bash, which may be what is away. */
    private void run(String script) {
        alice.exec("sh", "-ec", script).expect(0);
    }

    /** Of the line with that id; empty fields where there is none. */
    private static JsonNode check(Result result, String id) {
        for (JsonNode check : checks(result)) {
            if (check.path("id").asText().equals(id)) {
                return check;
            }
        }
        return MAPPER.createObjectNode();
    }

    private static JsonNode checks(Result result) {
        try {
            return MAPPER.readTree(result.text()).path("checks");
        } catch (IOException e) {
            throw new UncheckedIOException(result.toString(), e);
        }
    }

    private static Map<String, String> states(Result result) {
        Map<String, String> states = new LinkedHashMap<>();
        checks(result)
                .forEach(check -> states.put(
                        check.path("id").asText(), check.path("state").asText()));
        return states;
    }

    // ---- what is seen

    @Test
    void a_good_machine_has_nothing_broken_and_an_exit_code_of_0() {
        Result seen = alice.exec("wirescale", "doctor").expect(0);
        assertThat(seen.errorText()).isEmpty();
        // What a kernel without WireGuard has.
        assertThat(well.entrySet().stream().filter(check -> !check.getValue().equals("good")))
                .allMatch(check -> check.getKey().equals("wireguard"));
        assertThat(seen.lines()).anyMatch(line -> line.matches("good +takeover +works: .*"));
        assertThat(seen.lines().getLast()).matches("0 broken, [01] warnings?, [0-9]+ good");
    }

    @Test
    void who_is_not_root_sees_less_and_is_told_so() {
        Result seen = alice.exec("setpriv", "--reuid=sam", "--regid=sam", "--clear-groups", "wirescale", "doctor");
        assertThat(seen.expect(0).errorText()).isEmpty();
        assertThat(seen.lines()).anyMatch(line -> line.startsWith("unknown  takeover "));
        assertThat(seen.lines().getLast()).endsWith("run it as root, with sudo for example");
        assertThat(alice.sh("journalctl -q -o cat -u wirescaled.service")).doesNotContain("Exception");
    }

    @Test
    void each_line_is_broken_by_some_damage() {
        assertThat(Damages.all()).extracting(Damages.Damage::id).containsAll(well.keySet());
        assertThat(well)
                .containsKeys(Damages.all().stream().map(Damages.Damage::id).toArray(String[]::new));
    }

    static List<Damages.Damage> damages() {
        return Damages.all();
    }

    @ParameterizedTest
    @MethodSource("damages")
    void a_damage_is_named_with_its_fix(Damages.Damage given) {
        damage = Optional.of(given);
        run(given.damage());
        Result seen = Await.value(
                SOON,
                given.id() + " as " + given.state(),
                () -> Optional.of(doctor())
                        .filter(now ->
                                check(now, given.id()).path("state").asText().equals(given.state())));
        JsonNode check = check(seen, given.id());
        assertThat(check.path("found").asText()).contains(given.word());
        assertThat(check.path("fix").asText()).isNotBlank();
        assertThat(seen.exitCode()).isEqualTo(states(seen).containsValue("broken") ? 1 : 0);
        assertThat(seen.errorText()).isEmpty();
    }
}
