package org.wirescale.tunnel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.wirescale.model.InterfaceName;
import org.wirescale.testing.NetworkNamespace;

final class NftTest {
    private static String table(String name) {
        return Nft.table(InterfaceName.parse(name));
    }

    @Test
    void a_plain_name_is_the_table_that_a_person_expects() {
        assertThat(table("bob")).isEqualTo("wirescale_bob");
        assertThat(table("my_vpn-2.lan")).isEqualTo("wirescale_my_vpn-2.lan");
    }

    @Test
    void no_two_interfaces_and_parts_share_a_table() {
        assertThat(Stream.of(
                        table("a=b"),
                        table("aeb"),
                        table("a-b"),
                        table("a_b"),
                        table("a.b"),
                        table("ab"),
                        table("port"),
                        table("bob=port"),
                        Nft.table(InterfaceName.parse("bob"), "port"),
                        table("bob_port"),
                        table("closed"),
                        "wirescale_closed"))
                .doesNotHaveDuplicates();
    }

    @Tag("netns")
    @Test
    void a_table_is_asked_for_without_being_made() throws Exception {
        try (NetworkNamespace host = NetworkNamespace.create()) {
            InterfaceName bob = InterfaceName.parse("bob");
            assertThat(host.call(() -> Nft.refusal(Nft.table(bob), OwnTableChange.content(bob))))
                    .isEmpty();
            assertThat(host.call(() -> Nft.refusal(Nft.table(bob), "chain c { nonsense }")))
                    .hasValueSatisfying(why -> assertThat(why).contains("rror"));
            assertThat(host.call(NftNeeds::unmet)).isEmpty();
            assertThat(host.exec("nft list ruleset")).isEmpty();
        }
    }

    @Tag("netns")
    @Test
    void nft_takes_the_table_of_every_name_that_an_interface_can_have() throws Exception {
        try (NetworkNamespace host = NetworkNamespace.create()) {
            for (String name :
                    new String[] {"bob", "0=-._a=", "closed", "_", "9.9.9.9-=_AZ", "drop", "a=b=c=d=e=f=g=h"}) {
                InterfaceName itf = InterfaceName.parse(name);
                host.run(() -> Nft.replace(Nft.table(itf), OwnTableChange.content(itf)));
                assertThat(host.exec("nft list ruleset")).contains("oifname \"" + name + "\"");
                assertThat(host.call(() -> Nft.has(Nft.table(itf)))).isTrue();
                assertThat(host.call(Nft::interfaces)).containsExactly(itf);
                host.run(() -> Nft.delete(Nft.table(itf)));
                assertThat(host.call(() -> Nft.has(Nft.table(itf)))).isFalse();
            }
            assertThat(host.exec("nft list ruleset")).isEmpty();
            for (String other : new String[] {"inet wirescale_closed", "inet wirescale_bob/port", "ip wirescale_bob"}) {
                host.exec("nft add table " + other);
            }
            assertThat(host.call(Nft::interfaces)).isEmpty();
        }
    }
}
