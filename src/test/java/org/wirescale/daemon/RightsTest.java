package org.wirescale.daemon;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.IpAddress;
import org.wirescale.protocol.LocalCodec;
import org.wirescale.protocol.LocalRequest;

final class RightsTest {
    private static final Caller ROOT = new Caller(0);
    private static final Caller MEMBER = new Caller(1000);
    private static final Caller ANYBODY = new Caller(1001);
    private final Rights rights = new Rights(uid -> uid == MEMBER.uid());

    private static LocalRequest upgrade(String keys) {
        return LocalCodec.decodeRequest(
                "{\"code\":\"upgrade\",\"error_code\":null,\"peer_ip\":\"100.64.0.2\"" + keys + "}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ",\"interface\":\"bob\"",
                ",\"allow_suffix\":true",
                ",\"recover_tries\":-1",
                ",\"recreate_tries\":2"
            })
    void anybody_may_ask_for_a_plain_upgrade(String keys) {
        assertThatCode(() -> rights.check(ANYBODY, upgrade(keys))).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ",\"suffix_number\":1",
                ",\"expected_interface\":\"alice\"",
                ",\"iptables_accept\":true",
                ",\"iptables_forward\":false",
                ",\"iptables_masquerade\":true"
            })
    void the_other_keys_need_root_or_the_group(String keys) {
        LocalRequest request = upgrade(keys);
        assertThatCode(() -> rights.check(ROOT, request)).doesNotThrowAnyException();
        assertThatCode(() -> rights.check(MEMBER, request)).doesNotThrowAnyException();
        assertThatThrownBy(() -> rights.check(ANYBODY, request)).hasMessageContaining("group 'wirescale'");
    }

    @Test
    void a_dry_run_needs_the_rights_of_the_upgrade() {
        LocalRequest.Upgrade plain = (LocalRequest.Upgrade) upgrade("");
        LocalRequest.DryRun privileged =
                new LocalRequest.DryRun((LocalRequest.Upgrade) upgrade(",\"iptables_accept\":true"));
        assertThatCode(() -> rights.check(ANYBODY, new LocalRequest.DryRun(plain)))
                .doesNotThrowAnyException();
        assertThatCode(() -> rights.check(MEMBER, privileged)).doesNotThrowAnyException();
        assertThatThrownBy(() -> rights.check(ANYBODY, privileged)).hasMessageContaining("group 'wirescale'");
    }

    @Test
    void what_concerns_a_tunnel_that_stands_needs_root_whatever_the_group() {
        InterfaceName bob = InterfaceName.parse("bob");
        for (LocalRequest request :
                List.of(new LocalRequest.Recover(IpAddress.parse("100.64.0.2"), bob, 0), new LocalRequest.Down(bob))) {
            assertThatCode(() -> rights.check(ROOT, request)).doesNotThrowAnyException();
            assertThatThrownBy(() -> rights.check(MEMBER, request)).hasMessageContaining("only root");
            assertThatThrownBy(() -> rights.check(ANYBODY, request)).hasMessageContaining("only root");
        }
    }

    @Test
    void anybody_may_ask_for_the_status() {
        assertThatCode(() -> rights.check(ANYBODY, new LocalRequest.Status())).doesNotThrowAnyException();
    }

    @Test
    void a_uid_without_a_user_is_no_member() {
        Rights real = Rights.ofThisMachine();
        assertThatThrownBy(() -> real.check(new Caller(-2), upgrade(",\"iptables_accept\":true")))
                .hasMessageContaining("group 'wirescale'");
    }
}
