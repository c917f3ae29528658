package org.wirescale.tunnel;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wirescale.model.Endpoint;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.Port;
import org.wirescale.model.WirescaleException;

/**
 * After a takeover, third machines trust tailscaled's old port for up to 6.5 s. What they send there goes on to tailscaled's new
 * port, stateless and before conntrack, so that their data arrives; Tailscale's disco packets among it are dropped, so that they
 * look for the new port. To be applied before the duplicates of the old sockets are closed.
 *
 * <p>The tunnel's peer reaches the old port itself once its own tailscaled has left it too: {@link #exceptFrom}. Until then what it
 * sends there is tailscaled's as well.
 *
 * <p>The kernel ends it by itself: the rules hold for a port that is the element of a set with a timeout. {@link #undo} takes the
 * rest away, at any time. Without it, third machines merely wait: it never makes a tunnel fail.
 *
 * @param oldPort the tunnel's, tailscaled's until now
 * @param peer whose packets stay at the old port, which is the tunnel's; empty while nobody's do
 * @param ipv4 tailscaled's new port for IPv4, when it had the old port there
 * @param ipv6 the same for IPv6
 * @param turn 0 to 89: a later takeover's rules come after those of an earlier one, so that a packet that the first sends on to a
 *     port which the second has taken meanwhile is sent on once more
 */
public record OldPortForwardChange(
        Port oldPort, Optional<Endpoint> peer, Optional<Port> ipv4, Optional<Port> ipv6, int turn) implements Change {
    static final String KIND = "old-port-forward";
    public static final Duration LIFETIME = Duration.ofSeconds(20);

    private static final Logger LOG = LoggerFactory.getLogger(OldPortForwardChange.class);

    /** From priority raw, -300, up to where conntrack, at -200, is still far. */
    private static final int RAW = -300;

    private static final int TURNS = 90;
    private static final AtomicInteger NEXT_TURN = new AtomicInteger();

    /** "TS" and the sparkles of a disco packet, which follow the 8 bytes of UDP's header; tailscale.com/disco, Magic. */
    static final String DISCO = "@th,64,48 0x5453f09f92ac";

    public OldPortForwardChange {
        if (turn < 0 || turn >= TURNS) {
            throw WirescaleException.of(TunnelReason.VALUE, "what", "turn", "text", turn);
        }
    }

    /** For this takeover, after those before it: all that comes to the port is sent on. */
    public static OldPortForwardChange next(Port oldPort, Optional<Port> ipv4, Optional<Port> ipv6) {
        return new OldPortForwardChange(
                oldPort, Optional.empty(), ipv4, ipv6, NEXT_TURN.getAndUpdate(turn -> (turn + 1) % TURNS));
    }

    /** As far as it can be told before tailscaled has left the port for another one. */
    public static OldPortForwardChange expected(Port oldPort, Endpoint tunnelPeer) {
        return new OldPortForwardChange(
                oldPort, Optional.of(tunnelPeer), Optional.of(oldPort), Optional.of(oldPort), 0);
    }

    /** The same, but for the peer's packets, which are the tunnel's now. */
    public OldPortForwardChange exceptFrom(Endpoint tunnelPeer) {
        return new OldPortForwardChange(oldPort, Optional.of(tunnelPeer), ipv4, ipv6, turn);
    }

    static OldPortForwardChange read(StrictJson json) {
        return new OldPortForwardChange(
                new Port(json.integer("port")),
                json.optional("peer", Endpoint::parse),
                json.optional("ipv4", Port::parse),
                json.optional("ipv6", Port::parse),
                json.integer("turn"));
    }

    @Override
    public void write(ObjectNode json) {
        json.put("port", oldPort.number());
        peer.ifPresent(endpoint -> json.put("peer", endpoint.toString()));
        ipv4.ifPresent(port -> json.put("ipv4", port.toString()));
        ipv6.ifPresent(port -> json.put("ipv6", port.toString()));
        json.put("turn", turn);
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public String describe() {
        return "forwarding of port " + oldPort + " to tailscaled's new one for " + LIFETIME.toSeconds() + " s";
    }

    static String table(InterfaceName name) {
        return Nft.table(name, "port");
    }

    String content(Duration lifetime) {
        return """
                    set old {
                        type inet_service; flags timeout;
                        elements = { %s timeout %dms }
                    }
                    chain prerouting {
                        type filter hook prerouting priority %d; policy accept;
                %s%s    }
                """.formatted(
                oldPort, lifetime.toMillis(), RAW + turn, rules("ipv4", "ip", ipv4), rules("ipv6", "ip6", ipv6));
    }

    /** Only what is for this machine: a router's other packets for that port are none of ours. */
    private String rules(String protocol, String header, Optional<Port> newPort) {
        if (newPort.isEmpty()) {
            return "";
        }
        String others = peer.filter(endpoint -> endpoint.address().isIpv6() == header.equals("ip6"))
                .map(endpoint ->
                        "%s saddr . udp sport != { %s . %s } ".formatted(header, endpoint.address(), endpoint.port()))
                .orElse("");
        String match = "        meta nfproto %s fib daddr type local udp dport @old %s".formatted(protocol, others);
        return match + DISCO + " drop\n" + match + "udp dport set " + newPort.get() + "\n";
    }

    @Override
    public Optional<Change> prepare(ChangeContext context) {
        boolean moved = ipv4.isPresent() || ipv6.isPresent();
        return moved && Nft.works() ? Optional.of(this) : Optional.empty();
    }

    @Override
    public Change apply(ChangeContext context) {
        apply(context, LIFETIME);
        return this;
    }

    void apply(ChangeContext context, Duration lifetime) {
        try {
            Nft.replace(table(context.interfaceName()), content(lifetime));
        } catch (WirescaleException e) {
            LOG.warn(
                    "Other machines may not reach this one over Tailscale for some seconds: the old port's packets cannot"
                            + " be sent on ({})",
                    e.getMessage());
        }
    }

    @Override
    public void undo(ChangeContext context, Progress progress) {
        Nft.delete(table(context.interfaceName()));
    }
}
