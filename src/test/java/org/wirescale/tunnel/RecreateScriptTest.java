package org.wirescale.tunnel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How the script builds a tunnel anew, by what {@code wirescale upgrade} ends with. */
@Tag("netns")
final class RecreateScriptTest {
    private static final String UPGRADE = "wirescale upgrade 100.64.0.2 --interface=bob";

    @TempDir
    Path folder;

    private ScriptHost host;

    @BeforeEach
    void prepare() throws Exception {
        host = new ScriptHost(folder);
    }

    @AfterEach
    void end() throws Exception {
        host.close();
    }

    private List<String> finish(Process script, int code) throws Exception {
        host.awaitEnd(script);
        assertThat(script.exitValue()).as(host.log()).isEqualTo(code);
        assertThat(host.copy()).doesNotExist();
        host.awaitNothingLeft();
        return host.calls();
    }

    @ParameterizedTest
    @ValueSource(strings = {ScriptHost.DASH, ScriptHost.BUSYBOX})
    void is_done_with_the_first_success(String shell) throws Exception {
        host.codes(4, 4, 0);
        Process script = host.recreate(shell, 2);
        assertThat(finish(script, 0)).containsExactly(UPGRADE, "sleep 5", UPGRADE, "sleep 5", UPGRADE);
        assertThat(host.log()).contains("building bob anew (try 1 of 2)").doesNotContain("giving up");
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void what_cannot_be_is_not_tried_again(int code) throws Exception {
        host.codes(code);
        Process script = host.recreate(ScriptHost.DASH, -1);
        assertThat(finish(script, 1)).containsExactly(UPGRADE);
        assertThat(host.log()).contains("giving up: bob cannot be built anew");
    }

    @ParameterizedTest
    @ValueSource(strings = {ScriptHost.DASH, ScriptHost.BUSYBOX})
    void a_failure_is_a_try(String shell) throws Exception {
        host.codes(1, 1);
        Process script = host.recreate(shell, 2);
        assertThat(finish(script, 1)).containsExactly(UPGRADE, "sleep 60", UPGRADE);
        assertThat(host.log()).contains("(try 2 of 2)", "giving up: bob could not be built anew in 2 tries");
    }

    @Test
    void a_try_is_a_minute() throws Exception {
        Process script = host.recreate(ScriptHost.DASH, 2);
        List<String> calls = finish(script, 1);
        assertThat(calls.stream().filter(UPGRADE::equals)).hasSize(24);
        assertThat(calls).doesNotContain("sleep 60");
    }

    @ParameterizedTest
    @ValueSource(strings = {ScriptHost.DASH, ScriptHost.BUSYBOX})
    void after_ten_tries_there_is_one_attempt_a_minute(String shell) throws Exception {
        int[] codes = new int[123];
        java.util.Arrays.fill(codes, 4);
        codes[122] = 0;
        host.codes(codes);
        host.write("said", "Error: bob is away\n");
        Process script = host.recreate(shell, -1);
        List<String> calls = finish(script, 0);
        assertThat(calls.stream().filter(UPGRADE::equals)).hasSize(123);
        assertThat(calls.subList(calls.size() - 5, calls.size()))
                .containsExactly(UPGRADE, "sleep 60", UPGRADE, "sleep 60", UPGRADE);
        // The same reason once, and then with the success.
        assertThat(host.log().split("bob is away")).hasSize(3);
    }

    @Test
    void a_tunnel_that_others_made_meanwhile_ends_it() throws Exception {
        host.program("sleep", "echo {} >run/control/tunnel-bob.json");
        Process script = host.recreate(ScriptHost.DASH, -1);
        assertThat(finish(script, 0)).containsExactly(UPGRADE, "sleep 5");
        assertThat(host.log()).contains("there is a tunnel bob again");
    }

    @ParameterizedTest
    @ValueSource(strings = {"upgrade", "sleep"})
    void stopped_it_leaves_nothing(String when) throws Exception {
        String hold = "touch held; exec tail -f /dev/null";
        host.program(when.equals("sleep") ? "sleep" : "wirescale", hold);
        host.fragileRm();
        Process script = host.recreate(ScriptHost.BUSYBOX, -1);
        host.await(when, () -> Files.exists(folder.resolve("held")));
        script.destroy();
        finish(script, 0);
    }
}
