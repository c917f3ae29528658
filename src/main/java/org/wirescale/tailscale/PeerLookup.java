package org.wirescale.tailscale;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.wirescale.model.IpAddress;
import org.wirescale.model.WirescaleException;

/**
 * Which peer a text of the command line means: a MagicDNS name, short or full, in any case, with or without the final dot, or a
 * Tailscale address. A short name is one of our own tailnet; a node shared in from another has its full name only.
 */
public final class PeerLookup {
    private static final int NEAR_MISSES = 3;

    private PeerLookup() {}

    /**
     * The peer that is meant.
     *
     * @throws WirescaleException when Tailscale does not run, when there is no such peer (with the names that come near), or when
     *     it is this machine
     */
    public static Node find(TailscaleStatus status, String text) {
        status.requireRunning();
        String wanted = NodeName.fold(text.strip());
        if (IpAddress.isValid(wanted)) {
            return byAddress(status, IpAddress.parse(wanted), text);
        }
        NodeName name = NodeName.parse(wanted)
                .orElseThrow(() -> WirescaleException.of(TailscaleReason.PEER_TEXT, "peer", text));
        return byName(status, name, text);
    }

    /**
     * The same peer, if it can be spoken to now.
     *
     * @throws WirescaleException with {@link TailscaleReason#PEER_EXPIRED} or {@link TailscaleReason#PEER_OFFLINE}
     */
    public static Node requireOnline(TailscaleStatus status, Node peer) {
        if (peer.expired()) {
            throw WirescaleException.of(TailscaleReason.PEER_EXPIRED, "peer", peer.called(status.suffix()));
        }
        if (!peer.online()) {
            throw WirescaleException.of(TailscaleReason.PEER_OFFLINE, "peer", peer.called(status.suffix()));
        }
        return peer;
    }

    private static Node byAddress(TailscaleStatus status, IpAddress address, String text) {
        if (status.ownAddresses().contains(address)) {
            throw WirescaleException.of(TailscaleReason.PEER_IS_SELF, "peer", text);
        }
        return status.peerAt(address)
                .orElseThrow(() -> WirescaleException.of(TailscaleReason.PEER_UNKNOWN, "peer", text));
    }

    private static Node byName(TailscaleStatus status, NodeName wanted, String text) {
        boolean isShort = wanted.full().indexOf('.') < 0;
        if (isShort && status.suffix().isEmpty()) {
            throw WirescaleException.of(TailscaleReason.NO_SUFFIX, "peer", text);
        }
        String full = isShort ? wanted.full() + "." + status.suffix().orElseThrow() : wanted.full();
        if (status.self()
                .flatMap(Node::name)
                .filter(own -> own.full().equals(full))
                .isPresent()) {
            throw WirescaleException.of(TailscaleReason.PEER_IS_SELF, "peer", text);
        }
        Optional<Node> found = status.peers().stream()
                .filter(peer ->
                        peer.name().filter(name -> name.full().equals(full)).isPresent())
                .findFirst();
        return found.orElseThrow(() -> unknown(status, wanted.firstLabel(), text));
    }

    private static WirescaleException unknown(TailscaleStatus status, String label, String text) {
        List<String> near = nearMisses(status, label);
        return near.isEmpty()
                ? WirescaleException.of(TailscaleReason.PEER_UNKNOWN, "peer", text)
                : WirescaleException.of(
                        TailscaleReason.PEER_MISSPELT, "peer", text, "near", "'" + String.join("', '", near) + "'");
    }

    private static List<String> nearMisses(TailscaleStatus status, String label) {
        record Near(String name, int distance) {}
        List<Near> near = new ArrayList<>();
        for (Node peer : status.peers()) {
            if (peer.name().isPresent()) {
                String theirs = peer.name().get().firstLabel();
                int distance = distance(label, theirs);
                boolean begins = Math.min(label.length(), theirs.length()) >= 3
                        && (theirs.startsWith(label) || label.startsWith(theirs));
                if (begins || distance <= Math.max(1, label.length() / 3)) {
                    near.add(new Near(peer.called(status.suffix()), distance));
                }
            }
        }
        return near.stream()
                .sorted(Comparator.comparingInt(Near::distance).thenComparing(Near::name))
                .map(Near::name)
                .limit(NEAR_MISSES)
                .toList();
    }

    /** The number of letters to change, add or leave out (Levenshtein). */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(change, 1 + Math.min(row[j - 1], diagonal));
            }
        }
        return row[b.length()];
    }
}
