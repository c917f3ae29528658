package org.wirescale.os;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.wirescale.model.IpAddress;

/**
 * Reads what netlink(7) sockets receive: messages of rtnetlink(7) and of nf_tables ({@code linux/netfilter/nf_tables.h}). What is
 * cut off, malformed or of another kind is passed over.
 */
final class NetlinkMessages {
    private static final int HEADER = 16;

    // Types of rtnetlink(7), and the sizes of what stands before their attributes.
    private static final int NEWLINK = 16;
    private static final int DELLINK = 17;
    private static final int NEWADDR = 20;
    private static final int DELADDR = 21;
    private static final int NEWROUTE = 24;
    private static final int DELROUTE = 25;
    private static final int NEWRULE = 32;
    private static final int DELRULE = 33;
    private static final int LINK_SIZE = 16;
    private static final int ADDRESS_SIZE = 8;
    private static final int ROUTE_SIZE = 12;
    private static final int RULE_SIZE = 12;

    private static final int IFNAME = 3;
    private static final int IFA_ADDRESS = 1;
    private static final int IFA_LOCAL = 2;
    private static final int OIF = 4;
    private static final int GATEWAY = 5;
    private static final int PRIORITY = 6;
    private static final int TABLE = 15;

    private static final int UNSPECIFIED = 0;
    private static final int IPV4 = 2;
    private static final int IPV6 = 10;

    /** Scopes from here on do not reach beyond the link. */
    private static final int SCOPE_LINK = 253;

    /** The kernel's note to itself of a route that was used. */
    private static final int CLONED = 0x200;

    private static final int LOCAL_TABLE = 255;

    // The deletions among the types of nf_tables, subsystem 10 of nfnetlink, and a new chain, which can have a policy.
    private static final int NFT_NEWCHAIN = 0xa03;
    private static final int NFT_DELTABLE = 0xa02;
    private static final int NFT_DELCHAIN = 0xa05;
    private static final int NFT_DELRULE = 0xa08;
    private static final int NFT_SIZE = 4;
    private static final int NFT_TABLE = 1;

    private NetlinkMessages() {}

    /** The events of one datagram. */
    static List<NetworkEvent> read(ByteBuffer datagram) {
        List<NetworkEvent> events = new ArrayList<>();
        ByteBuffer left = datagram.slice().order(ByteOrder.nativeOrder());
        while (left.remaining() >= HEADER) {
            int length = left.getInt(left.position());
            int type = Short.toUnsignedInt(left.getShort(left.position() + 4));
            if (length < HEADER || length > left.remaining()) {
                break;
            }
            ByteBuffer body =
                    left.slice(left.position() + HEADER, length - HEADER).order(ByteOrder.nativeOrder());
            event(type, body).ifPresent(events::add);
            left.position(Math.min(left.limit(), left.position() + aligned(length)));
        }
        return events;
    }

    private static Optional<NetworkEvent> event(int type, ByteBuffer body) {
        return switch (type) {
            case NEWLINK, DELLINK -> body.remaining() < LINK_SIZE ? Optional.empty() : link(body, type == NEWLINK);
            case NEWADDR, DELADDR ->
                body.remaining() < ADDRESS_SIZE ? Optional.empty() : address(body, type == NEWADDR);
            case NEWROUTE, DELROUTE -> body.remaining() < ROUTE_SIZE ? Optional.empty() : route(body, type == NEWROUTE);
            case NEWRULE, DELRULE -> body.remaining() < RULE_SIZE ? Optional.empty() : rule(body, type == NEWRULE);
            case NFT_NEWCHAIN, NFT_DELTABLE, NFT_DELCHAIN, NFT_DELRULE ->
                body.remaining() < NFT_SIZE
                        ? Optional.empty()
                        : Optional.of(new NetworkEvent.FirewallChanged(text(attributes(body, NFT_SIZE), NFT_TABLE)));
            default -> Optional.empty();
        };
    }

