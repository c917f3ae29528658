package org.wirescale.model;

import java.util.Arrays;

/**
 * An address with a prefix length, host bits kept: a WireGuard {@code Address} (192.168.3.1/24) or, {@link #masked()}, a
 * network (192.168.3.0/24). Without a prefix length it is a single host.
 *
 * @param prefixLength 0 to 32, or 0 to 128
 */
public record IpNetwork(IpAddress address, int prefixLength) implements Comparable<IpNetwork> {
    public IpNetwork {
        if (prefixLength < 0 || prefixLength > address.bits()) {
            throw WirescaleException.of(ModelReason.NETWORK, "text", address + "/" + prefixLength);
        }
    }

    /**
     * @throws WirescaleException with {@link ModelReason#NETWORK}
     */
    public static IpNetwork parse(String text) {
        int slash = text.indexOf('/');
        String host = slash < 0 ? text : text.substring(0, slash);
        String length = slash < 0 ? "" : text.substring(slash + 1);
        if (!IpAddress.isValid(host) || (slash >= 0 && !length.matches("[0-9]{1,3}"))) {
            throw WirescaleException.of(ModelReason.NETWORK, "text", text);
        }
        IpAddress address = IpAddress.parse(host);
        int prefixLength = slash < 0 ? address.bits() : Integer.parseInt(length);
        if (prefixLength > address.bits()) {
            throw WirescaleException.of(ModelReason.NETWORK, "text", text);
        }
        return new IpNetwork(address, prefixLength);
    }

    public static IpNetwork host(IpAddress address) {
        return new IpNetwork(address, address.bits());
    }

    public boolean isIpv6() {
        return address.isIpv6();
    }

    /** {@code 0.0.0.0/0} or {@code ::/0}. */
    public boolean isDefault() {
        return prefixLength == 0;
    }

    /** The same network with its host bits zero. */
    public IpNetwork masked() {
        byte[] bytes = address.bytes();
        for (int bit = prefixLength; bit < address.bits(); bit++) {
            bytes[bit / 8] &= (byte) ~(0x80 >> (bit % 8));
        }
        return new IpNetwork(IpAddress.ofBytes(bytes), prefixLength);
    }

    public boolean contains(IpAddress other) {
        return other.isIpv6() == isIpv6()
                && Arrays.equals(
                        new IpNetwork(other, prefixLength).masked().address.bytes(),
                        masked().address.bytes());
    }

    @Override
    public int compareTo(IpNetwork other) {
        int byAddress = address.compareTo(other.address);
        return byAddress != 0 ? byAddress : Integer.compare(prefixLength, other.prefixLength);
    }

    @Override
    public String toString() {
        return address + "/" + prefixLength;
    }
}
