package org.wirescale.exitnode;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.IpAddress;
import org.wirescale.model.PublicKey;
import org.wirescale.os.Folders;
import org.wirescale.tunnel.BootId;
import org.wirescale.tunnel.FirewallMark;
import org.wirescale.tunnel.Phase;
import org.wirescale.tunnel.Progress;
import org.wirescale.tunnel.TunnelState;

/** What is written down of an exit node and read by anybody, and the texts of its tables. */
final class ExitNodeValuesTest {
    private static final InterfaceName BOB = InterfaceName.parse("bob");
    private static final PublicKey KEY = PublicKey.parse("HIgo9xNzJMWLKASShiTqIybxZ0U3wGLiUeJ1PKf8ykw=");

    @TempDir
    private Path folder;

    private Folders folders = Folders.system();

    @BeforeEach
    void folders() throws Exception {
        folders = new Folders(folder.resolve("etc"), folder.resolve("run"));
        Files.createDirectories(folders.control());
    }

    private static ExitNodeState state(Phase phase) {
        List<TunnelState.Entry> entries = List.of(
                new TunnelState.Entry(Progress.DONE, barrier()),
                new TunnelState.Entry(Progress.DONE, new MarkChange(BOB, ExitNumbers.EXIT)),
                new TunnelState.Entry(
                        Progress.DONE,
                        new AllowedIpsChange(
                                BOB, KEY, List.of(IpFamily.IPV4.everything(), IpFamily.IPV6.everything()))),
                new TunnelState.Entry(Progress.DONE, new ExitRoutesChange(BOB, List.of(IpFamily.IPV4))),
                new TunnelState.Entry(Progress.DONE, keepMarks(List.of(BOB))),
                new TunnelState.Entry(
                        Progress.DONE, new PolicyRulesChange(ExitNumbers.EXIT, List.of(new FirewallMark(0x77)))),
                new TunnelState.Entry(Progress.DONE, new TailscaleDnsChange()),
                new TunnelState.Entry(Progress.INTENDED, BarrierAtBootChange.of(barrier())));
        return new ExitNodeState(
                phase,
                BootId.current(),
                1_700_000_000,
                BOB,
                KEY,
                KEY,
                OptionalInt.of(7),
                ExitNumbers.EXIT,
                List.of(IpFamily.IPV4),
                new ExitNodeOptions(true, FailClosed.ALWAYS, false),
                entries);
    }

    private static BarrierChange barrier() {
        return new BarrierChange(
                Tool.NFT,
                List.of(BOB),
                List.of(ExitNumbers.EXIT, ExitNumbers.OTHERS),
                List.of(OwnPrefix.parse("eth0 192.168.1.0/24"), OwnPrefix.parse("eth0 fe80::/64")));
    }

    private static KeepMarksChange keepMarks(List<InterfaceName> trusted) {
        return new KeepMarksChange(
                Tool.NFT,
                List.of(ExitNumbers.EXIT, ExitNumbers.OTHERS),
                List.of(IpAddress.parse("10.77.0.1"), IpAddress.parse("fd77::1")),
                List.of(BOB),
                trusted);
    }

    @Test
    void its_file_is_read_back_as_it_was_written_and_by_anybody() throws Exception {
        ExitNodeFile file = new ExitNodeFile(folders);
        file.write(state(Phase.UP));
        assertThat(file.read()).contains(state(Phase.UP));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(ExitNodeStatus.path(folders))))
                .isEqualTo("rw-r--r--");
        assertThat(ExitNodeStatus.name(folders)).contains("bob");
        assertThat(ExitNodeReport.json(folders))
                .contains(
                        "\"since\":\"2023-11-14T22:13:20Z\"", "\"fail_closed\":\"always\"", "\"ipv6\":\"unreachable\"");
        file.delete();
        assertThat(file.read()).isEmpty();
        assertThat(ExitNodeStatus.name(folders)).isEmpty();
        assertThat(ExitNodeReport.json(folders)).isEqualTo("{\"interface\":null}");
    }

    @Test
    void one_that_is_not_up_is_not_told() {
        new ExitNodeFile(folders).write(state(Phase.BUILDING));
        assertThat(ExitNodeStatus.name(folders)).isEmpty();
        assertThat(ExitNodeReport.json(folders)).isEqualTo("{\"interface\":null}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "{\"interface\":\"../x\",\"phase\":\"up\",", "{\"interface\":\"bob\"}"})
    void what_is_no_such_file_is_none(String text) throws Exception {
        Files.writeString(ExitNodeStatus.path(folders), text);
        assertThat(new ExitNodeFile(folders).read()).isEmpty();
        assertThat(ExitNodeStatus.name(folders)).isEmpty();
    }

    @Test
    void the_barrier_lets_out_tunnels_marks_and_neighbours_and_no_question_for_a_name() {
        List<String> rules = barrier().content().lines().map(String::strip).toList();
        int names = rules.indexOf("meta l4proto { tcp, udp } th dport { 53, 853 } drop");
        assertThat(rules.indexOf("oifname { \"lo\", \"tailscale0\", \"bob\" } accept"))
                .isLessThan(names);
        assertThat(names)
                .isPositive()
                .isLessThan(rules.indexOf("meta mark { 0xa08d037b, 0xa08d037c } accept"))
                .isLessThan(rules.indexOf("meta mark & 0xff0000 == 0x80000 accept"))
                .isLessThan(rules.indexOf("oifname \"eth0\" ip daddr 192.168.1.0/24 accept"))
                .isLessThan(rules.indexOf("oifname \"eth0\" ip6 daddr fe80::/64 accept"));
        assertThat(rules.get(rules.size() - 2)).isEqualTo("drop");
    }

    @Test
    void connections_from_outside_are_kept_apart_only_when_asked_for() {
        assertThat(keepMarks(List.of()).content()).doesNotContain("type route hook output");
        assertThat(keepMarks(List.of(BOB)).content())
                .contains(
                        "iifname != { \"lo\", \"tailscale0\", \"bob\" } ct direction original ct mark 0",
                        "type route hook output");
    }

    @Test
    void resolvers_are_what_resolv_conf_names() {
        assertThat(Resolvers.parse(List.of(
                        "# nameserver 9.9.9.9",
                        "nameserver 10.77.0.2",
                        "  nameserver\tfd77::2  ",
                        "nameserver fe80::1%eth0",
                        "nameserver 999.1.1.1",
                        "search lan")))
                .extracting(IpAddress::toString)
                .containsExactly("10.77.0.2", "fd77::2", "fe80::1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"eth0\" 10.0.0.0/8", "eth0", " 10.0.0.0/8", "eth0 10.0.0.0/99", "a b 10.0.0.0/8"})
    void a_link_that_could_end_a_word_of_nft_is_refused(String text) {
        assertThat(Optional.of(text))
                .hasValueSatisfying(
                        hostile -> org.assertj.core.api.Assertions.assertThatThrownBy(() -> OwnPrefix.parse(hostile))
                                .isInstanceOf(org.wirescale.model.WirescaleException.class));
    }
}
