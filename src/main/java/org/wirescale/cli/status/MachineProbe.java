package org.wirescale.cli.status;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.wirescale.model.InterfaceName;
import org.wirescale.os.Systemd;
import org.wirescale.os.Systemd.ActiveState;
import org.wirescale.tunnel.AutoremoveUnitChange;
import org.wirescale.tunnel.WireGuard;

/** This machine: one {@code wg} and one {@code systemctl}, however many tunnels there are. */
final class MachineProbe implements Probe {
    private static final Path LINKS = Path.of("/sys/class/net");

    @Override
    public Map<InterfaceName, WireGuard.Status> links(List<InterfaceName> names) {
        return WireGuard.show(names);
    }

    @Override
    public Map<InterfaceName, ActiveState> watchers(List<InterfaceName> names) {
        List<String> units = names.stream().map(AutoremoveUnitChange::unit).toList();
        Map<InterfaceName, ActiveState> watchers = new TreeMap<>();
        if (Systemd.isBooted()) {
            List<Systemd.Unit> found = Systemd.units(units);
            for (int i = 0; i < names.size(); i++) {
                watchers.put(names.get(i), found.get(i).state());
            }
        }
        return watchers;
    }

    @Override
    public Optional<Traffic> traffic(InterfaceName name) {
        Path counters = LINKS.resolve(name.text()).resolve("statistics");
        try {
            return Optional.of(new Traffic(number(counters.resolve("rx_bytes")), number(counters.resolve("tx_bytes"))));
        } catch (IOException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static long number(Path file) throws IOException {
        return Long.parseLong(Files.readString(file).strip());
    }
}
