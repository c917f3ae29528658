package org.wirescale.lab;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** How long the program's short commands and the start of its daemon take, beside wirescale 1.0.3. {@code lab/bench} runs it. */
@Tag("bench")
@ExtendWith(LabExtension.class)
@Timeout(600)
final class ProgramBench {
    private static final int TIMES = 20;
    private static final int TUNNELS = 5;

    private final Figures figures = new Figures();

    @Test
    void figures() {
        List<String> others =
                IntStream.rangeClosed(1, TUNNELS).mapToObj(i -> "h" + i).toList();
        Lab lab = Lab.up(
                "--hosts",
                "alice,dave," + String.join(",", others),
                "--host",
                "dave=1.0.3",
                "--dotless",
                "--no-direct");
        Host alice = lab.alice();
        Host old = lab.host("dave");
        try {
            beside("--version", 0.9, alice, old, "--version");
            beside("exit-node --status; 1.0.3's --version", 0.6, alice, old, "exit-node", "--status");
            for (int i = 0; i < TUNNELS; i++) {
                lab.pair(alice, lab.host(others.get(i)), "10.78." + i);
                alice.upgrade(others.get(i)).expect(0);
            }
            beside("status, five tunnels; 1.0.3's --version", 1.5, alice, old, "status");
            figures.limit("daemon, start to ready", start(alice), start(old), 1.0, " s");
        } finally {
            figures.print();
        }
        figures.assertNoneMissed();
    }

    /** Beside 1.0.3's {@code --version}, in turns. */
    private void beside(String what, double most, Host ours, Host old, String... arguments) {
        List<String> command = new ArrayList<>(List.of("wirescale"));
        command.addAll(List.of(arguments));
        List<Double> mine = new ArrayList<>();
        List<Double> theirs = new ArrayList<>();
        for (int i = 0; i < TIMES; i++) {
            mine.add(ours.exec(command.toArray(String[]::new)).expect(0).seconds());
            theirs.add(old.exec("wirescale", "--version").expect(0).seconds());
        }
        figures.ratio(what, Figures.median(mine), Figures.median(theirs), most);
    }

    private static double start(Host host) {
        List<Double> took = IntStream.range(0, 5)
                .mapToObj(_ -> {
                    host.sh("systemctl stop wirescaled.service");
                    return host.exec("systemctl", "start", "wirescaled.service")
                            .expect(0)
                            .seconds();
                })
                .toList();
        return Figures.median(took);
    }
}
