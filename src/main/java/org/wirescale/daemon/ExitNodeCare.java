package org.wirescale.daemon;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wirescale.exitnode.ExitNode;
import org.wirescale.exitnode.ExitNodeStatus;
import org.wirescale.exitnode.OtherVpns;
import org.wirescale.model.WirescaleException;
import org.wirescale.os.Folders;
import org.wirescale.os.LockName;
import org.wirescale.os.Locks;
import org.wirescale.os.OsReason;
import org.wirescale.tunnel.Area;
import org.wirescale.tunnel.Change;

/** Looks at the exit node, under its lock: keeps it in step with the tunnels, puts back what others took, ends it with its tunnel. */
final class ExitNodeCare {
    /** What nobody tells of. */
    static final Set<Area> UNTOLD = EnumSet.of(Area.WIREGUARD, Area.FIREWALL);

    private static final Logger LOG = LoggerFactory.getLogger(ExitNodeCare.class);

    /** A command or a session is at work. */
    private static final Duration LOCKED = Duration.ofMillis(500);

    /** About a second after an interface appeared, tailscaled writes its own configuration of DNS. */
    private static final Duration DNS_SETTLES = Duration.ofSeconds(2);

    private record Thing(long since, Change change) {}

    private final Folders folders;
    private final PutBackRates<Thing> rates = new PutBackRates<>();
    private Optional<String> inTheWay = Optional.empty();

    ExitNodeCare(Folders folders) {
        this.folders = folders;
    }

    boolean isOn() {
        return ExitNodeStatus.name(folders).isPresent();
    }

    /** Ends what somebody who died had begun. */
    static void finish(Folders folders, Duration wait) {
        if (ExitNode.load(folders).isEmpty()) {
            return;
        }
        try (Locks.Held _ = Locks.take(folders, LockName.EXIT_NODE, wait)) {
            ExitNode.load(folders).ifPresent(ExitNode::finish);
        } catch (WirescaleException e) {
            LOG.warn("The exit node could not be cleaned up: {}", e.getMessage());
        }
    }

    /**
     * Looks, and does what is to be done.
     *
     * @return when to look again; empty when all is well
     */
    Optional<Duration> look(Set<Area> areas) {
        if (ExitNode.load(folders).isEmpty() && !ExitNode.wasEndedByBoot(folders)) {
            return Optional.empty();
        }
        try (Locks.Held _ = Locks.take(folders, LockName.EXIT_NODE, Duration.ZERO)) {
            Optional<ExitNode> node = ExitNode.load(folders);
            if (node.isEmpty()) {
                ExitNode.finishEndByBoot(folders);
                return Optional.empty();
            }
            return node.get().finish() ? look(node.get(), areas) : Optional.empty();
        } catch (WirescaleException e) {
            if (e.reason() != OsReason.LOCKED) {
                LOG.warn("It cannot be looked at whether all of the exit node is in place: {}", e.getMessage());
                return Optional.empty();
            }
            return Optional.of(LOCKED);
        }
    }

    private Optional<Duration> look(ExitNode node, Set<Area> areas) {
        if (node.tunnel().isEmpty() && !node.state().isClosed()) {
            LOG.warn(
                    "The tunnel '{}' is gone, and the exit node ends with it: traffic goes out as before", node.name());
            node.stop();
            return Optional.empty();
        }
        rates.forget(thing -> thing.since() != node.state().since());
        Optional<Duration> again = putBack(node, areas);
        if (areas.contains(Area.ROUTING)) {
            node.converge();
            tellOfOthers();
        }
        node.keepDns()
                .ifPresent(
                        what -> LOG.warn("exit node {}: another program changed the {}: put back", node.name(), what));
        Duration age =
                Duration.ofSeconds(Instant.now().getEpochSecond() - node.state().since());
        return age.compareTo(DNS_SETTLES) <= 0 ? Optional.of(DNS_SETTLES) : again;
    }

    private Optional<Duration> putBack(ExitNode node, Set<Area> areas) {
        List<String> gone = new ArrayList<>();
        Optional<Duration> again = Optional.empty();
        long now = System.nanoTime();
        for (Change change : node.missing(areas)) {
            Thing thing = new Thing(node.state().since(), change);
            Optional<Duration> wait = rates.wait(thing, now);
            if (wait.isPresent()) {
                again = wait;
                continue;
            }
            try {
                gone.add(node.putBack(change));
                rates.isWell(thing);
                rates.putBack(thing, now);
            } catch (WirescaleException e) {
                if (rates.tellOnce(thing)) {
                    LOG.warn(
                            "Somebody removed the {}, and it cannot be put back: {}",
                            change.describe(),
                            e.getMessage());
                }
            }
        }
        if (!gone.isEmpty()) {
            LOG.warn("exit node {}: somebody removed the {}: put back", node.name(), String.join(", ", gone));
        }
        return again;
    }

    private void tellOfOthers() {
        Optional<String> now = OtherVpns.inTheWay();
        if (now.isPresent() && !now.equals(inTheWay)) {
            LOG.warn("Another VPN takes traffic before the exit node does: {}", now.get());
        }
        inTheWay = now;
    }
}
