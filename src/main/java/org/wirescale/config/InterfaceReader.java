package org.wirescale.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import org.wirescale.config.DnsSettings.SearchDomain;
import org.wirescale.config.Section.Entry;
import org.wirescale.model.IpAddress;
import org.wirescale.model.IpNetwork;
import org.wirescale.model.SecretKey;

/** Reads {@code [Interface]} with the keys of wg(8) and wg-quick(8). */
final class InterfaceReader {
    /** What wg-quick takes for a server's address; every other word is a search domain to it. */
    private static final Pattern DNS_SERVER = Pattern.compile("[0-9.]+|.*:.*");
    /** The least that the kernel lets an interface have with IPv4 on it. */
    private static final int MIN_MTU = 68;

    private final Section section;
    private final Warnings warnings;
    private final Problems problems;

    private final List<IpNetwork> addresses = new ArrayList<>();
    private Optional<SecretKey> privateKey = Optional.empty();
    private final List<IpAddress> dnsServers = new ArrayList<>();
    private final List<SearchDomain> searchDomains = new ArrayList<>();
    private OptionalInt mtu = OptionalInt.empty();
    private RoutingTable table = new RoutingTable.Auto();
    private Optional<FwMark> fwMark = Optional.empty();
    private final List<String> preUp = new ArrayList<>();
    private final List<String> postUp = new ArrayList<>();
    private final List<String> preDown = new ArrayList<>();
    private final List<String> postDown = new ArrayList<>();

    InterfaceReader(Section section, Warnings warnings, Problems problems) {
        this.section = section;
        this.warnings = warnings;
        this.problems = problems;
    }

    InterfaceSection read() {
        section.requireOnce(InterfaceKey.values(), problems);
        section.each(problems, this::read);
        if (addresses.isEmpty()) {
            section.missing("Address", "192.168.3.1", problems);
        }
        return new InterfaceSection(
                addresses,
                privateKey,
                new DnsSettings(dnsServers, searchDomains),
                mtu,
                table,
                fwMark,
                new Hooks(preUp, postUp, preDown, postDown));
    }

    private void read(Entry entry) {
        switch (section.key(InterfaceKey.values(), entry)) {
            case ADDRESS ->
                Values.words(entry.value())
                        .forEach(word -> addresses.add(Values.network(section, entry, word, ConfigReason.ADDRESS)));
            case PRIVATE_KEY -> privateKey = Optional.of(Values.secretKey(section, entry));
            case DNS -> Values.words(entry.value()).forEach(word -> readDns(entry, word));
            case MTU -> mtu = readMtu(entry);
            case TABLE -> table = readTable(entry);
            case FWMARK -> fwMark = readFwMark(entry);
            case PRE_UP -> preUp.add(entry.value());
            case POST_UP -> postUp.add(entry.value());
            case PRE_DOWN -> preDown.add(entry.value());
            case POST_DOWN -> postDown.add(entry.value());
            case LISTEN_PORT -> readListenPort(entry);
            case SAVE_CONFIG -> throw section.error(ConfigReason.SAVE_CONFIG, entry);
        }
    }

    private void readDns(Entry entry, String word) {
        if (IpAddress.isValid(word)) {
            dnsServers.add(IpAddress.parse(word));
        } else if (!DNS_SERVER.matcher(word).matches() && SearchDomain.isValid(word)) {
            searchDomains.add(new SearchDomain(word));
        } else {
            throw section.error(ConfigReason.DNS, entry);
        }
    }

    /** An empty value is as good as no line to wg-quick. */
    private OptionalInt readMtu(Entry entry) {
        if (entry.value().isEmpty()) {
            return OptionalInt.empty();
        }
        if (!Values.is16Bits(entry.value()) || Integer.parseInt(entry.value()) < MIN_MTU) {
            throw section.error(ConfigReason.MTU, entry);
        }
        return OptionalInt.of(Integer.parseInt(entry.value()));
    }

    private RoutingTable readTable(Entry entry) {
        RoutingTable read =
                RoutingTable.parse(entry.value()).orElseThrow(() -> section.error(ConfigReason.TABLE, entry));
        if (read instanceof RoutingTable.Numbered(long id) && id == ReservedNumbers.TABLE) {
            warnings.add(entry, "is the routing table of wirescale's exit node: choose another number");
        }
        return read;
    }

    private Optional<FwMark> readFwMark(Entry entry) {
        if (!FwMark.isValid(entry.value())) {
            throw section.error(ConfigReason.FWMARK, entry);
        }
        Optional<FwMark> read = FwMark.parse(entry.value());
        if (read.filter(ReservedNumbers::isReserved).isPresent()) {
            warnings.add(entry, "is a mark that wirescale's or Tailscale's own rules look for: choose another number");
        }
        return read;
    }

    private void readListenPort(Entry entry) {
        if (!Values.is16Bits(entry.value())) {
            throw section.error(ConfigReason.LISTEN_PORT, entry);
        }
        warnings.add(entry, "is replaced by the port that tailscale holds: remove the line");
    }
}
