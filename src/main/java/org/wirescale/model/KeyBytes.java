package org.wirescale.model;

import java.util.Arrays;
import java.util.Base64;

/** Reading and writing the 32 bytes of a WireGuard key; {@code wg(8)} wants 44 characters of base64. */
final class KeyBytes {
    static final int LENGTH = 32;

    private KeyBytes() {}

    static byte[] decode(String text) {
        try {
            if (text.length() == 44) {
                byte[] bytes = Base64.getDecoder().decode(text);
                // Base64 with stray bits behind the last byte decodes too; wg refuses it.
                if (bytes.length == LENGTH && encode(bytes).equals(text)) {
                    return bytes;
                }
            }
        } catch (IllegalArgumentException e) {
            throw WirescaleException.causedBy(e, ModelReason.KEY);
        }
        throw WirescaleException.of(ModelReason.KEY);
    }

    static byte[] checked(byte[] bytes) {
        if (bytes.length != LENGTH) {
            throw WirescaleException.of(ModelReason.KEY);
        }
        return Arrays.copyOf(bytes, LENGTH);
    }

    static String encode(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
