package org.wirescale.os;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.wirescale.model.IpAddress;
import org.wirescale.os.NetworkEvent.AddressChanged;
import org.wirescale.os.NetworkEvent.FirewallChanged;
import org.wirescale.os.NetworkEvent.LinkChanged;
import org.wirescale.os.NetworkEvent.LinkGone;
import org.wirescale.os.NetworkEvent.Route;
import org.wirescale.os.NetworkEvent.RouteChanged;
import org.wirescale.os.NetworkEvent.RuleChanged;

final class NetlinkMessagesTest {
    /** Put together as the kernel does, in this machine's order of bytes. */
    private final ByteBuffer bytes = ByteBuffer.allocate(4096).order(ByteOrder.nativeOrder());

    private int start;

    private void begin(int type) {
        start = bytes.position();
        bytes.putInt(0).putShort((short) type).putShort((short) 0).putInt(0).putInt(0);
    }

    private void attribute(int type, byte... value) {
        bytes.putShort((short) (4 + value.length)).putShort((short) type).put(value);
        align();
    }

    private void attribute(int type, int value) {
        bytes.putShort((short) 8).putShort((short) type).putInt(value);
    }

    private void align() {
        while (bytes.position() % 4 != 0) {
            bytes.put((byte) 0);
        }
    }

    private void end() {
        bytes.putInt(start, bytes.position() - start);
    }

    private static byte[] text(String text) {
        return (text + '\0').getBytes(StandardCharsets.ISO_8859_1);
    }

    private void link(int type, int family, int ifindex, String name) {
        begin(type);
        bytes.put((byte) family).put((byte) 0).putShort((short) 1).putInt(ifindex);
        bytes.putInt(0).putInt(-1);
        attribute(3, text(name));
        end();
    }

    private void route(int type, int table, int prefixLength) {
        begin(type);
        bytes.put(new byte[] {2, (byte) prefixLength, 0, 0, (byte) table, 3, 0, 1})
                .putInt(0);
    }

    private ByteBuffer written() {
        return bytes.slice(0, bytes.position());
    }

    @Test
    void links_that_change_and_go_are_told_with_their_numbers_and_names() {
        link(16, 0, 12, "bob");
        link(17, 0, 12, "bob");
        assertThat(NetlinkMessages.read(written()))
                .containsExactly(new LinkChanged(12, "bob"), new LinkGone(12, "bob"));
    }

    @Test
    void a_link_that_leaves_a_bridge_is_not_gone() {
        link(17, 7, 12, "bob");
        assertThat(NetlinkMessages.read(written())).isEmpty();
    }

    @Test
    void an_address_is_the_machines_own_and_not_that_of_the_other_end() {
        begin(20);
        bytes.put(new byte[] {2, 32, 0, 0}).putInt(5);
        attribute(1, (byte) 10, (byte) 0, (byte) 0, (byte) 1);
        attribute(2, (byte) 10, (byte) 0, (byte) 0, (byte) 2);
        end();
        begin(21);
        bytes.put(new byte[] {10, 64, 0, (byte) 253}).putInt(6);
        attribute(1, IpAddress.parse("fe80::1").bytes());
        end();
        assertThat(NetlinkMessages.read(written()))
                .containsExactly(
                        new AddressChanged(5, IpAddress.parse("10.0.0.2"), true, true),
                        new AddressChanged(6, IpAddress.parse("fe80::1"), false, false));
    }

    @Test
    void a_route_has_the_table_of_its_attribute_which_can_be_any_number() {
        route(24, 254, 0);
        attribute(4, 3);
        attribute(5, (byte) 192, (byte) 168, (byte) 0, (byte) 1);
        attribute(6, 100);
        end();
        route(25, 252, 24);
        attribute(15, 0xA08D037A);
        end();
        assertThat(NetlinkMessages.read(written()))
                .containsExactly(
                        new RouteChanged(
                                new Route(false, 0, 254, 3, Optional.of(IpAddress.parse("192.168.0.1")), 100), true),
                        new RouteChanged(new Route(false, 24, 0xA08D037AL, 0, Optional.empty(), 0), false));
    }

    private void deletions() {
        begin(33);
        bytes.put(new byte[] {2, 0, 0, 0, 52, 0, 0, 1}).putInt(0);
        attribute(6, 5270);
        end();
        begin(0xa08);
        bytes.put(new byte[] {1, 0, 0, 0});
        attribute(1, text("wirescale_bob"));
        end();
    }

    @Test
    void rules_and_what_nft_deletes_are_told() {
        deletions();
        begin(0xa06);
        bytes.put(new byte[] {1, 0, 0, 0});
        attribute(1, text("filter"));
        end();
        assertThat(NetlinkMessages.read(written()))
                .containsExactly(new RuleChanged(5270, 52, false), new FirewallChanged("wirescale_bob"));
    }

    @Test
    void what_is_cut_off_at_any_byte_does_no_harm() {
        link(17, 0, 12, "bob");
        deletions();
        byte[] all = Arrays.copyOf(bytes.array(), bytes.position());
        for (int length = 0; length < all.length; length++) {
            assertThat(NetlinkMessages.read(ByteBuffer.wrap(all, 0, length))).hasSizeLessThanOrEqualTo(3);
        }
    }

    @Test
    void what_is_no_message_does_no_harm() {
        link(17, 0, 12, "bob");
        route(24, 254, 0);
        attribute(4, 3);
        end();
        byte[] all = Arrays.copyOf(bytes.array(), bytes.position());
        Random random = new Random(1);
        for (int i = 0; i < 20_000; i++) {
            byte[] damaged = all.clone();
            for (int n = random.nextInt(4); n >= 0; n--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            }
            assertThat(NetlinkMessages.read(ByteBuffer.wrap(damaged))).hasSizeLessThanOrEqualTo(8);
        }
    }
}
