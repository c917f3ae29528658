package org.wirescale.tailscale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.wirescale.model.Endpoint;
import org.wirescale.model.ErrorCode;
import org.wirescale.model.IpAddress;
import org.wirescale.model.WirescaleException;

final class TailscaleStatusTest {
    private static final String RUNNING = """
            {"Version":"1.102.5-tdeadbeef","TUN":true,"BackendState":"Running","MagicDNSSuffix":"old.ts.net",
             "CurrentTailnet":{"Name":"lab","MagicDNSSuffix":"Tail1.ts.net.","MagicDNSEnabled":true},
             "Health":["something"],
             "Self":{"ID":"nAlice","DNSName":"alice.tail1.ts.net.","TailscaleIPs":["100.64.0.1","fd7a:115c:a1e0::1"],
               "Addrs":["203.0.113.10:41641","192.168.10.2:41641","[fe80::1%eth0]:41641"],"Online":true,"OS":"linux"},
             "Peer":{
              "nodekey:1":{"ID":"nBob","DNSName":"bob.tail1.ts.net.","TailscaleIPs":["fd7a:115c:a1e0::2","100.64.0.2"],
                "CurAddr":"203.0.113.20:41641","Relay":"nyc","Online":true,"Active":true,"OS":"linux"},
              "nodekey:2":{"ID":"nBobby","DNSName":"bobby.tail1.ts.net.","TailscaleIPs":["100.64.0.3"],
                "CurAddr":"","Relay":"fra","PeerRelay":"203.0.113.9:7777:vni:1","Online":false},
              "nodekey:3":{"ID":"nShared","DNSName":"bob.other.ts.net","TailscaleIPs":["100.99.0.7"],
                "ShareeNode":true,"Online":true,"Expired":true,"Addrs":null},
              "nodekey:4":{"ID":"nNoName","DNSName":"","TailscaleIPs":["100.64.0.9","nonsense"],"Online":true},
              "nodekey:5":{"ID":"","TailscaleIPs":["100.64.0.10"]}}}""";

    private final TailscaleStatus status = read(RUNNING);

    @Test
    void what_tailscale_says_becomes_values() {
        assertThat(status.state()).isEqualTo(BackendState.RUNNING);
        assertThat(status.suffix()).contains("tail1.ts.net");
        assertThat(status.health()).containsExactly("something");
        assertThat(status.ownAddresses())
                .containsExactly(IpAddress.parse("100.64.0.1"), IpAddress.parse("fd7a:115c:a1e0::1"));
        assertThat(status.self().orElseThrow().endpoints())
                .as("without what has a zone")
                .containsExactly(Endpoint.parse("203.0.113.10:41641"), Endpoint.parse("192.168.10.2:41641"));
        assertThat(status.peers()).hasSize(4);
        Node bob = status.peerAt(IpAddress.parse("100.64.0.2")).orElseThrow();
        assertThat(bob.current()).contains(Endpoint.parse("203.0.113.20:41641"));
        assertThat(bob.primaryAddress()).contains(IpAddress.parse("100.64.0.2"));
        assertThat(bob.called(status.suffix())).isEqualTo("bob");
        Node bobby = status.peerAt(IpAddress.parse("100.64.0.3")).orElseThrow();
        assertThat(bobby.current()).isEmpty();
        assertThat(bobby.peerRelay()).isPresent();
        assertThat(status.peerAt(IpAddress.parse("100.64.0.9")).orElseThrow().called(status.suffix()))
                .isEqualTo("100.64.0.9");
    }

    @Test
    void a_tailscale_without_peers_and_tailnet_is_read_too() {
        TailscaleStatus empty = read("{\"BackendState\":\"NeedsLogin\",\"Self\":{\"ID\":\"\",\"TailscaleIPs\":null},"
                + "\"Peer\":null,\"CurrentTailnet\":null,\"MagicDNSSuffix\":\"\",\"TUN\":false}");
        assertThat(empty.self()).isEmpty();
        assertThat(empty.peers()).isEmpty();
        assertThat(empty.suffix()).isEmpty();
        assertThat(empty.tun()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"BackendState\":\"Dancing\"}",
                "{\"BackendState\":6}",
                "{\"BackendState\":\"Running\",\"TUN\":\"yes\"}",
                "{\"BackendState\":\"Running\",\"Peer\":[]}",
                "{\"BackendState\":\"Running\",\"Self\":{\"ID\":\"n1\",\"TailscaleIPs\":[1]}}"
            })
    void what_is_no_status_is_unreadable(String json) {
        WirescaleException failure = catchThrowableOfType(WirescaleException.class, () -> read(json));
        assertThat(failure.reason()).isEqualTo(TailscaleReason.UNREADABLE);
    }

    @ParameterizedTest
    @CsvSource({
        "NeedsLogin, LOGGED_OUT",
        "Stopped, STOPPED",
        "Starting, STARTING",
        "NoState, STARTING",
        "NeedsMachineAuth, NEEDS_APPROVAL"
    })
    void a_tailscale_that_does_not_run_may_run_later_and_says_what_to_do(String state, TailscaleReason reason) {
        WirescaleException failure = catchThrowableOfType(
                WirescaleException.class,
                () -> read("{\"BackendState\":\"" + state + "\"}").requireRunning());
        assertThat(failure.reason()).isEqualTo(reason);
        assertThat(failure.errorCode()).isEqualTo(ErrorCode.TS_UNREACHABLE);
    }

