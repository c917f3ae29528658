package org.wirescale.exitnode;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Optional;
import org.wirescale.model.IpAddress;
import org.wirescale.model.IpNetwork;
import org.wirescale.os.Folders;
import org.wirescale.tunnel.Phase;
import org.wirescale.tunnel.Tunnel;

/** What a person or a program is told of the exit node. */
public final class ExitNodeReport {
    private ExitNodeReport() {}

    /** One object on one line; {@code {"interface":null}} while none is on. Needs no root. */
    public static String json(Folders folders) {
        ObjectNode json = new ObjectMapper().createObjectNode();
        Optional<ExitNodeState> on =
                ExitNode.load(folders).map(ExitNode::state).filter(state -> state.phase() == Phase.UP);
        if (on.isEmpty()) {
            return json.putNull("interface").toString();
        }
        ExitNodeState state = on.get();
        json.put("interface", state.name().text());
        json.put("since", Instant.ofEpochSecond(state.since()).toString());
        json.put("ipv4", state.passesIpv4() ? "tunnel" : "unreachable");
        json.put("ipv6", state.passesIpv6() ? "tunnel" : "unreachable");
        json.put("fail_closed", state.options().failClosed().word());
        json.put("keep_inbound", state.options().keepInbound());
        ArrayNode resolvers = json.putArray("resolvers");
        for (IpAddress server : Resolvers.inUse()) {
            resolvers.addObject().put("address", server.toString()).put("way", Resolvers.way(server, state.name()));
        }
        OtherVpns.inTheWay().ifPresent(rule -> json.put("in_the_way", rule));
        return json.toString();
    }

    /** Why a tunnel passes no IPv6, for a person. */
    public static String whyNotIpv6(Tunnel tunnel) {
        return tunnel.state().addresses().stream().anyMatch(IpNetwork::isIpv6)
                ? "the peer does not forward it (iptables-forward there, and wirescale 2 or newer)"
                : "the tunnel has no IPv6 address";
    }
}
