package org.wirescale.tunnel;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import org.wirescale.model.InterfaceName;

/**
 * The mark of packets that came out of a tunnel and are to be masqueraded. 32 bits derived from the interface's name, with bits 16
 * to 23 replaced, because those are Tailscale's and one name in 128 would hit a mark of it. Rules set and match only the other 24
 * bits, so it is those that are never 0 and never another tunnel's.
 */
final class MasqueradeMark {
    private static final long OURS_IN_TAILSCALES_BITS = 0x57L << 16;

    /** The exit node's routing marks, which other software may rely on. */
    private static final Set<Long> RESERVED = Set.of(0xA08D037BL, 0xA08D037CL);

    private MasqueradeMark() {}

    /**
     * The first 32 bits of the name's SHA-384 that do, as unsigned number.
     *
     * @param taken the marks of other tunnels
     */
    static long of(InterfaceName name, Collection<Long> taken) {
        return of(sha384(name.text().getBytes(StandardCharsets.US_ASCII)), taken);
    }

    static long of(byte[] hash, Collection<Long> taken) {
        Set<Long> refused = new HashSet<>(Set.of(0L));
        RESERVED.forEach(mark -> refused.add(mark & IptablesRule.MARK_MASK));
        taken.forEach(mark -> refused.add(mark & IptablesRule.MARK_MASK));
        for (byte[] bits = hash; ; bits = sha384(bits)) {
            ByteBuffer words = ByteBuffer.wrap(bits);
            while (words.hasRemaining()) {
                long free = words.getInt() & IptablesRule.MARK_MASK;
                if (!refused.contains(free)) {
                    return free | OURS_IN_TAILSCALES_BITS;
                }
            }
        }
    }

    private static byte[] sha384(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-384").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-384", e);
        }
    }
}
