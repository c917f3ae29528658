package org.wirescale.tunnel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.wirescale.model.Port;
import org.wirescale.testing.NetworkNamespace;

@Tag("netns")
final class IptablesRuleTest {
    private static final TunnelOptions ALL = new TunnelOptions(true, true, true, false, 0, 3, 0);

    private final ChangeContext context = Contexts.of("bob");
    private NetworkNamespace host;

    @BeforeEach
    void create() {
        host = NetworkNamespace.create();
    }

    @AfterEach
    void remove() {
        host.close();
    }

    private List<IptablesRule> rules() {
        return FirewallPlan.rules(ALL, context.interfaceName(), new Port(41641), true, false, List.of());
    }

    private List<String> save(String program) {
        return Stream.of(host.exec(program + "-save").split("\n"))
                .filter(line -> line.startsWith("-A"))
                .toList();
    }

    @Test
    void each_rule_comes_first_in_its_chain() throws Exception {
        for (String chain : List.of("filter INPUT", "filter FORWARD", "mangle FORWARD", "nat POSTROUTING")) {
            for (String program : List.of("iptables", "ip6tables")) {
                host.exec(program + " -t " + chain.replace(" ", " -A ") + " -m comment --comment others");
            }
        }
        host.run(() -> rules().forEach(rule -> rule.apply(context)));
        String ours = " -m comment --comment wirescale-bob ";
        String others = " -m comment --comment others";
        List<String> expected = List.of(
                "-A FORWARD -i bob" + ours + "-j MARK --set-xmark 0x8000ee12/0xff00ffff",
                "-A FORWARD" + others,
                "-A INPUT -p udp -m udp --dport 41641" + ours + "-j ACCEPT",
                "-A INPUT -i bob" + ours + "-j ACCEPT",
                "-A INPUT" + others,
                "-A FORWARD -o bob -m conntrack --ctstate RELATED,ESTABLISHED" + ours + "-j ACCEPT",
                "-A FORWARD -i bob" + ours + "-j ACCEPT",
                "-A FORWARD" + others,
                "-A POSTROUTING ! -o bob -m mark --mark 0x8000ee12/0xff00ffff" + ours + "-j MASQUERADE",
                "-A POSTROUTING" + others);
        for (String program : List.of("iptables", "ip6tables")) {
            assertThat(save(program)).containsExactlyInAnyOrderElementsOf(expected);
            for (String chain : List.of("INPUT", "POSTROUTING")) {
                assertThat(save(program))
                        .filteredOn(line -> line.startsWith("-A " + chain))
                        .last()
                        .isEqualTo("-A " + chain + others);
            }
        }
    }

    @Test
    void undoing_leaves_what_others_made_even_where_it_looks_the_same() throws Exception {
        List<String> foreign =
                List.of("-A INPUT -i bob -j ACCEPT", "-A INPUT -i bob -m comment --comment wirescale-bob2 -j ACCEPT");
        foreign.forEach(rule -> host.exec("iptables " + rule));
        host.run(() -> {
            rules().forEach(rule -> rule.apply(context));
            assertThat(rules()).allMatch(rule -> rule.isInPlace(context));
            rules().reversed().forEach(rule -> rule.undo(context, Progress.DONE));
            assertThat(rules()).noneMatch(rule -> rule.isInPlace(context));
        });
        assertThat(save("iptables")).isEqualTo(foreign);
        assertThat(save("ip6tables")).isEmpty();
    }

    @Test
    void undoing_what_is_not_there_is_no_failure() throws Exception {
        host.run(() -> rules().forEach(rule -> rule.undo(context, Progress.INTENDED)));
        assertThat(save("iptables")).isEmpty();
    }

    /** The crash came between the rule and the line that says so. */
    @Test
    void a_rule_that_was_only_intended_is_found_by_its_comment() throws Exception {
        host.run(() -> {
            rules().getFirst().apply(context);
            rules().getFirst().undo(context, Progress.INTENDED);
        });
        assertThat(save("iptables")).isEmpty();
    }

    @Test
    void a_rule_left_over_is_not_doubled() throws Exception {
        host.run(() -> {
            rules().getFirst().apply(context);
            rules().getFirst().apply(context);
        });
        assertThat(save("iptables")).hasSize(1);
    }

    @Test
    void the_state_file_gives_back_the_same_rules() {
        assertThat(rules())
                .allMatch(rule -> StateCopy.of(rule, IptablesRule::read).equals(rule));
    }
}
