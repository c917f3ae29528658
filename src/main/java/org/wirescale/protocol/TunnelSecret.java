package org.wirescale.protocol;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.SecureRandom;
import java.security.spec.NamedParameterSpec;
import java.security.spec.XECPrivateKeySpec;
import java.security.spec.XECPublicKeySpec;
import javax.crypto.Cipher;
import javax.crypto.KDF;
import javax.crypto.KeyAgreement;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.wirescale.model.PublicKey;
import org.wirescale.model.SecretKey;
import org.wirescale.model.WirescaleException;

/**
 * What the two ends of a tunnel, and nobody else, can make from its keys: X25519 (RFC 7748) of one's own private and the peer's
 * public key, by HKDF-SHA384 (RFC 5869) with the pre-shared key as salt and no info, to a key of ChaCha20-Poly1305 (RFC 8439).
 */
public final class TunnelSecret {
    private static final int KEY_BYTES = 32;
    private static final String CIPHER = "ChaCha20-Poly1305";

    private final SecretKeySpec key;

    private TunnelSecret(SecretKeySpec key) {
        this.key = key;
    }

    /**
     * @throws WirescaleException with {@link ProtocolReason#UNUSABLE_KEY} for a public key that is no point of use
     */
    public static TunnelSecret of(SecretKey own, PublicKey peer, SecretKey presharedKey) {
        try {
            HKDFParameterSpec derivation = HKDFParameterSpec.ofExtract()
                    .addIKM(agree(own, peer))
                    .addSalt(presharedKey.bytes())
                    .thenExpand(new byte[0], KEY_BYTES);
            byte[] derived = KDF.getInstance("HKDF-SHA384").deriveData(derivation);
            return new TunnelSecret(new SecretKeySpec(derived, "ChaCha20"));
        } catch (GeneralSecurityException e) {
            throw WirescaleException.causedBy(e, ProtocolReason.UNUSABLE_KEY);
        }
    }

    private static byte[] agree(SecretKey own, PublicKey peer) throws GeneralSecurityException {
        KeyFactory factory = KeyFactory.getInstance("X25519");
        KeyAgreement agreement = KeyAgreement.getInstance("X25519");
        agreement.init(factory.generatePrivate(new XECPrivateKeySpec(NamedParameterSpec.X25519, own.bytes())));
        agreement.doPhase(
                factory.generatePublic(new XECPublicKeySpec(NamedParameterSpec.X25519, coordinate(peer.bytes()))),
                true);
        return agreement.generateSecret();
    }

    /** Little-endian, the highest bit without meaning; RFC 7748 section 5. */
    private static BigInteger coordinate(byte[] bytes) {
        byte[] bigEndian = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            bigEndian[bytes.length - 1 - i] = bytes[i];
        }
        bigEndian[0] &= 0x7f;
        return new BigInteger(1, bigEndian);
    }

    Sealed seal(String text) {
        byte[] nonce = new byte[Sealed.NONCE_BYTES];
        new SecureRandom().nextBytes(nonce);
        return seal(text, nonce);
    }

    Sealed seal(String text, byte[] nonce) {
        try {
            return Sealed.of(nonce, run(Cipher.ENCRYPT_MODE, nonce, text.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no " + CIPHER, e);
        }
    }

    /**
     * @throws WirescaleException with {@link ProtocolReason#NOT_SEALED} when it was sealed with another key, or changed since
     */
    String open(Sealed sealed) {
        try {
            byte[] bytes = run(Cipher.DECRYPT_MODE, sealed.nonce(), sealed.encrypted());
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (GeneralSecurityException | CharacterCodingException e) {
            throw WirescaleException.causedBy(e, ProtocolReason.NOT_SEALED);
        }
    }

    private byte[] run(int mode, byte[] nonce, byte[] bytes) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance(CIPHER);
        cipher.init(mode, key, new IvParameterSpec(nonce));
        return cipher.doFinal(bytes);
    }

    @Override
    public String toString() {
        return "(hidden)";
    }
}
