package org.wirescale.tunnel;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.wirescale.model.IpNetwork;

/**
 * Everything written down about one tunnel.
 *
 * @param bootId of the boot that it belongs to
 * @param link the port and endpoint in use, once WireGuard has them
 * @param lastHandshake seconds since 1970 of the newest handshake seen, 0 before the first: a replaced peer reads 0, which must
 *     not be sent to the other end
 * @param recoveries those that ended, whatever way
 * @param before while recovering: what to go back to
 * @param entries oldest first
 */
public record TunnelState(
        Phase phase,
        String bootId,
        TunnelHeader header,
        Optional<Way> way,
        OptionalInt ifindex,
        Optional<LinkSettings> link,
        long lastHandshake,
        PastRecoveries recoveries,
        Optional<Before> before,
        List<Entry> entries) {

    /** A change and how far it came. */
    public record Entry(Progress progress, Change change) {}

    /**
     * What a recovery that fails goes back to.
     *
     * @param entries how many changes there were; those behind are the recovery's
     */
    public record Before(LinkSettings link, int entries) {}

    public TunnelState {
        entries = List.copyOf(entries);
    }

    static TunnelState begin(String bootId, TunnelHeader header) {
        return new TunnelState(
                Phase.BUILDING,
                bootId,
                header,
                Optional.empty(),
                OptionalInt.empty(),
                Optional.empty(),
                0,
                PastRecoveries.NONE,
                Optional.empty(),
                List.of());
    }

    public TunnelState withPhase(Phase newPhase) {
        return new TunnelState(
                newPhase, bootId, header, way, ifindex, link, lastHandshake, recoveries, before, entries);
    }

    public TunnelState withWay(Way newWay) {
        return new TunnelState(
                phase, bootId, header, Optional.of(newWay), ifindex, link, lastHandshake, recoveries, before, entries);
    }

    public TunnelState withIfindex(int newIfindex) {
        return new TunnelState(
                phase,
                bootId,
                header,
                way,
                OptionalInt.of(newIfindex),
                link,
                lastHandshake,
                recoveries,
                before,
                entries);
    }

    public TunnelState withLink(LinkSettings newLink) {
        return new TunnelState(
                phase, bootId, header, way, ifindex, Optional.of(newLink), lastHandshake, recoveries, before, entries);
    }

    /** Keeps the larger of the two. */
    public TunnelState withHandshake(long epochSeconds) {
        return new TunnelState(
                phase,
                bootId,
                header,
                way,
                ifindex,
                link,
                Math.max(lastHandshake, epochSeconds),
                recoveries,
                before,
                entries);
    }

    TunnelState withRecoveries(PastRecoveries newRecoveries) {
        return new TunnelState(
                phase, bootId, header, way, ifindex, link, lastHandshake, newRecoveries, before, entries);
    }

    TunnelState withBefore(Optional<Before> newBefore) {
        return new TunnelState(
                phase, bootId, header, way, ifindex, link, lastHandshake, recoveries, newBefore, entries);
    }

    TunnelState withEntries(List<Entry> newEntries) {
        return new TunnelState(
                phase, bootId, header, way, ifindex, link, lastHandshake, recoveries, before, newEntries);
    }

    TunnelState intending(Change change) {
        List<Entry> more = new ArrayList<>(entries);
        more.add(new Entry(Progress.INTENDED, change));
        return withEntries(more);
    }

    /** The newest entry is done, as {@code change}. */
    TunnelState done(Change change) {
        List<Entry> more = new ArrayList<>(entries);
        more.set(more.size() - 1, new Entry(Progress.DONE, change));
        return withEntries(more);
    }

    /** The mark of the tunnel's own packets that its file names; {@link FirewallMark#NONE} where it names none. */
    public FirewallMark ownMark() {
        return changes(PrivateKeyChange.class)
                .map(PrivateKeyChange::fwMark)
                .findFirst()
                .orElse(FirewallMark.NONE);
    }

    /** This end's. */
    public List<IpNetwork> addresses() {
        return changes(AddressesChange.class)
                .flatMap(change -> change.addresses().stream())
                .toList();
    }

    /** What its file says of DNS. */
    public Optional<DnsChange> dns() {
        return changes(DnsChange.class).findFirst();
    }

    private <T extends Change> Stream<T> changes(Class<T> kind) {
        return entries.stream().map(Entry::change).filter(kind::isInstance).map(kind::cast);
    }
}
