package org.wirescale.tunnel;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.wirescale.model.InterfaceName;
import org.wirescale.os.Commands;

/** The marks that WireGuard's links give to their own packets, as {@code wg show … fwmark} tells them. */
public final class MarksInUse {
    private static final String NONE = "off";

    private MarksInUse() {}

    /** Empty where there is no such link. */
    public static Optional<FirewallMark> read(InterfaceName name) {
        Commands.Result result = Commands.run("wg", "show", name.text(), "fwmark");
        return result.ok() ? parse(result.stdout().strip()) : Optional.empty();
    }

    /** Of every link, by one program. */
    public static Map<String, FirewallMark> all() {
        Map<String, FirewallMark> marks = new HashMap<>();
        Commands.run("wg", "show", "all", "fwmark").stdout().lines().forEach(line -> {
            int tab = line.indexOf('\t');
            if (tab > 0) {
                parse(line.substring(tab + 1).strip()).ifPresent(mark -> marks.put(line.substring(0, tab), mark));
            }
        });
        return marks;
    }

    static Optional<FirewallMark> parse(String text) {
        if (text.equals(NONE)) {
            return Optional.of(FirewallMark.NONE);
        }
        return text.matches("0x[0-9a-f]{1,8}")
                ? Optional.of(new FirewallMark(Long.parseLong(text.substring(2), 16)))
                : Optional.empty();
    }
}
