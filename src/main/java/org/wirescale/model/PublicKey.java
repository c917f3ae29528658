package org.wirescale.model;

import java.util.Arrays;

/** A WireGuard public key: 32 bytes, written as 44 characters of base64. */
public final class PublicKey {
    private final byte[] bytes;

    private PublicKey(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * @throws WirescaleException with {@link ModelReason#KEY}
     */
    public static PublicKey parse(String text) {
        return new PublicKey(KeyBytes.decode(text));
    }

    /**
     * @throws WirescaleException with {@link ModelReason#KEY} unless there are 32 bytes
     */
    public static PublicKey ofBytes(byte[] bytes) {
        return new PublicKey(KeyBytes.checked(bytes));
    }

    public byte[] bytes() {
        return bytes.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PublicKey that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return KeyBytes.encode(bytes);
    }
}
