package org.wirescale.exitnode;

import java.util.List;
import java.util.stream.Collectors;
import org.wirescale.os.Commands;
import org.wirescale.os.Commands.Command;

/**
 * Rules in chains of our own, each called from the head of one of iptables' chains, for machines without nft.
 *
 * @param table of iptables, {@code mangle}
 * @param hook the chain that calls ours, {@code POSTROUTING}
 * @param chain ours
 */
record ChainSet(IpFamily family, String table, String hook, String chain, List<String> rules) {
    ChainSet {
        rules = List.copyOf(rules);
    }

    /** In one transaction; who was called from the hook before is called still. */
    void apply() {
        boolean called = isCalled();
        String script = "*" + table + "\n:" + chain + " - [0:0]\n"
                + rules.stream().map(rule -> "-A " + chain + " " + rule + "\n").collect(Collectors.joining())
                + (called ? "" : "-I " + hook + " 1 -j " + chain + "\n") + "COMMIT\n";
        Command.of(program() + "-restore", "-w", "5", "--noflush")
                .withStdin(script)
                .run()
                .expectOk();
    }

    /** The rules as commands of their own, for a person. */
    List<String> commands() {
        return rules.stream()
                .map(rule -> program() + " -t " + table + " -A " + chain + " " + rule)
                .toList();
    }

    void undo() {
        Commands.run(program(), "-w", "5", "-t", table, "-D", hook, "-j", chain);
        Commands.run(program(), "-w", "5", "-t", table, "-F", chain);
        Commands.run(program(), "-w", "5", "-t", table, "-X", chain);
    }

    boolean isInPlace() {
        Commands.Result listed = Commands.run(program(), "-w", "5", "-t", table, "-S", chain);
        long lines =
                listed.stdout().lines().filter(line -> line.startsWith("-A ")).count();
        return listed.ok() && lines == rules.size() && isCalled();
    }

    private boolean isCalled() {
        return Commands.run(program(), "-w", "5", "-t", table, "-C", hook, "-j", chain)
                .ok();
    }

    private String program() {
        return family == IpFamily.IPV4 ? "iptables" : "ip6tables";
    }
}
