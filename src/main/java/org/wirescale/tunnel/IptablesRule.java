package org.wirescale.tunnel;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.wirescale.model.InterfaceName;
import org.wirescale.os.Commands;

/**
 * One rule of iptables(8), inserted first in its chain, because those of ufw and Docker come before what is appended. The comment
 * {@code wirescale-<interface>} makes it ours: with it in the rule, deleting the rule can hit no other's.
 *
 * @param number the UDP port of {@link Purpose#ACCEPT_PORT}, the mark of {@link Purpose#MARK} and {@link Purpose#MASQUERADE}, as
 *     32 bits without sign; 0 for the others
 */
public record IptablesRule(Family family, Purpose purpose, long number) implements Change {
    static final String KIND = "iptables-rule";

    /** Bits 16 to 23 are Tailscale's. */
    static final long MARK_MASK = 0xff00ffffL;

    /** Of {@code iptables -w}: how long it waits for others, in seconds. */
    private static final String LOCK_WAIT = "5";

    private static final Path IPV6 = Path.of("/proc/sys/net/ipv6");

    public IptablesRule {
        if (number < 0 || number > 0xffffffffL) {
            throw new IllegalArgumentException("a port or a mark has 32 bits");
        }
    }

    /** Which of the two programs. */
    public enum Family {
        IPV4("iptables"),
        IPV6("ip6tables");

        private final String program;

        Family(String program) {
            this.program = program;
        }
    }

    /** What the rule is for. */
    public enum Purpose {
        /** What comes out of the tunnel for this machine. */
        ACCEPT_INTERFACE("filter", "INPUT"),
        /** The tunnel's own packets. */
        ACCEPT_PORT("filter", "INPUT"),
        FORWARD_FROM("filter", "FORWARD"),
        /** Answers to what came out of the tunnel. */
        FORWARD_BACK("filter", "FORWARD"),
        /** In the mangle table, where no accept of another rule can come before it. */
        MARK("mangle", "FORWARD"),
        MASQUERADE("nat", "POSTROUTING"),
        /** tailscaled's own packets on their way into the tunnel. */
        DROP_TAILSCALE("raw", "OUTPUT");

        private final String table;
        private final String chain;

        Purpose(String table, String chain) {
            this.table = table;
            this.chain = chain;
        }
    }

    static IptablesRule read(StrictJson json) {
        return new IptablesRule(
                json.word("family", Family.class), json.word("purpose", Purpose.class), json.number("number"));
    }

    @Override
    public void write(ObjectNode json) {
        json.put("family", family.name().toLowerCase(Locale.ROOT));
        json.put("purpose", purpose.name().toLowerCase(Locale.ROOT));
        json.put("number", number);
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public String describe() {
        String what = purpose.name().toLowerCase(Locale.ROOT).replace('_', ' ');
        String which = switch (purpose) {
            case ACCEPT_PORT -> " " + number;
            case MARK, MASQUERADE -> " 0x%08x".formatted(number);
            case ACCEPT_INTERFACE, FORWARD_FROM, FORWARD_BACK, DROP_TAILSCALE -> "";
        };
        return family.program + " rule: " + what + which;
    }

    /** What to give to iptables after the chain: {@code -i bob -m comment --comment wirescale-bob -j ACCEPT}. */
    List<String> specification(InterfaceName name) {
        String itf = name.text();
        String mark = "0x%08x/0x%08x".formatted(number & MARK_MASK, MARK_MASK);
        List<String> match = switch (purpose) {
            case ACCEPT_INTERFACE, FORWARD_FROM, MARK -> List.of("-i", itf);
            case ACCEPT_PORT -> List.of("-p", "udp", "--dport", Long.toString(number));
            case FORWARD_BACK -> List.of("-o", itf, "-m", "conntrack", "--ctstate", "RELATED,ESTABLISHED");
            case MASQUERADE -> List.of("!", "-o", itf, "-m", "mark", "--mark", mark);
            case DROP_TAILSCALE -> List.of("-o", itf, "-p", "udp", "-m", "mark", "--mark", "0x80000/0xff0000");
        };
        List<String> target = switch (purpose) {
            case ACCEPT_INTERFACE, ACCEPT_PORT, FORWARD_FROM, FORWARD_BACK -> List.of("ACCEPT");
            case MARK -> List.of("MARK", "--set-mark", mark);
            case MASQUERADE -> List.of("MASQUERADE");
            case DROP_TAILSCALE -> List.of("DROP");
        };
        List<String> specification = new ArrayList<>(match);
        specification.addAll(List.of("-m", "comment", "--comment", comment(name), "-j"));
        specification.addAll(target);
        return List.copyOf(specification);
    }

    static String comment(InterfaceName name) {
        return "wirescale-" + name;
    }

    /** As a rule of what decides on this machine. */
    @Override
    public Optional<Change> prepare(ChangeContext context) {
        return prepare(context, FirewallTool.ofThisMachine());
    }

    Optional<Change> prepare(ChangeContext context, FirewallTool tool) {
        if (family == Family.IPV6 && !Files.exists(IPV6)) {
            return Optional.empty();
        }
        boolean passes = purpose != Purpose.MARK && purpose != Purpose.MASQUERADE && purpose != Purpose.DROP_TAILSCALE;
        return switch (tool) {
            // One setting of firewalld is for both families.
            case FIREWALLD ->
                passes
                        ? (family == Family.IPV4
                                ? new FirewalldChange(purpose, number, List.of()).prepare(context)
                                : Optional.empty())
                        : prepare(context, FirewallTool.withoutFirewalld());
            case IPTABLES -> Optional.of(this);
            // A table of ours is for both families.
            case NFT ->
                passes || family == Family.IPV4
                        ? new NftRule(family, purpose, number).prepare(context)
                        : Optional.empty();
        };
    }

    /** One that stands already is left over from a tunnel of that name whose state is lost: it is ours, and undone with us. */
    @Override
    public Change apply(ChangeContext context) {
        if (!isInPlace(context)) {
            run(context, insertion()).expectOk();
        }
        return this;
    }

    private List<String> insertion() {
        return List.of("-I", purpose.chain, "1");
    }

    @Override
    public List<Detail> details(ChangeContext context) {
        return List.of(Detail.open(String.join(" ", command(context, insertion()))));
    }

    @Override
    public void undo(ChangeContext context, Progress progress) {
        Commands.Result result = run(context, List.of("-D", purpose.chain));
        if (!result.ok() && isInPlace(context)) {
            result.expectOk();
        }
    }

    @Override
    public boolean isInPlace(ChangeContext context) {
        return run(context, List.of("-C", purpose.chain)).ok();
    }

    @Override
    public Optional<Area> area() {
        return Optional.of(Area.FIREWALL);
    }

    private Commands.Result run(ChangeContext context, List<String> what) {
        return Commands.Command.of(command(context, what)).run();
    }

    private List<String> command(ChangeContext context, List<String> what) {
        List<String> arguments = new ArrayList<>(List.of(family.program, "-w", LOCK_WAIT, "-t", purpose.table));
        arguments.addAll(what);
        arguments.addAll(specification(context.interfaceName()));
        return List.copyOf(arguments);
    }
}
