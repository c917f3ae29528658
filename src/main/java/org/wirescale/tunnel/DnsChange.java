package org.wirescale.tunnel;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.IpAddress;
import org.wirescale.model.WirescaleException;
import org.wirescale.os.Commands;
import org.wirescale.os.Commands.Command;
import org.wirescale.os.Programs;

/**
 * The tunnel's name servers and search domains, told to resolvconf (openresolv's, Debian's, or systemd-resolved's under that
 * name) as wg-quick(8) does: exclusive, metric 0.
 */
public record DnsChange(InterfaceName name, List<IpAddress> servers, List<String> searchDomains) implements Change {
    static final String KIND = "dns";

    private static final String PROGRAM = "resolvconf";

    /** Debian's resolvconf ranks interfaces by their name's beginning; tunnels have one, such as {@code tun.}. */
    private static final Path INTERFACE_ORDER = Path.of("/etc/resolvconf/interface-order");

    private static final Pattern PREFIX = Pattern.compile("([A-Za-z0-9-]+)\\*");
    private static final Pattern DOMAIN = Pattern.compile("[!-~]{1,255}");

    public DnsChange {
        servers = List.copyOf(servers);
        searchDomains = List.copyOf(searchDomains);
        for (String domain : searchDomains) {
            if (!DOMAIN.matcher(domain).matches()) {
                throw WirescaleException.of(TunnelReason.VALUE, "what", "search domain", "text", domain);
            }
        }
    }

    static DnsChange read(StrictJson json) {
        return new DnsChange(
                json.value("name", InterfaceName::parse),
                json.values("servers", IpAddress::parse),
                json.values("search", text -> text));
    }

    /**
     * To be called before any change is made.
     *
     * @throws WirescaleException with {@link TunnelReason#NO_DNS_PROGRAM}
     */
    public static void requireProgram() {
        if (!Programs.isInstalled(PROGRAM)) {
            throw WirescaleException.of(TunnelReason.NO_DNS_PROGRAM, "hint", Programs.packageOf(PROGRAM));
        }
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
    public void write(ObjectNode json) {
        json.put("name", name.text());
        ArrayNode addresses = json.putArray("servers");
        servers.forEach(server -> addresses.add(server.toString()));
        ArrayNode domains = json.putArray("search");
        searchDomains.forEach(domains::add);
    }

    @Override
    public Change apply(ChangeContext context) {
        StringBuilder text = new StringBuilder();
        for (IpAddress server : servers) {
            text.append("nameserver ").append(server).append('\n');
        }
        if (!searchDomains.isEmpty()) {
            text.append("search ").append(String.join(" ", searchDomains)).append('\n');
        }
        Command.of(PROGRAM, "-a", record(), "-m", "0", "-x")
                .withStdin(text.toString())
                .run()
                .expectOk();
        return this;
    }

    /** The record has the tunnel's name: taking away one that never came to be is no failure. */
    @Override
    public void undo(ChangeContext context, Progress progress) {
        Commands.run(PROGRAM, "-d", record(), "-f").expectOk();
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
