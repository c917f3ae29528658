package org.wirescale.tailscale;

import java.util.List;
import java.util.Optional;
import org.wirescale.model.IpAddress;
import org.wirescale.model.WirescaleException;

/**
 * What Tailscale says of itself.
 *
 * @param state what tailscaled is doing
 * @param version of tailscaled, such as {@code 1.102.5-t1234}
 * @param tun whether it has a network interface; false in userspace-networking mode
 * @param suffix the tailnet's MagicDNS suffix, in lower case and without dots at its ends
 * @param self this machine; empty while it belongs to no tailnet
 * @param peers the others; empty too when they were not asked for
 * @param health what Tailscale itself complains about
 */
public record TailscaleStatus(
        BackendState state,
        String version,
        boolean tun,
        Optional<String> suffix,
        Optional<Node> self,
        List<Node> peers,
        List<String> health) {
    public TailscaleStatus {
        peers = List.copyOf(peers);
        health = List.copyOf(health);
    }

    /**
     * This status, of a Tailscale that runs and has joined a tailnet.
     *
     * @throws WirescaleException that says what to do
     */
    public TailscaleStatus requireRunning() {
        state.requireRunning();
        if (self.isEmpty() || self.get().addresses().isEmpty()) {
            throw WirescaleException.of(TailscaleReason.STARTING);
        }
        return this;
    }

    /**
     * This status, of a Tailscale that has a network interface.
     *
     * @throws WirescaleException with {@link TailscaleReason#USERSPACE}
     */
    public TailscaleStatus requireInterface() {
        if (!tun) {
            throw WirescaleException.of(TailscaleReason.USERSPACE);
        }
        return this;
    }

    /** Whether this machine is in touch with its tailnet's control server. */
    public boolean isOnline() {
        return state == BackendState.RUNNING && self.filter(Node::online).isPresent();
    }

    /** This machine's Tailscale addresses; none while it belongs to no tailnet. */
    public List<IpAddress> ownAddresses() {
        return self.map(Node::addresses).orElse(List.of());
    }

    /** The peer with that Tailscale address. */
    public Optional<Node> peerAt(IpAddress address) {
        return peers.stream().filter(peer -> peer.addresses().contains(address)).findFirst();
    }
}
