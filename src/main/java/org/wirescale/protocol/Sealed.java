package org.wirescale.protocol;

import java.util.Arrays;
import java.util.Base64;
import org.wirescale.model.WirescaleException;

/**
 * A text of one tunnel's end that only the other end can read, with the nonce that it was encrypted with. On the wire both are
 * base64 in the alphabet of URLs, with padding (RFC 4648 section 5).
 */
public final class Sealed {
    /** Of ChaCha20-Poly1305, RFC 8439. */
    static final int NONCE_BYTES = 12;

    static final int TAG_BYTES = 16;
    /** What is sealed has some 250 bytes. */
    static final int MOST_BYTES = 4096;

    private final byte[] nonce;
    private final byte[] encrypted;

    private Sealed(byte[] nonce, byte[] encrypted) {
        this.nonce = nonce;
        this.encrypted = encrypted;
    }

    static Sealed of(byte[] nonce, byte[] encrypted) {
        return new Sealed(nonce.clone(), encrypted.clone());
    }

    /**
     * @throws WirescaleException with {@link ProtocolReason#NOT_SEALED}
     */
    static Sealed parse(String nonce, String encrypted) {
        byte[] nonceBytes = decode(nonce);
        byte[] bytes = decode(encrypted);
        if (nonceBytes.length != NONCE_BYTES || bytes.length < TAG_BYTES || bytes.length > MOST_BYTES) {
            throw WirescaleException.of(ProtocolReason.NOT_SEALED);
        }
        return new Sealed(nonceBytes, bytes);
    }

    private static byte[] decode(String text) {
        try {
            return Base64.getUrlDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw WirescaleException.causedBy(e, ProtocolReason.NOT_SEALED);
        }
    }

    /** Tells this text from every other that was sealed with the same key. */
    public String nonceText() {
        return Base64.getUrlEncoder().encodeToString(nonce);
    }

    String encryptedText() {
        return Base64.getUrlEncoder().encodeToString(encrypted);
    }

    byte[] nonce() {
        return nonce.clone();
    }

    byte[] encrypted() {
        return encrypted.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Sealed that
                && Arrays.equals(nonce, that.nonce)
                && Arrays.equals(encrypted, that.encrypted);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(nonce);
    }

    @Override
    public String toString() {
        return "(sealed)";
    }
}
