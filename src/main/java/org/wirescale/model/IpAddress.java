package org.wirescale.model;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.regex.Pattern;

/**
 * An IPv4 or IPv6 address, without zone. Ordered as unsigned numbers, IPv4 before IPv6. Its text is that of RFC 5952 for IPv6
 * and dotted decimal for IPv4.
 */
public final class IpAddress implements Comparable<IpAddress> {
    private static final String OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])";
    private static final Pattern IPV4 = Pattern.compile(OCTET + "(\\." + OCTET + "){3}");
    private static final Pattern IPV6_CHARACTERS = Pattern.compile("[0-9a-fA-F:.]{2,45}");

    private final InetAddress address;

    private IpAddress(InetAddress address) {
        this.address = address;
    }

    /**
     * Reads a literal, never a name. {@link InetAddress#ofLiteral} alone takes more ({@code 1}, {@code 010.0.0.1}, {@code [::1]},
     * zones) and silently makes IPv4 of IPv4-mapped IPv6: these are refused.
     *
     * @throws WirescaleException with {@link ModelReason#ADDRESS}
     */
    public static IpAddress parse(String text) {
        boolean ipv4 = IPV4.matcher(text).matches();
        boolean ipv6 = text.indexOf(':') >= 0 && IPV6_CHARACTERS.matcher(text).matches();
        if (!ipv4 && !ipv6) {
            throw WirescaleException.of(ModelReason.ADDRESS, "text", text);
        }
        try {
            InetAddress parsed = InetAddress.ofLiteral(text);
            if (ipv6 != parsed instanceof Inet6Address) {
                throw WirescaleException.of(ModelReason.ADDRESS, "text", text);
            }
            return new IpAddress(parsed);
        } catch (IllegalArgumentException e) {
            throw WirescaleException.causedBy(e, ModelReason.ADDRESS, "text", text);
        }
    }

    public static boolean isValid(String text) {
        try {
            parse(text);
            return true;
        } catch (WirescaleException e) {
            return false;
        }
    }

    /** The address without its zone. */
    public static IpAddress of(InetAddress address) {
        return ofBytes(address.getAddress());
    }

    /**
     * @param bytes 4 or 16 bytes in network order
     */
    public static IpAddress ofBytes(byte[] bytes) {
        try {
            return new IpAddress(InetAddress.getByAddress(bytes));
        } catch (java.net.UnknownHostException e) {
            throw new IllegalArgumentException("an address has 4 or 16 bytes", e);
        }
    }

    public InetAddress toInetAddress() {
        return address;
    }

    public byte[] bytes() {
        return address.getAddress();
    }

    public boolean isIpv6() {
        return address instanceof Inet6Address;
    }

    /** 32 or 128. */
    public int bits() {
        return isIpv6() ? 128 : 32;
    }

    public boolean isLoopback() {
        return address.isLoopbackAddress();
    }

    public boolean isMulticast() {
        return address.isMulticastAddress();
    }

    public boolean isUnspecified() {
        return address.isAnyLocalAddress();
    }

    public boolean isLinkLocal() {
        return address.isLinkLocalAddress();
    }

    /** As the host part of a URL or endpoint: IPv6 in brackets. */
    public String inBrackets() {
        return isIpv6() ? "[" + this + "]" : toString();
    }

    @Override
    public int compareTo(IpAddress other) {
        byte[] mine = bytes();
        byte[] theirs = other.bytes();
        return mine.length != theirs.length
                ? Integer.compare(mine.length, theirs.length)
                : Arrays.compareUnsigned(mine, theirs);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof IpAddress that && address.equals(that.address);
    }

    @Override
    public int hashCode() {
        return address.hashCode();
    }

    @Override
    public String toString() {
        return isIpv6() ? ipv6Text(bytes()) : address.getHostAddress();
    }

    /** RFC 5952: lower case, no leading zeros, the first longest run of two or more zero groups as {@code ::}. */
    private static String ipv6Text(byte[] bytes) {
        int[] groups = new int[8];
        for (int i = 0; i < 8; i++) {
            groups[i] = ((bytes[2 * i] & 0xff) << 8) | (bytes[2 * i + 1] & 0xff);
        }
        int runStart = -1;
        int runLength = 1;
        for (int i = 0; i < 8; i++) {
            int end = i;
            while (end < 8 && groups[end] == 0) {
                end++;
            }
            if (end - i > runLength) {
                runStart = i;
                runLength = end - i;
            }
            i = Math.max(i, end - 1);
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            if (i == runStart) {
                text.append("::");
                i += runLength - 1;
            } else {
                if (!text.isEmpty() && text.charAt(text.length() - 1) != ':') {
                    text.append(':');
                }
                text.append(Integer.toHexString(groups[i]));
            }
        }
        return text.toString();
    }
}
