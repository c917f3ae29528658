package org.wirescale.cli;

import java.util.Map;
import org.wirescale.os.Folders;

/**
 * What a command finds around it; tests put something else there.
 *
 * @param environment the variables of this process
 */
record Surroundings(Folders folders, Map<String, String> environment) {
    static Surroundings ofThisProcess() {
        return new Surroundings(Folders.system(), System.getenv());
    }

    String variable(String name) {
        return environment.getOrDefault(name, "");
    }
}
