package org.wirescale.exitnode;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.IpAddress;
import org.wirescale.tunnel.FirewallMark;
import org.wirescale.tunnel.Nft;

/** Whether nft and the kernel take the tables that an exit node can have. */
public final class ExitNodeNeeds {
    private static final List<InterfaceName> TUNNEL = List.of(InterfaceName.parse("wirescale"));
    private static final List<FirewallMark> MARKS = List.of(ExitNumbers.EXIT, ExitNumbers.OTHERS);
    private static final List<IpAddress> ADDRESSES =
            List.of(IpAddress.parse("192.0.2.1"), IpAddress.parse("2001:db8::1"));

    private ExitNodeNeeds() {}

    /**
     * What is refused, in a person's words, and nft's own why; nothing is changed. Needs root, and an nft that works.
     */
    public static Map<String, String> unmet() {
        Map<String, String> unmet = new LinkedHashMap<>();
        ask("an exit node", new KeepMarksChange(Tool.NFT, MARKS, ADDRESSES, TUNNEL, List.of()), unmet);
        ask("--keep-inbound", new KeepMarksChange(Tool.NFT, MARKS, ADDRESSES, TUNNEL, TUNNEL), unmet);
        ask("--fail-closed", new BarrierChange(Tool.NFT, TUNNEL, MARKS, List.of()), unmet);
        return unmet;
    }

    private static void ask(String what, FirewallTable table, Map<String, String> unmet) {
        Nft.refusal("wirescale_doctor", table.content()).ifPresent(why -> unmet.put(what, why));
    }
}
