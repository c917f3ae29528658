package org.wirescale.os;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.wirescale.model.WirescaleException;

/**
 * A service that lives outside the daemon's, so that it outlives it; {@code systemd-run(1)}. Arguments and properties can be read by
 * every user of the machine: no secrets.
 *
 * @param name with its {@code .service}
 * @param properties of the unit, as in {@code systemd.service(5)}; each may come several times
 * @param environment of its process
 */
public record TransientUnit(
        String name,
        String description,
        List<Map.Entry<String, String>> properties,
        Map<String, String> environment,
        List<String> command) {
    public TransientUnit {
        properties = List.copyOf(properties);
        environment = Map.copyOf(environment);
        command = List.copyOf(command);
    }

    public static TransientUnit of(String name, String description, List<String> command) {
        return new TransientUnit(name, description, List.of(), Map.of(), command);
    }

    public TransientUnit with(String property, String value) {
        List<Map.Entry<String, String>> extended = new ArrayList<>(properties);
        extended.add(Map.entry(property, value));
        return new TransientUnit(name, description, extended, environment, command);
    }

    public TransientUnit withVariable(String variable, String value) {
        Map<String, String> extended = new LinkedHashMap<>(environment);
        extended.put(variable, value);
        return new TransientUnit(name, description, properties, extended, command);
    }

    /**
     * Starts it. A unit of that name that failed before is forgotten.
     *
     * @throws WirescaleException with {@link OsReason#PROGRAM_FAILED}, also when a unit of that name runs
     */
    public void start() {
        Commands.Command.of(arguments()).run().expectOk();
    }

    /** Stops it and waits until it has; it need not run. */
    public void stop() {
        Systemd.stop(name);
    }

    public boolean isRunning() {
        return Systemd.unit(name).isRunning();
    }

    List<String> arguments() {
        List<String> arguments = new ArrayList<>(List.of(
                "systemd-run",
                "--quiet",
                "--collect",
                "--no-ask-password",
                "--unit=" + name,
                "--description=" + description));
        properties.forEach(property -> arguments.add("--property=" + property.getKey() + "=" + property.getValue()));
        environment.forEach((variable, value) -> arguments.add("--setenv=" + variable + "=" + value));
        // What the command says must not be read as an option or expanded by systemd.
        arguments.add("--");
        command.forEach(word -> arguments.add(word.replace("$", "$$")));
        return List.copyOf(arguments);
    }
}
