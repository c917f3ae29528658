package org.wirescale.daemon;

import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wirescale.model.Port;
import org.wirescale.model.WirescaleException;
import org.wirescale.tailscale.HomePort;
import org.wirescale.tailscale.LocalApi;
import org.wirescale.tailscale.TailscalePorts;
import org.wirescale.tunnel.MovedPort;

/**
 * What becomes of tailscaled when a tunnel goes down that has the port which tailscaled is configured with: it comes back to that
 * port, and nobody who speaks to it directly loses what was sent to the port in between.
 */
public final class HomeComing {
    private static final Logger LOG = LoggerFactory.getLogger(HomeComing.class);

    /** A tunnel that goes is not kept waiting for what is only a kindness to others. */
    private static final Duration KNOWN_WITHIN = Duration.ofMillis(300);

    private final LocalApi api;
    private final Port freed;
    private final Optional<TailscalePorts> away;

    private HomeComing(LocalApi api, Port freed, Optional<TailscalePorts> away) {
        this.api = api;
        this.freed = freed;
        this.away = away;
    }

    /**
     * To be asked before the tunnel is taken down: with its link, tailscaled moves by itself.
     *
     * @param freed the tunnel's port
     */
    public static HomeComing before(LocalApi api, Port freed) {
        try {
            boolean isHome = HomePort.of(api).filter(freed::equals).isPresent();
            Optional<TailscalePorts> now =
                    isHome ? Optional.of(TailscalePorts.find(api, KNOWN_WITHIN)) : Optional.empty();
            return new HomeComing(api, freed, now.filter(ports -> isAway(ports, freed)));
        } catch (WirescaleException e) {
            LOG.debug("tailscaled cannot come back to port {}: {}", freed, e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return new HomeComing(api, freed, Optional.empty());
    }

    private static boolean isAway(TailscalePorts ports, Port home) {
        return Stream.of(ports.ipv4(), ports.ipv6()).flatMap(Optional::stream).anyMatch(port -> !port.equals(home));
    }

    /** To be called once the tunnel is down. Never fails: a tailscaled that is not asked comes back sooner or later. */
    public void comeBack() {
        try {
            if (away.isPresent()) {
                api.rebind();
                MovedPort.sendOn(left(away.get().ipv4()), left(away.get().ipv6()), freed);
            }
        } catch (WirescaleException e) {
            LOG.debug("tailscaled was not asked to come back to port {}: {}", freed, e.getMessage());
        }
    }

    private Optional<Port> left(Optional<Port> before) {
        return before.filter(port -> !port.equals(freed));
    }
}
