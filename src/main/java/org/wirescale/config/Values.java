package org.wirescale.config;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.wirescale.config.Section.Entry;
import org.wirescale.model.IpNetwork;
import org.wirescale.model.PublicKey;
import org.wirescale.model.SecretKey;
import org.wirescale.model.WirescaleException;

/** Reading of the values that several keys share. */
final class Values {
    private static final int MAX_16_BITS = 65535;

    private Values() {}

    /** Words between commas and blanks, as wg-quick splits {@code Address} and {@code DNS}; empty ones count for nothing. */
    static List<String> words(String value) {
        List<String> words = new ArrayList<>();
        for (String word : value.split("[, \t\u000b\f\r]", -1)) {
            if (!word.isEmpty()) {
                words.add(word);
            }
        }
        return words;
    }

    static IpNetwork network(Section section, Entry entry, String text, ConfigReason reason) {
        try {
            return IpNetwork.parse(text);
        } catch (WirescaleException e) {
            throw section.error(reason, entry);
        }
    }

    static SecretKey secretKey(Section section, Entry entry) {
        try {
            SecretKey key = SecretKey.parse(entry.value());
            requireSomeBit(section, entry, key.bytes());
            return key;
        } catch (WirescaleException e) {
            throw keyError(section, entry, e);
        }
    }

    static PublicKey publicKey(Section section, Entry entry) {
        try {
            PublicKey key = PublicKey.parse(entry.value());
            requireSomeBit(section, entry, key.bytes());
            return key;
        } catch (WirescaleException e) {
            throw keyError(section, entry, e);
        }
    }

    /** Digits of a number that fits in 16 bits. */
    static boolean is16Bits(String text) {
        return text.matches("[0-9]{1,9}") && Integer.parseInt(text) <= MAX_16_BITS;
    }

    /** Zeros mean no key to the kernel, and a tunnel with fewer secrets than its file says must not come up. */
    private static void requireSomeBit(Section section, Entry entry, byte[] key) {
        if (Arrays.equals(key, new byte[key.length])) {
            throw section.error(ConfigReason.ZERO_KEY, entry);
        }
    }

    private static WirescaleException keyError(Section section, Entry entry, WirescaleException cause) {
        return cause.reason() == ConfigReason.ZERO_KEY ? cause : section.error(ConfigReason.KEY, entry);
    }
}
