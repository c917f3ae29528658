package org.wirescale.exitnode;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.IpAddress;
import org.wirescale.tunnel.FirewallMark;
import org.wirescale.tunnel.StrictJson;

/**
 * What keeps the marks of tunnels and of Tailscale over whole connections, so that the reverse path filter looks answers up by the
 * mark of what was asked; and a guard against packets that come for the exit tunnel's address by another interface.
 *
 * @param marks of every tunnel
 * @param addresses of the exit node's tunnel
 * @param inside the tunnels that have one of those addresses
 * @param trusted interfaces whose connections are answered by the usual routes; empty: others' are not kept apart
 */
record KeepMarksChange(
        Tool tool,
        List<FirewallMark> marks,
        List<IpAddress> addresses,
        List<InterfaceName> inside,
        List<InterfaceName> trusted)
        implements FirewallTable {
    static final String KIND = "keep-marks";
    static final String TABLE = "wirescale/exit";

    /** Right behind Tailscale's chains of priority mangle. */
    private static final int PRIORITY = -149;

    KeepMarksChange {
        marks = List.copyOf(marks);
        addresses = List.copyOf(addresses);
        inside = List.copyOf(inside);
        trusted = List.copyOf(trusted);
    }

    static KeepMarksChange read(StrictJson json) {
        return new KeepMarksChange(
                json.word("tool", Tool.class),
                json.values("marks", text -> new FirewallMark(Long.parseLong(text))),
                json.values("addresses", IpAddress::parse),
                json.values("inside", InterfaceName::parse),
                json.values("trusted", InterfaceName::parse));
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public String describe() {
        return "rules that keep the marks of connections, by " + tool.word();
    }

    @Override
    public void write(ObjectNode json) {
        json.put("tool", tool.word());
        ArrayNode markArray = json.putArray("marks");
        marks.forEach(mark -> markArray.add(Long.toString(mark.bits())));
        ArrayNode addressArray = json.putArray("addresses");
        addresses.forEach(address -> addressArray.add(address.toString()));
        ArrayNode insideArray = json.putArray("inside");
        inside.forEach(name -> insideArray.add(name.text()));
        ArrayNode trustedArray = json.putArray("trusted");
        trusted.forEach(name -> trustedArray.add(name.text()));
    }

    @Override
    public String content() {
        String all = marks.stream().map(FirewallMark::toString).collect(Collectors.joining(", "));
        return """
                    chain guard {
                        type filter hook prerouting priority -300; policy accept;
                %s    }
                    chain prerouting {
                        type filter hook prerouting priority %d; policy accept;
                %s        ct mark { %s } meta mark set ct mark
                        ct mark & 0xff0000 == 0x80000 meta mark set meta mark & 0xff00ffff | 0x80000
                    }
                    chain postrouting {
                        type filter hook postrouting priority %d; policy accept;
                        meta mark { %s } ct mark set meta mark
                        %s ct mark set ct mark & 0xff00ffff | 0x80000
                    }
                %s""".formatted(guard(), PRIORITY, inbound(), all, PRIORITY, all, ExitNumbers.TAILSCALE, answers());
    }

    private String guard() {
        String ours = inside.stream().map(name -> '"' + name.text() + '"').collect(Collectors.joining(", "));
        return addresses.stream()
                .map(address -> "        iifname != { %s } %s daddr %s fib saddr type != local drop\n"
                        .formatted(ours, address.isIpv6() ? "ip6" : "ip", address))
                .collect(Collectors.joining());
    }

    private String inbound() {
        if (trusted.isEmpty()) {
            return "";
        }
        String names = Stream.concat(
                        Stream.of("lo", "tailscale0"), trusted.stream().map(InterfaceName::text))
                .map(name -> '"' + name + '"')
                .collect(Collectors.joining(", "));
        return "        iifname != { %s } ct direction original ct mark 0 ct mark set %s\n"
                .formatted(names, ExitNumbers.OTHERS);
    }

    /** A mark that is set on the way out makes the kernel look the route up anew. */
    private String answers() {
        return trusted.isEmpty() ? "" : """
                    chain output {
                        type route hook output priority %d; policy accept;
                        ct direction reply ct mark %s meta mark set ct mark
                    }
                """.formatted(PRIORITY, ExitNumbers.OTHERS);
    }

    @Override
    public String table() {
        return TABLE;
    }

    @Override
    public String mainstay() {
        return "ct mark set";
    }

    /** Without nft; answers to connections from outside are kept apart with nft only. */
    @Override
    public List<ChainSet> chains() {
        List<ChainSet> chains = new ArrayList<>();
        for (IpFamily family : IpFamily.present()) {
            List<String> restore = new ArrayList<>();
            List<String> save = new ArrayList<>();
            for (FirewallMark mark : marks) {
                restore.add("-m connmark --mark " + mark + " -j CONNMARK --restore-mark");
                save.add("-m mark --mark " + mark + " -j CONNMARK --save-mark");
            }
            restore.add("-m connmark --mark 0x80000/0xff0000 -j CONNMARK --restore-mark --mask 0xff0000");
            save.add("-m mark --mark 0x80000/0xff0000 -j CONNMARK --save-mark --mask 0xff0000");
            chains.add(new ChainSet(family, "mangle", "PREROUTING", "wirescale-exit-in", restore));
            chains.add(new ChainSet(family, "mangle", "POSTROUTING", "wirescale-exit-out", save));
            List<String> guard = new ArrayList<>();
            inside.forEach(name -> guard.add("-i " + name + " -j RETURN"));
            addresses.stream()
                    .filter(address -> address.isIpv6() == (family == IpFamily.IPV6))
                    .forEach(address -> guard.add("-d " + address + " -m addrtype ! --src-type LOCAL -j DROP"));
            chains.add(new ChainSet(family, "raw", "PREROUTING", "wirescale-exit-guard", guard));
        }
        return chains;
    }
}
