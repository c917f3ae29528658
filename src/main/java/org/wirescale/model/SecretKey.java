package org.wirescale.model;

import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;

/** A private or pre-shared WireGuard key. It never shows itself: {@link #toString()} is {@code (hidden)}. */
public final class SecretKey {
    private final byte[] bytes;

    private SecretKey(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * @throws WirescaleException with {@link ModelReason#KEY}
     */
    public static SecretKey parse(String text) {
        return new SecretKey(KeyBytes.decode(text));
    }

    /** A fresh pre-shared key. */
    public static SecretKey randomPresharedKey() {
        byte[] bytes = new byte[KeyBytes.LENGTH];
        new SecureRandom().nextBytes(bytes);
        return new SecretKey(bytes);
    }

    /** A fresh private key, clamped as RFC 7748 section 5 and {@code wg genkey} do. */
    public static SecretKey randomPrivateKey() {
        byte[] bytes = new byte[KeyBytes.LENGTH];
        new SecureRandom().nextBytes(bytes);
        bytes[0] &= (byte) 248;
        bytes[31] = (byte) ((bytes[31] & 127) | 64);
        return new SecretKey(bytes);
    }

    public byte[] bytes() {
        return bytes.clone();
    }

    /** The base64 text, for the standard input of {@code wg} and files of mode 0600 alone. */
    public String reveal() {
        return KeyBytes.encode(bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SecretKey that && MessageDigest.isEqual(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return "(hidden)";
    }
}
