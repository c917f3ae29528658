package org.wirescale.tunnel;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.wirescale.model.InterfaceName;
import org.wirescale.tunnel.IptablesRule.Family;
import org.wirescale.tunnel.IptablesRule.Purpose;

/**
 * Keeps tailscaled out of the tunnel. It advertises every address that it sees; within seconds of a tunnel coming up it would
 * report an inner address as the peer's endpoint, and speak through the tunnel that replaces it. So UDP with Tailscale's mark is
 * dropped on its way out of our interface, in both families. To be applied before the interface has an address.
 *
 * <p>In a table of our own, which outlives {@code iptables -F} and firewalld; without nft as two rules of iptables.
 */
public record OwnTableChange(Tool tool) implements Change {
    static final String KIND = "own-table";

    private static final List<IptablesRule> RULES = List.of(
            new IptablesRule(Family.IPV4, Purpose.DROP_TAILSCALE, 0),
            new IptablesRule(Family.IPV6, Purpose.DROP_TAILSCALE, 0));

    /** What the rule is made with. */
    public enum Tool {
        NFT,
        IPTABLES
    }

    /** For this machine; which tool it has is looked up when the change is prepared. */
    public OwnTableChange() {
        this(Tool.NFT);
    }

    static OwnTableChange read(StrictJson json) {
        return new OwnTableChange(json.word("tool", Tool.class));
    }

    @Override
    public void write(ObjectNode json) {
        json.put("tool", tool.name().toLowerCase(Locale.ROOT));
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public String describe() {
        return "rule that keeps tailscaled's packets out of the tunnel, by "
                + tool.name().toLowerCase(Locale.ROOT);
    }

    /** The mark is that of tailscaled's sockets: its {@code tsconst} package, LinuxBypassMark with LinuxFwmarkMask. */
    static String content(InterfaceName name) {
        return """
                    chain output {
                        type filter hook output priority raw; policy accept;
                        oifname "%s" meta l4proto udp meta mark & 0xff0000 == 0x80000 drop
                    }
                """.formatted(name);
    }

    @Override
    public Optional<Change> prepare(ChangeContext context) {
        return Optional.of(new OwnTableChange(Nft.works() ? Tool.NFT : Tool.IPTABLES));
    }

    @Override
    public Change apply(ChangeContext context) {
        switch (tool) {
            case NFT -> Nft.replace(Nft.table(context.interfaceName()), content(context.interfaceName()));
            case IPTABLES -> rules(context).forEach(rule -> rule.apply(context));
        }
        return this;
    }

    @Override
    public List<Detail> details(ChangeContext context) {
        return switch (tool) {
            case NFT -> Nft.details(Nft.table(context.interfaceName()), content(context.interfaceName()));
            case IPTABLES ->
                rules(context).stream()
                        .flatMap(rule -> rule.details(context).stream())
                        .toList();
        };
    }

    @Override
    public void undo(ChangeContext context, Progress progress) {
        switch (tool) {
            case NFT -> Nft.delete(Nft.table(context.interfaceName()));
            case IPTABLES -> rules(context).forEach(rule -> rule.undo(context, progress));
        }
    }

    @Override
    public Optional<Area> area() {
        return Optional.of(Area.FIREWALL);
    }

    @Override
    public boolean isInPlace(ChangeContext context) {
        return switch (tool) {
            case NFT -> Nft.has(Nft.table(context.interfaceName()), " drop");
            case IPTABLES -> rules(context).stream().allMatch(rule -> rule.isInPlace(context));
        };
    }

    private static List<Change> rules(ChangeContext context) {
        return RULES.stream()
                .flatMap(rule -> rule.prepare(context, FirewallTool.IPTABLES).stream())
                .toList();
    }
}
