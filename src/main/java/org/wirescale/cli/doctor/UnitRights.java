package org.wirescale.cli.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the daemon's unit, drop-ins included, takes away that the daemon needs; see {@code systemd.exec(5)}.
 *
 * @param fatal without which nothing, or not enough, works
 * @param lessening without which there is another way
 * @param whyNoTakeover where that way is a restart of tailscaled
 */
record UnitRights(List<String> fatal, List<String> lessening, Optional<String> whyNoTakeover) {
    private static final List<Map.Entry<String, String>> CAPABILITIES = List.of(
            Map.entry("cap_net_admin", "links and routes cannot be made"),
            Map.entry("cap_sys_ptrace", "tailscaled's port cannot be found"));
    private static final String RAW_SOCKETS = "cap_net_raw";
    private static final List<String> FAMILIES = List.of("AF_UNIX", "AF_INET", "AF_INET6", "AF_NETLINK");
    private static final List<String> TAKEOVER_CALLS = List.of("pidfd_open", "pidfd_getfd");

    UnitRights {
        fatal = List.copyOf(fatal);
        lessening = List.copyOf(lessening);
    }

    /**
     * @param unit its properties, as {@code systemctl show} prints them
     */
    static UnitRights of(Map<String, String> unit) {
        List<String> fatal = new ArrayList<>();
        List<String> lessening = new ArrayList<>();
        List<String> capabilities =
                List.of(unit.getOrDefault("CapabilityBoundingSet", "").split(" "));
        if (unit.containsKey("CapabilityBoundingSet")) {
            for (Map.Entry<String, String> needed : CAPABILITIES) {
                if (!capabilities.contains(needed.getKey())) {
                    fatal.add("CapabilityBoundingSet= without " + needed.getKey() + ": " + needed.getValue());
                }
            }
            if (!capabilities.contains(RAW_SOCKETS)) {
                lessening.add("CapabilityBoundingSet= without " + RAW_SOCKETS + ": some packets of others are lost");
            }
        }
        FAMILIES.stream()
                .filter(family -> isRefused(unit.getOrDefault("RestrictAddressFamilies", ""), family))
                .forEach(family -> fatal.add("RestrictAddressFamilies= without " + family));
        if (isOn(unit, "PrivateNetwork")) {
            fatal.add("PrivateNetwork=yes: it sees none of the machine's links");
        }
        if (isOn(unit, "MemoryDenyWriteExecute")) {
            fatal.add("MemoryDenyWriteExecute=yes: its compiler writes code");
        }
        if (!unit.getOrDefault("User", "").isEmpty()
                && !unit.getOrDefault("User", "").equals("root")) {
            fatal.add("User=" + unit.get("User") + ": it is root's work");
        }
        if (unit.getOrDefault("RuntimeDirectoryPreserve", "yes").equals("no")) {
            fatal.add("RuntimeDirectoryPreserve=no: its restart forgets the tunnels that stand");
        }
        Optional<String> whyNoTakeover = TAKEOVER_CALLS.stream()
                .filter(call -> isRefused(unit.getOrDefault("SystemCallFilter", ""), call))
                .findFirst()
                .map(call -> "SystemCallFilter= of " + Patient.SERVICE + " refuses " + call + "(2)")
                .or(() -> unit.getOrDefault("ExecStart", "").contains(" --restart-tailscale ")
                        ? Optional.of(Patient.SERVICE + " has --restart-tailscale")
                        : Optional.empty());
        whyNoTakeover.ifPresent(why -> lessening.add(why + ": tailscaled is restarted for each tunnel"));
        return new UnitRights(fatal, lessening, whyNoTakeover);
    }

    /** What {@code systemctl show} prints of a list: the names that are let through, or {@code ~} and those that are not. */
    private static boolean isRefused(String list, String name) {
        if (list.isEmpty()) {
            return false;
        }
        boolean denied = list.startsWith("~");
        return List.of(list.substring(denied ? 1 : 0).split(" ")).contains(name) == denied;
    }

    private static boolean isOn(Map<String, String> unit, String property) {
        return unit.getOrDefault(property, "no").equals("yes");
    }
}
