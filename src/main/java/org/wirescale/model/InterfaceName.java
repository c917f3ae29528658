package org.wirescale.model;

import java.util.Set;
import java.util.regex.Pattern;

/**
 * The name of a network interface that is safe as an argument of {@code ip}, {@code wg}, {@code iptables} and {@code nft}, and as
 * part of a file's or unit's name. Stricter than the kernel's {@code dev_valid_name()}.
 */
public record InterfaceName(String text) implements Comparable<InterfaceName> {
    /** IFNAMSIZ less the terminating zero. */
    public static final int MAX_LENGTH = 15;

    private static final Pattern FORM = Pattern.compile("[a-zA-Z0-9_][a-zA-Z0-9_.=-]{0,14}");
    /** Folders of {@code /proc/sys/net/ipv4/conf} and {@code /etc/network}, and the loopback device. */
    private static final Set<String> TAKEN = Set.of("all", "default", "interfaces", "lo");

    public InterfaceName {
        if (!isValid(text)) {
            throw WirescaleException.of(ModelReason.INTERFACE_NAME, "text", text);
        }
    }

    /**
     * @throws WirescaleException with {@link ModelReason#INTERFACE_NAME}
     */
    public static InterfaceName parse(String text) {
        return new InterfaceName(text);
    }

    public static boolean isValid(String text) {
        return FORM.matcher(text).matches() && !TAKEN.contains(text);
    }

    @Override
    public int compareTo(InterfaceName other) {
        return text.compareTo(other.text);
    }

    @Override
    public String toString() {
        return text;
    }
}
