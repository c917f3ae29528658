package org.wirescale.exitnode;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.wirescale.model.WirescaleException;
import org.wirescale.os.Commands;
import org.wirescale.tunnel.FirewallMark;

/**
 * One rule of ip-rule(8), as far as the exit node has any.
 *
 * @param priority of the rule; lower ones are tried first
 * @param not whether it is for packets without the mark
 * @param mark empty: for all packets
 * @param action what happens to them
 */
record PolicyRule(int priority, boolean not, Optional<FirewallMark> mark, Action action) {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    /** Where the packets are looked up, or that they are not. */
    enum Action {
        /** In the main table, but for what stands for a default route there. */
        MAIN_WITHOUT_DEFAULT,
        MAIN,
        EXIT,
        UNREACHABLE
    }

    /** All rules of that family, whosever they are, as JSON. */
    static List<JsonNode> all(IpFamily family) {
        String text = Commands.output("ip", family.option, "-j", "rule", "show");
        try {
            JsonNode tree = MAPPER.readTree(text.isBlank() ? "[]" : text);
            List<JsonNode> rules = new ArrayList<>();
            tree.forEach(rules::add);
            return rules;
        } catch (JsonProcessingException e) {
            throw WirescaleException.causedBy(
                    e, ExitNodeReason.UNREADABLE, "what", "the rules of 'ip -j rule'", "error", e.getOriginalMessage());
        }
    }

    /** Of those rules, the ones that the exit node can have made; oldest priority first. */
    static List<PolicyRule> ours(List<JsonNode> rules) {
        return rules.stream().flatMap(rule -> read(rule).stream()).toList();
    }

    private static Optional<PolicyRule> read(JsonNode rule) {
        int priority = rule.path("priority").asInt();
        if (priority < ExitNumbers.FIRST_PRIORITY
                || priority > ExitNumbers.LAST_PRIORITY
                || !rule.path("src").asText().equals("all")) {
            return Optional.empty();
        }
        Optional<FirewallMark> mark = Optional.ofNullable(rule.get("fwmark"))
                .map(JsonNode::asText)
                .filter(text -> text.matches("0x[0-9a-f]{1,8}"))
                .map(text -> new FirewallMark(Long.parseLong(text.substring(2), 16)));
        return action(rule).map(action -> new PolicyRule(priority, rule.has("not"), mark, action));
    }

    private static Optional<Action> action(JsonNode rule) {
        if (rule.path("action").asText().equals("unreachable")) {
            return Optional.of(Action.UNREACHABLE);
        }
        return switch (rule.path("table").asText()) {
            case "main" -> Optional.of(rule.has("suppress_prefixlen") ? Action.MAIN_WITHOUT_DEFAULT : Action.MAIN);
            case String table when table.equals(Long.toString(ExitNumbers.TABLE)) -> Optional.of(Action.EXIT);
            default -> Optional.empty();
        };
    }

    /**
     * The words behind {@code ip rule add} or {@code del}. Of protocol kernel: systemd-networkd takes others' rules away when it
     * starts, but not those.
     */
    String words(IpFamily family) {
        StringBuilder words = new StringBuilder("pref ").append(priority);
        mark.ifPresent(
                bits -> words.append(not ? " not" : "").append(" fwmark ").append(bits));
        words.append(
                switch (action) {
                    case MAIN_WITHOUT_DEFAULT -> " lookup main suppress_prefixlength " + family.suppressed;
                    case MAIN -> " lookup main";
                    case EXIT -> " lookup " + ExitNumbers.TABLE;
                    case UNREACHABLE -> " unreachable";
                });
        return words.append(" protocol kernel").toString();
    }
}
