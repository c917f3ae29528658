package org.wirescale.os;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/** A UDP datagram with its headers, in network order: RFC 768 in RFC 791 or RFC 8200. */
final class UdpPacket {
    private static final byte UDP = 17;
    private static final int UDP_HEADER = 8;
    private static final int IPV4_HEADER = 20;
    private static final int IPV6_HEADER = 40;
    /** Version 4, a header of five words. */
    private static final int IPV4 = 0x45 << 24;

    private static final int IPV6 = 6 << 28;
    private static final byte HOPS = 64;

    private UdpPacket() {}

    /**
     * The identification and checksum of an IPv4 header are left to the kernel, raw(7).
     *
     * @param from of the same family as {@code to}
     */
    static byte[] of(InetSocketAddress from, InetSocketAddress to, byte[] data) {
        byte[] source = from.getAddress().getAddress();
        byte[] destination = to.getAddress().getAddress();
        boolean ipv6 = source.length == 16;
        byte[] udp = udp(from, to, data);
        ByteBuffer packet = ByteBuffer.allocate((ipv6 ? IPV6_HEADER : IPV4_HEADER) + udp.length);
        if (ipv6) {
            packet.putInt(IPV6).putShort((short) udp.length).put(UDP).put(HOPS);
        } else {
            packet.putInt(IPV4 | IPV4_HEADER + udp.length).putInt(0);
            packet.put(HOPS).put(UDP).putShort((short) 0);
        }
        return packet.put(source).put(destination).put(udp).array();
    }

    private static byte[] udp(InetSocketAddress from, InetSocketAddress to, byte[] data) {
        ByteBuffer udp = ByteBuffer.allocate(UDP_HEADER + data.length)
                .putShort((short) from.getPort())
                .putShort((short) to.getPort())
                .putShort((short) (UDP_HEADER + data.length))
                .putShort((short) 0)
                .put(data);
        long sum = UDP
                + udp.capacity()
                + words(from.getAddress().getAddress())
                + words(to.getAddress().getAddress())
                + words(udp.array());
        while (sum > 0xffff) {
            sum = (sum & 0xffff) + (sum >> 16);
        }
        short checksum = (short) ~sum;
        // Zero would mean that there is none.
        return udp.putShort(6, checksum == 0 ? (short) 0xffff : checksum).array();
    }

    private static long words(byte[] bytes) {
        long sum = 0;
        for (int i = 0; i < bytes.length; i++) {
            int value = Byte.toUnsignedInt(bytes[i]);
            sum += i % 2 == 0 ? value << 8 : value;
        }
        return sum;
    }
}