    private static Optional<NetworkEvent> link(ByteBuffer body, boolean there) {
        // Of another family it is about the link's part in a bridge.
        if (body.get(0) != UNSPECIFIED) {
            return Optional.empty();
        }
        int ifindex = body.getInt(4);
        String name = text(attributes(body, LINK_SIZE), IFNAME);
        return Optional.of(
                there ? new NetworkEvent.LinkChanged(ifindex, name) : new NetworkEvent.LinkGone(ifindex, name));
    }

    private static Optional<NetworkEvent> address(ByteBuffer body, boolean there) {
        Map<Integer, ByteBuffer> attributes = attributes(body, ADDRESS_SIZE);
        int ifindex = body.getInt(4);
        boolean global = Byte.toUnsignedInt(body.get(3)) < SCOPE_LINK;
        // Of a link to one other machine the first is that machine's.
        return ip(attributes, IFA_LOCAL, body.get(0))
                .or(() -> ip(attributes, IFA_ADDRESS, body.get(0)))
                .map(address -> new NetworkEvent.AddressChanged(ifindex, address, global, there));
    }

    private static Optional<NetworkEvent> route(ByteBuffer body, boolean there) {
        int family = body.get(0);
        Map<Integer, ByteBuffer> attributes = attributes(body, ROUTE_SIZE);
        long table = number(attributes, TABLE).orElse((long) Byte.toUnsignedInt(body.get(4)));
        boolean isCloned = (body.getInt(8) & CLONED) != 0;
        if (isCloned || table == LOCAL_TABLE || (family != IPV4 && family != IPV6)) {
            return Optional.empty();
        }
        NetworkEvent.Route route = new NetworkEvent.Route(
                family == IPV6,
                Byte.toUnsignedInt(body.get(1)),
                table,
                number(attributes, OIF).orElse(0L).intValue(),
                ip(attributes, GATEWAY, family),
                number(attributes, PRIORITY).orElse(0L));
        return Optional.of(new NetworkEvent.RouteChanged(route, there));
    }

    private static Optional<NetworkEvent> rule(ByteBuffer body, boolean there) {
        Map<Integer, ByteBuffer> attributes = attributes(body, RULE_SIZE);
        long table = number(attributes, TABLE).orElse((long) Byte.toUnsignedInt(body.get(4)));
        return Optional.of(
                new NetworkEvent.RuleChanged(number(attributes, PRIORITY).orElse(0L), table, there));
    }

    /** The values by their types; of several of one type the last. */
    private static Map<Integer, ByteBuffer> attributes(ByteBuffer body, int from) {
        Map<Integer, ByteBuffer> attributes = new HashMap<>();
        int at = from;
        while (body.limit() - at >= 4) {
            int length = Short.toUnsignedInt(body.getShort(at));
            // The two highest bits say how the value is encoded.
            int type = Short.toUnsignedInt(body.getShort(at + 2)) & 0x3fff;
            if (length < 4 || length > body.limit() - at) {
                break;
            }
            attributes.put(type, body.slice(at + 4, length - 4).order(ByteOrder.nativeOrder()));
            at += aligned(length);
        }
        return attributes;
    }

    private static Optional<Long> number(Map<Integer, ByteBuffer> attributes, int type) {
        return Optional.ofNullable(attributes.get(type))
                .filter(value -> value.remaining() == 4)
                .map(value -> Integer.toUnsignedLong(value.getInt(0)));
    }

    private static Optional<IpAddress> ip(Map<Integer, ByteBuffer> attributes, int type, int family) {
        int size = family == IPV6 ? 16 : 4;
        return Optional.ofNullable(attributes.get(type))
                .filter(value -> value.remaining() == size)
                .map(value -> {
                    byte[] bytes = new byte[size];
                    value.get(0, bytes);
                    return IpAddress.ofBytes(bytes);
                });
    }

    /** Up to its zero; empty where there is none of that type. */
    private static String text(Map<Integer, ByteBuffer> attributes, int type) {
        ByteBuffer value = attributes.get(type);
        if (value == null) {
            return "";
        }
        String text = StandardCharsets.ISO_8859_1.decode(value.slice()).toString();
        int zero = text.indexOf('\0');
        return zero < 0 ? text : text.substring(0, zero);
    }

    private static int aligned(int length) {
        return (length + 3) & -4;
    }
}
