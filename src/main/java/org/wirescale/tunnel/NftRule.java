package org.wirescale.tunnel;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.WirescaleException;
import org.wirescale.os.Commands;
import org.wirescale.os.OsReason;
import org.wirescale.tunnel.IptablesRule.Family;
import org.wirescale.tunnel.IptablesRule.Purpose;

/**
 * What a rule of iptables is on a machine that has nft alone. No accept of a table of ours could override another chain's drop, so
 * accepts are inserted into the chains that are there, first, with a comment of ours; mark and masquerade have tables of their own.
 * Chains that others make later are not seen.
 *
 * @param family IPv4: the chains for IPv4 and those for both; IPv6: those for IPv6 alone
 * @param number as in {@link IptablesRule}
 */
record NftRule(Family family, Purpose purpose, long number) implements Change {
    static final String KIND = "nft-rule";

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final String OURS = "wirescale_";

    /** A chain, or a rule with its handle, as nft names it. */
    private record Place(String family, String table, String chain, long handle) {
        @Override
        public String toString() {
            return family + " " + table + " " + chain;
        }
    }

    static NftRule read(StrictJson json) {
        return new NftRule(
                json.word("family", Family.class), json.word("purpose", Purpose.class), json.number("number"));
    }

    @Override
    public void write(ObjectNode json) {
        asIptables().write(json);
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public String describe() {
        return asIptables().describe() + ", by nft";
    }

    private IptablesRule asIptables() {
        return new IptablesRule(family, purpose, number);
    }

    /** Where nobody drops anything there is nothing to accept. */
    @Override
    public Optional<Change> prepare(ChangeContext context) {
        return hasTable() || !baseChains().isEmpty() ? Optional.of(this) : Optional.empty();
    }

    @Override
    public Change apply(ChangeContext context) {
        InterfaceName name = context.interfaceName();
        if (hasTable()) {
            Nft.replace(table(name), tableContent(name));
            return this;
        }
        Nft.load(insertions(name));
        return this;
    }

    private String insertions(InterfaceName name) {
        String rule = match(name) + " accept comment \"" + comment(name) + "\"";
        return baseChains().stream()
                .map(chain -> "insert rule " + chain + " " + rule + "\n")
                .collect(Collectors.joining());
    }

    @Override
    public List<Detail> details(ChangeContext context) {
        InterfaceName name = context.interfaceName();
        return hasTable()
                ? Nft.details(table(name), tableContent(name))
                : insertions(name).lines().map(Detail::open).toList();
    }

    @Override
    public void undo(ChangeContext context, Progress progress) {
        InterfaceName name = context.interfaceName();
        if (hasTable()) {
            Nft.delete(table(name));
            return;
        }
        Nft.load(rules(name).stream()
                .map(rule -> "delete rule " + rule + " handle " + rule.handle() + "\n")
                .collect(Collectors.joining()));
    }

    @Override
    public boolean isInPlace(ChangeContext context) {
        InterfaceName name = context.interfaceName();
        return hasTable()
                ? Nft.has(table(name), purpose == Purpose.MARK ? " mark set " : " masquerade")
                : rules(name).size() >= baseChains().size();
    }

    @Override
    public Optional<Area> area() {
        return Optional.of(Area.FIREWALL);
    }

    /** Some of the chains may have theirs still. */
    @Override
    public String putBack(ChangeContext context) {
        undo(context, Progress.DONE);
        apply(context);
        return describe();
    }

    private boolean hasTable() {
        return purpose == Purpose.MARK || purpose == Purpose.MASQUERADE;
    }

    private String table(InterfaceName name) {
        return Nft.table(name, purpose == Purpose.MARK ? "mark" : "nat");
    }

    private String comment(InterfaceName name) {
        return IptablesRule.comment(name) + " " + purpose.name().toLowerCase(Locale.ROOT) + " " + number;
    }

    private String match(InterfaceName name) {
        return switch (purpose) {
            case ACCEPT_INTERFACE, FORWARD_FROM, MARK -> "iifname \"" + name + "\"";
            case ACCEPT_PORT -> "udp dport " + number;
            case FORWARD_BACK -> "oifname \"" + name + "\" ct state related,established";
            case MASQUERADE, DROP_TAILSCALE -> "oifname != \"" + name + "\"";
        };
    }

    String tableContent(InterfaceName name) {
        long kept = ~IptablesRule.MARK_MASK & 0xffffffffL;
        long mark = number & IptablesRule.MARK_MASK;
        String hook = purpose == Purpose.MARK
                ? "filter hook forward priority mangle"
                : "nat hook postrouting priority srcnat";
        String action = purpose == Purpose.MARK
                ? "meta mark set meta mark & 0x%08x | 0x%08x".formatted(kept, mark)
                : "meta mark & 0x%08x == 0x%08x masquerade".formatted(IptablesRule.MARK_MASK, mark);
        return "    chain c {\n        type %s; policy accept;\n        %s %s\n    }\n"
                .formatted(hook, match(name), action);
    }

    /** Where others drop: the chains that the kernel calls at that hook. */
    private List<Place> baseChains() {
        String hook = purpose == Purpose.ACCEPT_INTERFACE || purpose == Purpose.ACCEPT_PORT ? "input" : "forward";
        Set<String> families = family == Family.IPV4 ? Set.of("ip", "inet") : Set.of("ip6");
        return list("chains", "chain").stream()
                .filter(chain -> families.contains(chain.path("family").asText())
                        && chain.path("hook").asText().equals(hook)
                        && chain.path("type").asText().equals("filter")
                        && !chain.path("table").asText().startsWith(OURS))
                .map(chain -> place(chain, "name"))
                .toList();
    }

    private List<Place> rules(InterfaceName name) {
        Set<String> families = family == Family.IPV4 ? Set.of("ip", "inet") : Set.of("ip6");
        return list("ruleset", "rule").stream()
                .filter(rule -> families.contains(rule.path("family").asText())
                        && rule.path("comment").asText().equals(comment(name)))
                .map(rule -> place(rule, "chain"))
                .toList();
    }

    private static Place place(JsonNode node, String chain) {
        return new Place(
                node.path("family").asText(),
                node.path("table").asText(),
                node.path(chain).asText(),
                node.path("handle").asLong());
    }

    private static List<JsonNode> list(String what, String type) {
        Commands.Result result = Commands.run("nft", "-j", "-a", "list", what).expectOk();
        try {
            JsonNode objects = MAPPER.readTree(result.stdout()).path("nftables");
            return StreamSupport.stream(objects.spliterator(), false)
                    .filter(object -> object.has(type))
                    .map(object -> object.get(type))
                    .toList();
        } catch (JsonProcessingException e) {
            throw WirescaleException.causedBy(
                    e, OsReason.PROGRAM_FAILED, "command", "nft -j list " + what, "code", 0, "stderr", "no JSON");
        }
    }
}
