package org.wirescale.exitnode;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.IpNetwork;
import org.wirescale.model.WirescaleException;
import org.wirescale.os.Commands;

/**
 * A network that a link of this machine lies in: what is there is a neighbour, and reached without the exit node.
 *
 * @param link as the kernel names it
 */
record OwnPrefix(String link, IpNetwork network) {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    /** The kernel takes nearly anything for a name; what could end a quoted word of nft is left out, and so stays closed. */
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_.@:+=-]{1,15}");

    OwnPrefix {
        if (!PLAIN.matcher(link).matches()) {
            throw WirescaleException.of(ExitNodeReason.UNREADABLE, "what", "the name of a link", "error", link);
        }
    }

    static OwnPrefix parse(String text) {
        int space = text.indexOf(' ');
        return new OwnPrefix(text.substring(0, Math.max(space, 0)), IpNetwork.parse(text.substring(space + 1)));
    }

    /**
     * Of all links but those.
     *
     * <p>A prefix so short that it stands for a part of the internet is not taken for a neighbourhood: a DHCP server hands out what it
     * likes.
     */
    static List<OwnPrefix> all(Collection<InterfaceName> tunnels) {
        String text = Commands.output("ip", "-j", "address", "show", "up");
        List<OwnPrefix> found = new ArrayList<>();
        try {
            for (JsonNode link : MAPPER.readTree(text.isBlank() ? "[]" : text)) {
                String name = link.path("ifname").asText();
                boolean isNeighbourhood = PLAIN.matcher(name).matches()
                        && !name.equals("lo")
                        && !name.equals("tailscale0")
                        && tunnels.stream().noneMatch(tunnel -> tunnel.text().equals(name));
                if (isNeighbourhood) {
                    link.path("addr_info").forEach(address -> add(found, name, address));
                }
            }
        } catch (JsonProcessingException e) {
            throw WirescaleException.causedBy(
                    e, ExitNodeReason.UNREADABLE, "what", "'ip -j address'", "error", e.getOriginalMessage());
        }
        return found.stream().distinct().toList();
    }

    private static void add(List<OwnPrefix> found, String link, JsonNode address) {
        // With a peer's address the prefix is the peer's.
        String local =
                address.path(address.has("address") ? "address" : "local").asText();
        IpNetwork network =
                IpNetwork.parse(local + "/" + address.path("prefixlen").asInt()).masked();
        if (network.prefixLength() > IpFamily.of(network).suppressed) {
            found.add(new OwnPrefix(link, network));
        }
    }

    @Override
    public String toString() {
        return link + " " + network;
    }
}
