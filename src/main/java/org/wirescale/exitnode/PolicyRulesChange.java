package org.wirescale.exitnode;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.wirescale.os.Commands.Command;
import org.wirescale.tunnel.Area;
import org.wirescale.tunnel.Change;
import org.wirescale.tunnel.ChangeContext;
import org.wirescale.tunnel.Detail;
import org.wirescale.tunnel.FirewallMark;
import org.wirescale.tunnel.Progress;
import org.wirescale.tunnel.StrictJson;

/**
 * The rules that send everything through the exit node's table, but for what the main table knows better than by a default route and
 * for the packets of tunnels. Whichever single rule is missing, nothing goes out in the clear: traffic then takes the tunnel, or is
 * unreachable.
 *
 * @param exit the mark of the exit node's own tunnel, whose packets must not go through it
 * @param others the marks of other tunnels of ours, without those that every exit node spares
 */
record PolicyRulesChange(FirewallMark exit, List<FirewallMark> others) implements Change {
    static final String KIND = "policy-rules";

    /** Between 5501 and 5999; a machine has no more than a hundred tunnels. */
    private static final int MOST_MARKS = 400;

    PolicyRulesChange {
        others = others.stream().distinct().limit(MOST_MARKS).toList();
    }

    static PolicyRulesChange read(StrictJson json) {
        return new PolicyRulesChange(
                new FirewallMark(json.number("exit")),
                json.values("others", text -> new FirewallMark(Long.parseLong(text))));
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public String describe() {
        return "policy rules " + ExitNumbers.FIRST_PRIORITY + " to " + ExitNumbers.LAST_PRIORITY;
    }

    @Override
    public void write(ObjectNode json) {
        json.put("exit", exit.bits());
        ArrayNode array = json.putArray("others");
        others.forEach(mark -> array.add(Long.toString(mark.bits())));
    }

    List<PolicyRule> rules() {
        List<PolicyRule> rules = new ArrayList<>();
        int priority = ExitNumbers.FIRST_PRIORITY;
        rules.add(new PolicyRule(priority++, false, Optional.empty(), PolicyRule.Action.MAIN_WITHOUT_DEFAULT));
        rules.add(new PolicyRule(priority++, false, Optional.of(ExitNumbers.OTHERS), PolicyRule.Action.MAIN));
        rules.add(new PolicyRule(priority++, false, Optional.of(exit), PolicyRule.Action.MAIN));
        for (FirewallMark mark : others) {
            rules.add(new PolicyRule(priority++, false, Optional.of(mark), PolicyRule.Action.MAIN));
        }
        rules.add(new PolicyRule(ExitNumbers.LAST_PRIORITY - 1, true, Optional.of(exit), PolicyRule.Action.EXIT));
        rules.add(new PolicyRule(ExitNumbers.LAST_PRIORITY, true, Optional.of(exit), PolicyRule.Action.UNREACHABLE));
        return rules;
    }

    /** New ones stand before old ones go: there is no moment without any. */
    @Override
    public Change apply(ChangeContext context) {
        List<PolicyRule> wanted = rules();
        for (IpFamily family : IpFamily.present()) {
            List<PolicyRule> there = PolicyRule.ours(PolicyRule.all(family));
            change(
                    family,
                    "add",
                    wanted.stream().filter(rule -> !there.contains(rule)).toList());
            change(
                    family,
                    "del",
                    there.stream()
                            .filter(rule -> !wanted.contains(rule))
                            .toList()
                            .reversed());
        }
        return this;
    }

    @Override
    public List<Detail> details(ChangeContext context) {
        return IpFamily.present().stream()
                .flatMap(family ->
                        rules().stream().map(rule -> "ip " + family.option + " rule add " + rule.words(family)))
                .map(Detail::open)
                .toList();
    }

    @Override
    public void undo(ChangeContext context, Progress progress) {
        for (IpFamily family : IpFamily.present()) {
            change(family, "del", PolicyRule.ours(PolicyRule.all(family)).reversed());
        }
    }

    private static void change(IpFamily family, String verb, List<PolicyRule> rules) {
        if (!rules.isEmpty()) {
            String lines = rules.stream()
                    .map(rule -> "rule " + verb + " " + rule.words(family) + "\n")
                    .collect(Collectors.joining());
            Command.of("ip", family.option, "-batch", "-")
                    .withStdin(lines)
                    .run()
                    .expectOk();
        }
    }

    @Override
    public Optional<Area> area() {
        return Optional.of(Area.ROUTING);
    }

    @Override
    public boolean isInPlace(ChangeContext context) {
        List<PolicyRule> wanted = rules();
        return IpFamily.present().stream()
                .allMatch(family -> PolicyRule.ours(PolicyRule.all(family)).containsAll(wanted));
    }

    @Override
    public String putBack(ChangeContext context) {
        List<PolicyRule> wanted = rules();
        String gone = IpFamily.present().stream()
                .flatMap(family -> {
                    List<PolicyRule> there = PolicyRule.ours(PolicyRule.all(family));
                    return wanted.stream()
                            .filter(rule -> !there.contains(rule))
                            .map(rule -> Integer.toString(rule.priority()));
                })
                .distinct()
                .collect(Collectors.joining(", "));
        apply(context);
        return "policy rules " + gone;
    }
}
