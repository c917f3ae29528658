package org.wirescale.tunnel;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wirescale.tunnel.IptablesRule.Purpose;

/**
 * What an accept is where firewalld(1) runs: the interface in the zone {@code trusted}, the port in the zones that are in use. Until
 * firewalld is reloaded, as everything that is not permanent.
 *
 * <p>{@code trusted} lets forwarded packets through too, but forwarding alone cannot be had at run time without a zone that accepts
 * everything: it is not widened to that, and the log says so.
 *
 * @param number the UDP port of {@link Purpose#ACCEPT_PORT}
 * @param zones that did not have it; known once prepared
 */
record FirewalldChange(Purpose purpose, long number, List<String> zones) implements Change {
    static final String KIND = "firewalld";

    private static final Logger LOG = LoggerFactory.getLogger(FirewalldChange.class);

    FirewalldChange {
        zones = List.copyOf(zones);
    }

    static FirewalldChange read(StrictJson json) {
        return new FirewalldChange(
                json.word("purpose", Purpose.class), json.number("number"), json.values("zones", Firewalld::zone));
    }

    @Override
    public void write(ObjectNode json) {
        json.put("purpose", purpose.name().toLowerCase(Locale.ROOT));
        json.put("number", number);
        ArrayNode array = json.putArray("zones");
        zones.forEach(array::add);
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public String describe() {
        String what = purpose == Purpose.ACCEPT_PORT ? "port " + number + "/udp" : "interface";
        return "firewalld: " + what + " in " + String.join(", ", zones);
    }

    @Override
    public Optional<Change> prepare(ChangeContext context) {
        return prepare(context, Firewalld.ofThisMachine());
    }

    Optional<Change> prepare(ChangeContext context, Firewalld firewalld) {
        List<String> lacking = wanted(firewalld).stream()
                .filter(zone -> !firewalld.has(zone, what(context)))
                .toList();
        if (purpose == Purpose.FORWARD_FROM && !lacking.isEmpty()) {
            LOG.warn(
                    "firewalld forwards from '{}' only in a zone that accepts everything: set iptables-accept too, or give the"
                            + " interface a zone and a policy of your own",
                    context.interfaceName());
            return Optional.empty();
        }
        return lacking.isEmpty() ? Optional.empty() : Optional.of(new FirewalldChange(purpose, number, lacking));
    }

    private List<String> wanted(Firewalld firewalld) {
        return switch (purpose) {
            case ACCEPT_INTERFACE, FORWARD_FROM -> List.of(Firewalld.TRUSTED);
            case ACCEPT_PORT -> firewalld.zonesInUse();
            // firewalld forwards answers by itself; the others are no matter of zones.
            case FORWARD_BACK, MARK, MASQUERADE, DROP_TAILSCALE -> List.of();
        };
    }

    private String what(ChangeContext context) {
        return purpose == Purpose.ACCEPT_PORT ? "port=" + number + "/udp" : "interface=" + context.interfaceName();
    }

    @Override
    public Change apply(ChangeContext context) {
        return apply(context, Firewalld.ofThisMachine());
    }

    Change apply(ChangeContext context, Firewalld firewalld) {
        zones.forEach(zone -> firewalld.add(zone, what(context)));
        return this;
    }

    @Override
    public void undo(ChangeContext context, Progress progress) {
        undo(context, Firewalld.ofThisMachine());
    }

    void undo(ChangeContext context, Firewalld firewalld) {
        zones.forEach(zone -> firewalld.remove(zone, what(context)));
    }

    @Override
    public Optional<Area> area() {
        return Optional.of(Area.FIREWALL);
    }

    /** A firewalld that was stopped keeps nothing out. */
    @Override
    public boolean isInPlace(ChangeContext context) {
        return FirewallTool.ofThisMachine() != FirewallTool.FIREWALLD || isInPlace(context, Firewalld.ofThisMachine());
    }

    boolean isInPlace(ChangeContext context, Firewalld firewalld) {
        return zones.stream().allMatch(zone -> firewalld.has(zone, what(context)));
    }
}
