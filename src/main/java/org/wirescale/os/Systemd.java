package org.wirescale.os;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import org.wirescale.os.Commands.Command;

/** systemd's units, by {@code systemctl}. */
public final class Systemd {
    private static final Duration STOP_DEADLINE = Duration.ofSeconds(30);

    private Systemd() {}

    /** What systemd says of a unit, as {@code systemctl show} names it. */
    public enum ActiveState {
        ACTIVE,
        RELOADING,
        INACTIVE,
        FAILED,
        ACTIVATING,
        DEACTIVATING,
        MAINTENANCE,
        REFRESHING,
        /** A word of a newer systemd. */
        OTHER;

        static ActiveState of(String word) {
            for (ActiveState state : values()) {
                if (state.word().equals(word)) {
                    return state;
                }
            }
            return OTHER;
        }

        /** As systemd writes it. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * A unit as it is now.
     *
     * @param loaded false where there is no such unit
     * @param mainPid empty while none runs
     * @param result how it ended last: {@code success}, {@code exit-code}, {@code watchdog} …
     */
    public record Unit(String name, boolean loaded, ActiveState state, OptionalLong mainPid, String result) {
        public boolean isRunning() {
            return state == ActiveState.ACTIVE || state == ActiveState.RELOADING;
        }
    }

    /** Whether systemd manages this machine; {@code sd_booted(3)}. */
    public static boolean isBooted() {
        return Files.isDirectory(Path.of("/run/systemd/system"));
    }

    public static Unit unit(String name) {
        return units(List.of(name)).getFirst();
    }

    /**
     * Units as they are now, in the order of their names; one command, however many there are.
     *
     * @param names at least one
     */
    public static List<Unit> units(List<String> names) {
        List<String> command =
                new ArrayList<>(List.of("systemctl", "show", "--property=LoadState,ActiveState,MainPID,Result", "--"));
        command.addAll(names);
        return parse(Command.of(command).run().expectOk().stdout(), names);
    }

    /**
     * What a unit is set to, as {@code systemctl show} prints it.
     *
     * @return the properties that this systemd knows
     */
    public static Map<String, String> properties(String name, List<String> properties) {
        String shown = Commands.output("systemctl", "show", "--property=" + String.join(",", properties), "--", name);
        return Map.copyOf(properties(shown).getFirst());
    }

    /** One for each unit: an empty line stands between two. */
    private static List<Map<String, String>> properties(String shown) {
        List<Map<String, String>> all = new ArrayList<>(List.of(new HashMap<>()));
        shown.lines().forEach(line -> {
            int equals = line.indexOf('=');
            if (equals > 0) {
                all.getLast().put(line.substring(0, equals), line.substring(equals + 1));
            } else if (line.isEmpty() && !all.getLast().isEmpty()) {
                all.add(new HashMap<>());
            }
        });
        return all;
    }

    static List<Unit> parse(String shown, List<String> names) {
        List<Map<String, String>> all = properties(shown);
        List<Unit> units = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            units.add(unit(names.get(i), i < all.size() ? all.get(i) : Map.of()));
        }
        return List.copyOf(units);
    }

    private static Unit unit(String name, Map<String, String> properties) {
        String pid = properties.getOrDefault("MainPID", "0");
        return new Unit(
                name,
                properties.getOrDefault("LoadState", "").equals("loaded"),
                ActiveState.of(properties.getOrDefault("ActiveState", "")),
                pid.matches("[1-9][0-9]{0,9}") ? OptionalLong.of(Long.parseLong(pid)) : OptionalLong.empty(),
                properties.getOrDefault("Result", ""));
    }

    /** The units of that pattern that systemd has in memory, whatever state they are in. */
    public static List<String> names(String pattern) {
        return Commands.output("systemctl", "list-units", "--all", "--plain", "--full", "--no-legend", "--", pattern)
                .lines()
                .map(line -> line.strip().split(" ")[0])
                .filter(name -> !name.isEmpty())
                .toList();
    }

    /** Starts a unit and waits until it has started. */
    public static void start(String name) {
        Command.of("systemctl", "start", "--", name).within(STOP_DEADLINE).run().expectOk();
    }

    /** Stops a unit and waits until it has stopped; one that is not there has. */
    public static void stop(String name) {
        Commands.Result result = Command.of("systemctl", "stop", "--", name)
                .within(STOP_DEADLINE)
                .run();
        if (!result.ok() && unit(name).loaded()) {
            result.expectOk();
        }
    }
}
