package org.wirescale.cli.status;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.wirescale.model.InterfaceName;
import org.wirescale.os.Systemd.ActiveState;
import org.wirescale.tunnel.WireGuard;

/** What the machine is asked, once for all tunnels. */
interface Probe {
    /**
     * Those that are WireGuard links.
     *
     * @throws org.wirescale.model.WirescaleException when nobody can tell
     */
    Map<InterfaceName, WireGuard.Status> links(List<InterfaceName> names);

    /**
     * The units that watch them.
     *
     * @return empty where there is no systemd
     * @throws org.wirescale.model.WirescaleException when systemd does not tell
     */
    Map<InterfaceName, ActiveState> watchers(List<InterfaceName> names);

    /** What anybody may know of a link's traffic; empty where there is no such link. */
    Optional<Traffic> traffic(InterfaceName name);
}
