package org.wirescale.exitnode;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.IpNetwork;
import org.wirescale.model.PublicKey;
import org.wirescale.model.WirescaleException;
import org.wirescale.tunnel.Area;
import org.wirescale.tunnel.Change;
import org.wirescale.tunnel.ChangeContext;
import org.wirescale.tunnel.Progress;
import org.wirescale.tunnel.StrictJson;
import org.wirescale.tunnel.TunnelReason;
import org.wirescale.tunnel.WireGuard;

/**
 * Lets everything into the tunnel and out of it.
 *
 * @param peer the tunnel's other end
 * @param added what its allowed IPs did not have, known once prepared
 */
record AllowedIpsChange(InterfaceName name, PublicKey peer, List<IpNetwork> added) implements Change {
    static final String KIND = "allowed-ips";

    AllowedIpsChange {
        added = List.copyOf(added);
    }

    static AllowedIpsChange read(StrictJson json) {
        return new AllowedIpsChange(
                json.value("name", InterfaceName::parse),
                json.value("peer", PublicKey::parse),
                json.values("added", IpNetwork::parse));
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public String describe() {
        return "allowed IPs "
                + String.join(", ", added.stream().map(IpNetwork::toString).toList()) + " of " + name;
    }

    @Override
    public void write(ObjectNode json) {
        json.put("name", name.text());
        json.put("peer", peer.toString());
        ArrayNode array = json.putArray("added");
        added.forEach(network -> array.add(network.toString()));
    }

    @Override
    public Optional<Change> prepare(ChangeContext context) {
        List<IpNetwork> there = live().orElseThrow(this::gone);
        List<IpNetwork> missing =
                added.stream().filter(network -> !there.contains(network)).toList();
        return missing.isEmpty() ? Optional.empty() : Optional.of(new AllowedIpsChange(name, peer, missing));
    }

    /** Of a link that has no peer yet: a tunnel's file gives it none of what all of them have. */
    @Override
    public Optional<Change> foresee(ChangeContext context, List<Change> before) {
        return Optional.of(this);
    }

    @Override
    public Change apply(ChangeContext context) {
        List<IpNetwork> all = new ArrayList<>(live().orElseThrow(this::gone));
        added.stream().filter(network -> !all.contains(network)).forEach(all::add);
        WireGuard.setAllowedIps(name, peer, all);
        return this;
    }

    @Override
    public void undo(ChangeContext context, Progress progress) {
        live().ifPresent(all -> WireGuard.setAllowedIps(
                name,
                peer,
                all.stream().filter(network -> !added.contains(network)).toList()));
    }

    @Override
    public Optional<Area> area() {
        return Optional.of(Area.WIREGUARD);
    }

    /** Of a link that is gone nothing is missing. */
    @Override
    public boolean isInPlace(ChangeContext context) {
        return live().map(all -> all.containsAll(added)).orElse(true);
    }

    private Optional<List<IpNetwork>> live() {
        return WireGuard.show(name).flatMap(status -> status.peer(peer)).map(WireGuard.PeerStatus::allowedIps);
    }

    private WirescaleException gone() {
        return WirescaleException.of(TunnelReason.LINK_GONE, "interface", name);
    }
}
