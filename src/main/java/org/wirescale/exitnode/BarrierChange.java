package org.wirescale.exitnode;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.wirescale.model.InterfaceName;
import org.wirescale.tunnel.FirewallMark;
import org.wirescale.tunnel.Nft;
import org.wirescale.tunnel.StrictJson;

/**
 * The second barrier of {@code --fail-closed}, which holds without any rule of routing and without the daemon: nothing leaves by
 * another link than our tunnels, lo and tailscale0, but for what carries a mark of theirs, what a link needs to live (DHCP, neighbour
 * discovery), and what goes to that link's own neighbours. Names are never asked beside the tunnel, whatever mark the question has.
 *
 * @param tunnels of ours
 * @param marks of the tunnels' own packets
 * @param own where other links' neighbours are
 */
record BarrierChange(Tool tool, List<InterfaceName> tunnels, List<FirewallMark> marks, List<OwnPrefix> own)
        implements FirewallTable {
    static final String KIND = "barrier";
    static final String TABLE = "wirescale_closed";
    private static final String CHAIN = "wirescale-closed";

    BarrierChange {
        tunnels = List.copyOf(tunnels);
        marks = List.copyOf(marks);
        own = List.copyOf(own);
    }

    static BarrierChange read(StrictJson json) {
        return new BarrierChange(
                json.word("tool", Tool.class),
                json.values("tunnels", InterfaceName::parse),
                json.values("marks", text -> new FirewallMark(Long.parseLong(text))),
                json.values("own", OwnPrefix::parse));
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public String describe() {
        return "barrier for what would not go through a tunnel, by " + tool.word();
    }

    @Override
    public void write(ObjectNode json) {
        json.put("tool", tool.word());
        ArrayNode tunnelArray = json.putArray("tunnels");
        tunnels.forEach(name -> tunnelArray.add(name.text()));
        ArrayNode markArray = json.putArray("marks");
        marks.forEach(mark -> markArray.add(Long.toString(mark.bits())));
        ArrayNode ownArray = json.putArray("own");
        own.forEach(prefix -> ownArray.add(prefix.toString()));
    }

    @Override
    public String content() {
        String inside = Stream.concat(
                        Stream.of("lo", "tailscale0"), tunnels.stream().map(InterfaceName::text))
                .map(name -> '"' + name + '"')
                .collect(Collectors.joining(", "));
        String neighbours = own.stream()
                .map(prefix -> "        oifname \"%s\" %s daddr %s accept\n"
                        .formatted(prefix.link(), prefix.network().isIpv6() ? "ip6" : "ip", prefix.network()))
                .collect(Collectors.joining());
        return """
                    chain postrouting {
                        type filter hook postrouting priority -140; policy accept;
                        oifname { %s } accept
                        meta l4proto { tcp, udp } th dport { 53, 853 } drop
                        meta mark { %s } accept
                        %s accept
                        udp sport 68 udp dport 67 accept
                        udp sport 546 udp dport 547 accept
                        icmpv6 type { nd-router-solicit, nd-neighbor-solicit, nd-neighbor-advert, mld2-listener-report } accept
                %s        drop
                    }
                """.formatted(
                        inside,
                        marks.stream().map(FirewallMark::toString).collect(Collectors.joining(", ")),
                        ExitNumbers.TAILSCALE,
                        neighbours);
    }

    /** What {@code nft -f} makes of nothing, in one transaction. */
    String script() {
        return Nft.script(TABLE, content());
    }

    @Override
    public String table() {
        return TABLE;
    }

    @Override
    public String mainstay() {
        return "\tdrop\n";
    }

    @Override
    public List<ChainSet> chains() {
        return IpFamily.present().stream()
                .map(family -> new ChainSet(family, "mangle", "POSTROUTING", CHAIN, rules(family)))
                .toList();
    }

    private List<String> rules(IpFamily family) {
        List<String> rules = new ArrayList<>();
        rules.add("-o lo -j ACCEPT");
        rules.add("-o tailscale0 -j ACCEPT");
        tunnels.forEach(name -> rules.add("-o " + name + " -j ACCEPT"));
        for (String protocol : List.of("udp", "tcp")) {
            rules.add("-p " + protocol + " -m multiport --dports 53,853 -j DROP");
        }
        marks.forEach(mark -> rules.add("-m mark --mark " + mark + " -j ACCEPT"));
        rules.add("-m mark --mark 0x80000/0xff0000 -j ACCEPT");
        if (family == IpFamily.IPV4) {
            rules.add("-p udp --sport 68 --dport 67 -j ACCEPT");
        } else {
            rules.add("-p udp --sport 546 --dport 547 -j ACCEPT");
            for (int type : List.of(133, 135, 136, 143)) {
                rules.add("-p icmpv6 --icmpv6-type " + type + " -j ACCEPT");
            }
        }
        own.stream()
                .filter(prefix -> IpFamily.of(prefix.network()) == family)
                .forEach(prefix -> rules.add("-o " + prefix.link() + " -d " + prefix.network() + " -j ACCEPT"));
        rules.add("-j DROP");
        return rules;
    }
}
