package org.wirescale.tunnel;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.wirescale.model.WirescaleException;
import org.wirescale.os.Commands;

/**
 * firewalld by its command, firewall-cmd(1). Nothing is permanent.
 *
 * @param program {@code firewall-cmd}
 */
public record Firewalld(String program) {
    /** What accepts everything. */
    public static final String TRUSTED = "trusted";

    private static final Pattern ZONE = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,31}");

    public static Firewalld ofThisMachine() {
        return new Firewalld("firewall-cmd");
    }

    /**
     * @throws WirescaleException with {@link TunnelReason#VALUE}
     */
    static String zone(String text) {
        if (!ZONE.matcher(text).matches()) {
            throw WirescaleException.of(TunnelReason.VALUE, "what", "zone of firewalld", "text", text);
        }
        return text;
    }

    /** The default zone and those that have interfaces, without the one that accepts everything. */
    List<String> zonesInUse() {
        Set<String> zones = new LinkedHashSet<>();
        zones.add(Commands.output(program, "--get-default-zone").strip());
        // "public", then its interfaces indented; newer ones add "(default)".
        for (String line : Commands.output(program, "--get-active-zones").split("\n")) {
            if (!line.isBlank() && !Character.isWhitespace(line.charAt(0))) {
                zones.add(line.split(" ")[0]);
            }
        }
        zones.remove(TRUSTED);
        return zones.stream().map(Firewalld::zone).toList();
    }

    /**
     * Where packets of that interface are looked at: its zone, or the default one.
     *
     * @throws WirescaleException when firewalld does not answer
     */
    public String zoneOf(String iface) {
        Commands.Result result = Commands.run(program, "--get-zone-of-interface=" + iface);
        return zone((result.ok() ? result.stdout() : Commands.output(program, "--get-default-zone")).strip());
    }

    /** Whether a policy of that name filters; firewalld before 0.9 knows none. */
    public boolean hasActivePolicy(String name) {
        return Commands.run(program, "--get-active-policies").stdout().lines().anyMatch(name::equals);
    }

    /**
     * @param what {@code port=41641/udp} or {@code interface=bob}
     */
    public boolean has(String zone, String what) {
        return Commands.run(program, "--zone=" + zone, "--query-" + what).ok();
    }

    void add(String zone, String what) {
        Commands.output(program, "--zone=" + zone, "--add-" + what);
    }

    /** Others may have done so already. */
    void remove(String zone, String what) {
        Commands.Result result = Commands.run(program, "--zone=" + zone, "--remove-" + what);
        if (!result.ok() && has(zone, what)) {
            result.expectOk();
        }
    }
}
