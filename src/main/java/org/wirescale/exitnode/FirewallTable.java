package org.wirescale.exitnode;

import java.util.List;
import java.util.Optional;
import org.wirescale.tunnel.Area;
import org.wirescale.tunnel.Change;
import org.wirescale.tunnel.ChangeContext;
import org.wirescale.tunnel.Detail;
import org.wirescale.tunnel.Nft;
import org.wirescale.tunnel.Progress;

/** A table of the exit node's own in nft, or, where there is none, chains of its own in iptables. */
interface FirewallTable extends Change {
    Tool tool();

    /** The name in nft. */
    String table();

    /** What stands between the table's braces. */
    String content();

    /** What stands in a rule of it: who empties a table leaves it. */
    String mainstay();

    /** The same for iptables. */
    List<ChainSet> chains();

    @Override
    default Change apply(ChangeContext context) {
        switch (tool()) {
            case NFT -> Nft.replace(table(), content());
            case IPTABLES -> chains().forEach(ChainSet::apply);
        }
        return this;
    }

    @Override
    default List<Detail> details(ChangeContext context) {
        return switch (tool()) {
            case NFT -> Nft.details(table(), content());
            case IPTABLES ->
                chains().stream()
                        .flatMap(chain -> chain.commands().stream())
                        .map(Detail::open)
                        .toList();
        };
    }

    @Override
    default void undo(ChangeContext context, Progress progress) {
        switch (tool()) {
            case NFT -> Nft.delete(table());
            case IPTABLES -> chains().forEach(ChainSet::undo);
        }
    }

    @Override
    default Optional<Area> area() {
        return Optional.of(Area.FIREWALL);
    }

    @Override
    default boolean isInPlace(ChangeContext context) {
        return switch (tool()) {
            case NFT -> Nft.has(table(), mainstay());
            case IPTABLES -> chains().stream().allMatch(ChainSet::isInPlace);
        };
    }
}
