package org.wirescale.tunnel;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.IpAddress;
import org.wirescale.model.WirescaleException;
import org.wirescale.os.Commands;
import org.wirescale.os.Commands.Command;
import org.wirescale.os.Programs;

/**
 * The tunnel's name servers and search domains. Told to resolvconf (openresolv's, Debian's, or systemd-resolved's under that name)
 * as wg-quick(8) does: exclusive, metric 0. Where there is none and systemd-resolved runs, told to that with resolvectl(1), which
 * is what its own resolvconf would do.
 */
public record DnsChange(InterfaceName name, List<IpAddress> servers, List<String> searchDomains, Resolver resolver)
        implements Change {
    static final String KIND = "dns";

    /** Who is told. */
    enum Resolver {
        RESOLVCONF("resolvconf"),
        RESOLVECTL("resolvectl");

        private final String program;

        Resolver(String program) {
            this.program = program;
        }
    }

    /** Where systemd-resolved is while it runs. */
    private static final Path RESOLVED = Path.of("/run/systemd/resolve");

    /** Debian's resolvconf ranks interfaces by their name's beginning; tunnels have one, such as {@code tun.}. */
    private static final Path INTERFACE_ORDER = Path.of("/etc/resolvconf/interface-order");

    private static final Pattern PREFIX = Pattern.compile("([A-Za-z0-9-]+)\\*");
    private static final Path RESOLV_CONF = Path.of("/etc/resolv.conf");
    private static final Pattern DOMAIN = Pattern.compile("[!-~]{1,255}");

    public DnsChange {
        servers = List.copyOf(servers);
        searchDomains = List.copyOf(searchDomains);
        for (String domain : searchDomains) {
            // Not an option of resolvectl either.
            if (!DOMAIN.matcher(domain).matches() || domain.startsWith("-")) {
                throw WirescaleException.of(TunnelReason.VALUE, "what", "search domain", "text", domain);
            }
        }
    }

    public DnsChange(InterfaceName name, List<IpAddress> servers, List<String> searchDomains) {
        this(name, servers, searchDomains, Resolver.RESOLVCONF);
    }

    static DnsChange read(StrictJson json) {
        return new DnsChange(
                json.value("name", InterfaceName::parse),
                json.values("servers", IpAddress::parse),
                json.values("search", text -> text),
                json.word("resolver", Resolver.class));
    }

    /**
     * To be called before any change is made.
     *
     * @throws WirescaleException with {@link TunnelReason#NO_DNS_PROGRAM}
     */
    public static void requireProgram() {
        if (installed().isEmpty()) {
            throw WirescaleException.of(
                    TunnelReason.NO_DNS_PROGRAM, "hint", Programs.packageOf(Resolver.RESOLVCONF.program));
        }
    }

    /** The program that the machine's DNS would be changed with. */
    public static Optional<String> program() {
        return installed().map(resolver -> resolver.program);
    }

    private static Optional<Resolver> installed() {
        if (Programs.isInstalled(Resolver.RESOLVCONF.program)) {
            return Optional.of(Resolver.RESOLVCONF);
        }
        return Programs.isInstalled(Resolver.RESOLVECTL.program) && Files.isDirectory(RESOLVED)
                ? Optional.of(Resolver.RESOLVECTL)
                : Optional.empty();
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public String describe() {
        return "DNS "
                + String.join(", ", servers.stream().map(IpAddress::toString).toList())
                + (searchDomains.isEmpty() ? "" : ", searching " + String.join(" ", searchDomains)) + " for " + name;
    }

    @Override
    public List<Detail> details(ChangeContext context) {
        return List.of(Detail.open("by " + resolver.program));
    }

    @Override
    public void write(ObjectNode json) {
        json.put("name", name.text());
        ArrayNode addresses = json.putArray("servers");
        servers.forEach(server -> addresses.add(server.toString()));
        ArrayNode domains = json.putArray("search");
        searchDomains.forEach(domains::add);
        json.put("resolver", resolver.program);
    }

    /**
     * @throws WirescaleException with {@link TunnelReason#NO_DNS_PROGRAM}
     */
    @Override
    public Optional<Change> prepare(ChangeContext context) {
        requireProgram();
        return Optional.of(
                new DnsChange(name, servers, searchDomains, installed().orElse(resolver)));
    }

    @Override
    public Change apply(ChangeContext context) {
        switch (resolver) {
            case RESOLVCONF ->
                Command.of(resolver.program, "-a", record(), "-m", "0", "-x")
                        .withStdin(resolvConf())
                        .run()
                        .expectOk();
            case RESOLVECTL -> {
                Command.of(command("dns", servers)).run().expectOk();
                // The root as a routing domain: every name is asked here, as resolvconf's -x means it.
                Command.of(command(
                                "domain",
                                Stream.concat(Stream.of("~."), searchDomains.stream())
                                        .toList()))
                        .run()
                        .expectOk();
            }
        }
        return this;
    }

    /** The record has the tunnel's name: taking away one that never came to be is no failure. */
    @Override
    public void undo(ChangeContext context, Progress progress) {
        switch (resolver) {
            case RESOLVCONF ->
                Commands.run(resolver.program, "-d", record(), "-f").expectOk();
            case RESOLVECTL -> {
                // Goes with the link.
            }
        }
    }

    /** Whether names are asked there first of all; another program may have written its own servers since. */
    public boolean isInForce() {
        return switch (resolver) {
            case RESOLVCONF -> startsWithServers();
            case RESOLVECTL ->
                servers.stream()
                        .allMatch(server -> Commands.run(resolver.program, "dns", name.text())
                                .stdout()
                                .contains(server.toString()));
        };
    }

    /** Has it done anew: a record that is there unchanged makes no program write anything. */
    public void renew(ChangeContext context) {
        undo(context, Progress.DONE);
        apply(context);
    }

    private boolean startsWithServers() {
        try (Stream<String> lines = Files.lines(RESOLV_CONF)) {
            List<String> named = lines.map(String::strip)
                    .filter(line -> line.startsWith("nameserver "))
                    .map(line -> line.substring("nameserver ".length()).strip())
                    .toList();
            return named.size() >= servers.size()
                    && named.subList(0, servers.size())
                            .equals(servers.stream().map(IpAddress::toString).toList());
        } catch (IOException | UncheckedIOException e) {
            return false;
        }
    }

    private List<String> command(String verb, List<?> words) {
        List<String> arguments = new ArrayList<>(List.of(resolver.program, verb, name.text()));
        words.forEach(word -> arguments.add(word.toString()));
        return arguments;
    }

    private String resolvConf() {
        StringBuilder text = new StringBuilder();
        for (IpAddress server : servers) {
            text.append("nameserver ").append(server).append('\n');
        }
        if (!searchDomains.isEmpty()) {
            text.append("search ").append(String.join(" ", searchDomains)).append('\n');
        }
        return text.toString();
    }

    private String record() {
        return interfacePrefix().map(prefix -> prefix + ".").orElse("") + name;
    }

    private static Optional<String> interfacePrefix() {
        try {
            return prefixIn(Files.readAllLines(INTERFACE_ORDER));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** The first line that stands for names with a beginning of letters alone. */
    static Optional<String> prefixIn(List<String> lines) {
        return lines.stream()
                .map(String::strip)
                .map(PREFIX::matcher)
                .filter(Matcher::matches)
                .map(found -> found.group(1))
                .findFirst();
    }
}
