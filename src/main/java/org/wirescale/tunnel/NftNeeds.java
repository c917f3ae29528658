package org.wirescale.tunnel;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.Port;
import org.wirescale.tunnel.IptablesRule.Family;
import org.wirescale.tunnel.IptablesRule.Purpose;

/** Whether nft and the kernel take the tables that a tunnel can have: a kernel may have nf_tables and lack an expression. */
public final class NftNeeds {
    private static final InterfaceName NAME = InterfaceName.parse("wirescale");
    private static final Port PORT = new Port(41641);

    private NftNeeds() {}

    /**
     * What is refused, in a person's words, and nft's own why; nothing is changed. Needs root, and an nft that works.
     */
    public static Map<String, String> unmet() {
        Map<String, String> unmet = new LinkedHashMap<>();
        tables().forEach((what, content) ->
                Nft.refusal(Nft.table(NAME), content).ifPresent(why -> unmet.put(what, why)));
        return unmet;
    }

    private static Map<String, String> tables() {
        Map<String, String> tables = new LinkedHashMap<>();
        tables.put("keeping tailscaled out of a tunnel", OwnTableChange.content(NAME));
        tables.put(
                "sending on what comes to the old port",
                OldPortForwardChange.next(PORT, Optional.of(PORT), Optional.of(PORT))
                        .content(OldPortForwardChange.LIFETIME));
        tables.put("the marks of iptables-masquerade", new NftRule(Family.IPV4, Purpose.MARK, 1).tableContent(NAME));
        tables.put("iptables-masquerade", new NftRule(Family.IPV4, Purpose.MASQUERADE, 1).tableContent(NAME));
        return tables;
    }
}