    @Test
    void userspace_networking_is_refused() {
        assertThatCode(status::requireInterface).doesNotThrowAnyException();
        WirescaleException failure = catchThrowableOfType(
                WirescaleException.class,
                () -> read(RUNNING.replace("\"TUN\":true", "\"TUN\":false")).requireInterface());
        assertThat(failure.reason()).isEqualTo(TailscaleReason.USERSPACE);
    }

    @ParameterizedTest
    @CsvSource({
        "bob, nBob",
        "BOB, nBob",
        "bob., nBob",
        "Bob.Tail1.ts.NET., nBob",
        "100.64.0.2, nBob",
        "FD7A:115C:A1E0:0::2, nBob",
        "bob.other.ts.net, nShared",
        "bobby, nBobby",
        "100.64.0.9, nNoName"
    })
    void a_peer_is_found_by_each_of_its_names_and_addresses(String text, String id) {
        assertThat(PeerLookup.find(status, text).id().text()).isEqualTo(id);
    }

    @ParameterizedTest
    @CsvSource({
        "alice, PEER_IS_SELF",
        "Alice.tail1.ts.net., PEER_IS_SELF",
        "100.64.0.1, PEER_IS_SELF",
        "fd7a:115c:a1e0::1, PEER_IS_SELF",
        "100.64.0.77, PEER_UNKNOWN",
        "zzzzzz, PEER_UNKNOWN",
        "bop, PEER_MISSPELT",
        "-rf, PEER_TEXT",
        "bob/../x, PEER_TEXT",
        "1.2.3, PEER_UNKNOWN"
    })
    void what_is_no_peer_is_refused(String text, TailscaleReason reason) {
        WirescaleException failure =
                catchThrowableOfType(WirescaleException.class, () -> PeerLookup.find(status, text));
        assertThat(failure.reason()).isEqualTo(reason);
        assertThat(failure).hasMessageContaining("'" + text + "'");
    }

    @Test
    void names_that_come_near_are_shown_nearest_first() {
        WirescaleException failure =
                catchThrowableOfType(WirescaleException.class, () -> PeerLookup.find(status, "bobb"));
        assertThat(failure.detail("near")).isEqualTo("'bob', 'bob.other.ts.net', 'bobby'");
    }

    @ParameterizedTest
    @CsvSource({"bobby, PEER_OFFLINE", "bob.other.ts.net, PEER_EXPIRED"})
    void a_peer_that_is_away_may_come_back(String text, TailscaleReason reason) {
        Node peer = PeerLookup.find(status, text);
        WirescaleException failure =
                catchThrowableOfType(WirescaleException.class, () -> PeerLookup.requireOnline(status, peer));
        assertThat(failure.reason()).isEqualTo(reason);
        assertThat(failure.errorCode()).isEqualTo(ErrorCode.TS_UNREACHABLE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1:41641", "[::1]:41641", "0.0.0.0:41641", "224.0.0.1:41641", "255.255.255.255:41641",
                "[ff02::1]:41641", "[fe80::1]:41641", "[fe80::1%eth0]:41641", "192.168.10.2:41641", "100.64.0.2:41641",
                "[::ffff:127.0.0.1]:41641", "203.0.113.1:0", "bob:41641", "203.0.113.1"
            })
    void an_endpoint_that_is_not_another_machines_never_reaches_wireguard(String endpoint) {
        Set<IpAddress> own = Set.of(IpAddress.parse("192.168.10.2"));
        Node bob = PeerLookup.find(status, "bob");
        WirescaleException failure =
                catchThrowableOfType(WirescaleException.class, () -> DirectEndpoint.checked(endpoint, own, bob, "bob"));
        assertThat(failure.reason()).isEqualTo(TailscaleReason.ENDPOINT_REFUSED);
    }

    @Test
    void endpoints_of_both_families_are_taken() {
        Node bob = PeerLookup.find(status, "bob");
        for (String text : new String[] {"203.0.113.20:41641", "[2001:db8::20]:41641", "100.70.1.1:5", "10.0.0.1:1"}) {
            assertThat(DirectEndpoint.checked(text, Set.of(), bob, "bob")).isEqualTo(Endpoint.parse(text));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "pong from bob (100.64.0.2) via 203.0.113.20:41641 in 3ms, 203.0.113.20:41641, , , 3000",
        "pong from bob (100.64.0.2) via [2001:db8::1]:41641 in 1.5s, [2001:db8::1]:41641, , , 1500000",
        "pong from bob (100.64.0.2) via DERP(nyc) in 22ms, , nyc, , 22000",
        "pong from bob (100.64.0.2) via peer-relay(203.0.113.9:7777:vni:1) in 500µs, , , 203.0.113.9:7777:vni:1, 500"
    })
    void pongs_of_the_command_are_read(String line, String endpoint, String relay, String peerRelay, long micros) {
        PingResult result = TailscaleCli.pong(line + "\n").orElseThrow();
        assertThat(result.endpoint()).isEqualTo(Optional.ofNullable(endpoint));
        assertThat(result.relay()).isEqualTo(Optional.ofNullable(relay));
        assertThat(result.peerRelay()).isEqualTo(Optional.ofNullable(peerRelay));
        assertThat(result.latency()).isEqualTo(Duration.ofNanos(micros * 1000));
        assertThat(TailscaleCli.pong("ping \"100.64.0.2\" timed out")).isEmpty();
    }

    private static TailscaleStatus read(String json) {
        return TailscaleJson.status(TailscaleJson.tree(json.getBytes(StandardCharsets.UTF_8)));
    }
}
