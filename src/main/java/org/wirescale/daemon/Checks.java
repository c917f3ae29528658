package org.wirescale.daemon;

import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.wirescale.config.AllowedIps;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.IpAddress;
import org.wirescale.model.PublicKey;
import org.wirescale.model.WirescaleException;
import org.wirescale.protocol.PeerLimits;
import org.wirescale.tunnel.Tunnel;

/** What both ends compare of their files and of what the other presents, each failure in words for both sides. */
final class Checks {
    private final String machine;
    private final Peer peer;

    /**
     * @param machine this machine's name, for what the peer is told
     */
    Checks(String machine, Peer peer) {
        this.machine = machine;
        this.peer = peer;
    }

    /** All of the peer's addresses lie in our allowed IPs, or its packets would be dropped. */
    void addressesAllowed(LocalEnd local, List<IpAddress> theirs) {
        List<IpAddress> outside = AllowedIps.outside(local.file(), theirs);
        if (!outside.isEmpty()) {
            throw WirescaleException.of(
                    SessionReason.ADDRESSES_NOT_ALLOWED,
                    "addresses",
                    outside.stream().map(IpAddress::toString).collect(Collectors.joining(", ")),
                    "peer",
                    peer.name(),
                    "machine",
                    machine,
                    "file",
                    local.file().path());
        }
    }

    /** The key that the peer presents is the one that our file has, if it has one. */
    void theirKey(LocalEnd local, PublicKey presented) {
        if (local.file()
                .peer()
                .publicKey()
                .filter(key -> !key.equals(presented))
                .isPresent()) {
            throw WirescaleException.of(
                    SessionReason.PUBLIC_KEY_DIFFERS,
                    "key",
                    presented,
                    "peer",
                    peer.name(),
                    "machine",
                    machine,
                    "file",
                    local.file().path());
        }
    }

    /** The key that the peer's file has for us, if any, is the one that we present. */
    void ourKey(LocalEnd local, Optional<PublicKey> onRecord) {
        if (onRecord.filter(key -> !key.equals(local.publicKey())).isPresent()) {
            throw WirescaleException.of(
                    SessionReason.OUR_PUBLIC_KEY_DIFFERS,
                    "peer",
                    peer.name(),
                    "machine",
                    machine,
                    "file",
                    local.file().path());
        }
    }

    void presharedKeyOnBothOrNone(LocalEnd local, boolean theyHaveOne) {
        boolean weHaveOne = local.file().peer().presharedKey().isPresent();
        if (weHaveOne != theyHaveOne) {
            throw WirescaleException.of(
                    SessionReason.PSK_ONE_END,
                    "with",
                    weHaveOne ? machine : peer.name(),
                    "without",
                    weHaveOne ? peer.name() : machine);
        }
    }

    void expectedInterface(LocalEnd local, Optional<InterfaceName> expected) {
        if (expected.filter(name -> !name.equals(local.iface())).isPresent()) {
            throw WirescaleException.of(
                    SessionReason.EXPECTED_INTERFACE,
                    "expected",
                    expected.get(),
                    "interface",
                    local.iface(),
                    "peer",
                    peer.name(),
                    "machine",
                    machine);
        }
    }

    void fewTunnels(List<Tunnel> tunnels, Optional<Tunnel> replaced) {
        long count = tunnels.stream()
                        .filter(tunnel -> tunnel.state()
                                .header()
                                .peer()
                                .stableId()
                                .equals(peer.node().stableId()))
                        .count()
                - (replaced.isPresent() ? 1 : 0);
        if (count >= PeerLimits.TUNNELS_PER_PEER) {
            throw WirescaleException.of(
                    SessionReason.TOO_MANY_TUNNELS, "count", count, "peer", peer.name(), "machine", machine);
        }
    }

    /**
     * Whether this machine is behind NAT: none of its own addresses is the one that the peer reaches it at.
     *
     * @param seenByPeer serves this test alone
     */
    static boolean behindNat(IpAddress seenByPeer) {
        try {
            return NetworkInterface.networkInterfaces()
                    .flatMap(NetworkInterface::inetAddresses)
                    .map(IpAddress::of)
                    .noneMatch(seenByPeer::equals);
        } catch (SocketException e) {
            return true;
        }
    }
}
