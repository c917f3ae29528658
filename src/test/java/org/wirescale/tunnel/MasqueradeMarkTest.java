package org.wirescale.tunnel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.wirescale.model.InterfaceName;

final class MasqueradeMarkTest {
    private static final InterfaceName BOB = InterfaceName.parse("bob");

    /** {@code printf bob | sha384sum}: 8062ee12646b2570…; of uk: 21047870…, whose second byte is a mark of Tailscale's. */
    @Test
    void is_the_start_of_the_names_hash_with_tailscales_bits_replaced() {
        assertThat(MasqueradeMark.of(BOB, List.of())).isEqualTo(0x8057ee12L);
        assertThat(MasqueradeMark.of(InterfaceName.parse("uk"), List.of())).isEqualTo(0x21577870L);
    }

    @Test
    void is_the_next_32_bits_when_another_tunnel_has_these() {
        assertThat(MasqueradeMark.of(BOB, List.of(0x8057ee12L))).isEqualTo(0x64572570L);
    }

    @Test
    void never_is_zero_or_an_exit_nodes_in_the_bits_that_are_matched() {
        byte[] hash = ByteBuffer.allocate(16)
                .putInt(0x00010000)
                .putInt(0xA012037B)
                .putInt(0xA08D037C)
                .putInt(7)
                .array();
        assertThat(MasqueradeMark.of(hash, List.of())).isEqualTo(0x00570007L);
    }

    @Test
    void goes_on_when_all_of_the_hash_is_taken() {
        byte[] hash = ByteBuffer.allocate(4).putInt(0).array();
        assertThat(MasqueradeMark.of(hash, List.of()) & IptablesRule.MARK_MASK).isNotZero();
    }
}
