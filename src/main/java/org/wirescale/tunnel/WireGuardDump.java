package org.wirescale.tunnel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.wirescale.model.Endpoint;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.IpNetwork;
import org.wirescale.model.Port;
import org.wirescale.model.PublicKey;
import org.wirescale.model.SecretKey;
import org.wirescale.model.WirescaleException;

/**
 * Reads {@code wg show IF dump}: a line of the link, then one a peer, fields between tabs (wg(8)). With {@code all} for the link each
 * line begins with a link's name. Secrets are passed over.
 */
final class WireGuardDump {
    private static final String NONE = "(none)";

    private WireGuardDump() {}

    /**
     * @throws WirescaleException with {@link TunnelReason#VALUE}
     */
    static WireGuard.Status parse(String text) {
        List<String> lines = text.lines().toList();
        String[] link = fields(lines.isEmpty() ? "" : lines.getFirst(), 4);
        List<WireGuard.PeerStatus> peers = new ArrayList<>();
        for (String line : lines.subList(Math.min(1, lines.size()), lines.size())) {
            peers.add(peer(fields(line, 8)));
        }
        return new WireGuard.Status(
                link[1].equals(NONE) ? Optional.empty() : Optional.of(PublicKey.parse(link[1])),
                link[2].equals("0") ? Optional.empty() : Optional.of(Port.parse(link[2])),
                peers);
    }

    /**
     * Of all links, those of these names.
     *
     * @throws WirescaleException with {@link TunnelReason#VALUE}
     */
    static Map<InterfaceName, WireGuard.Status> parseAll(String text, Collection<InterfaceName> names) {
        Map<String, StringBuilder> byName = new LinkedHashMap<>();
        text.lines().forEach(line -> {
            int tab = line.indexOf('\t');
            if (tab > 0) {
                byName.computeIfAbsent(line.substring(0, tab), _ -> new StringBuilder())
                        .append(line, tab + 1, line.length())
                        .append('\n');
            }
        });
        // Sorted, since the first hash of a record costs a command milliseconds.
        Map<InterfaceName, WireGuard.Status> links = new TreeMap<>();
        for (InterfaceName name : names) {
            StringBuilder lines = byName.get(name.text());
            if (lines != null) {
                links.put(name, parse(lines.toString()));
            }
        }
        return links;
    }

    /**
     * The link's private and that peer's pre-shared key.
     *
     * @throws WirescaleException with {@link TunnelReason#VALUE}
     */
    static Optional<WireGuard.Secrets> secrets(String text, PublicKey peer) {
        List<String> lines = text.lines().toList();
        String[] link = fields(lines.isEmpty() ? "" : lines.getFirst(), 4);
        return lines.stream()
                .skip(1)
                .map(line -> fields(line, 8))
                .filter(fields -> fields[0].equals(peer.toString()) && !link[0].equals(NONE))
                .map(fields -> new WireGuard.Secrets(
                        SecretKey.parse(link[0]),
                        fields[1].equals(NONE) ? Optional.empty() : Optional.of(SecretKey.parse(fields[1]))))
                .findFirst();
    }

    private static WireGuard.PeerStatus peer(String[] fields) {
        return new WireGuard.PeerStatus(
                PublicKey.parse(fields[0]),
                endpoint(fields[2]),
                fields[3].equals(NONE)
                        ? List.of()
                        : Arrays.stream(fields[3].split(","))
                                .map(IpNetwork::parse)
                                .toList(),
                number(fields[4]),
                number(fields[5]),
                number(fields[6]),
                fields[7].equals("off") ? OptionalInt.empty() : OptionalInt.of((int) number(fields[7])));
    }

    /** None, or one with a zone, which no endpoint of ours has. */
    private static Optional<Endpoint> endpoint(String text) {
        try {
            return text.equals(NONE) ? Optional.empty() : Optional.of(Endpoint.parse(text));
        } catch (WirescaleException e) {
            return Optional.empty();
        }
    }

    private static long number(String text) {
        if (!text.matches("[0-9]{1,18}")) {
            throw WirescaleException.of(TunnelReason.VALUE, "what", "number from wg", "text", text);
        }
        return Long.parseLong(text);
    }

    private static String[] fields(String line, int count) {
        String[] fields = line.split("\t", -1);
        if (fields.length != count) {
            throw WirescaleException.of(TunnelReason.VALUE, "what", "line of wg", "text", fields.length + " fields");
        }
        return fields;
    }
}
