package org.wirescale.tailscale;

import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.DatagramChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.wirescale.model.Port;
import org.wirescale.model.WirescaleException;
import org.wirescale.os.Descriptor;
import org.wirescale.os.Sockets;
import org.wirescale.os.Sockets.Family;

/**
 * A process of its own that has UDP ports and a LocalAPI as tailscaled has: asked to rebind, it closes its sockets and tries the
 * port it is configured with, the one it had, and any. Arguments: socket, IPv4 port, IPv6 port (0 for none), behaviour.
 */
final class FakeTailscaled {
    /** What it does when it is asked to rebind. */
    enum Behaviour {
        MOVES,
        /** Opens other UDP sockets too, of the same family, before it answers. */
        PROBES,
        STAYS,
        REFUSES,
        ENDS,
        /** Does not have the call. */
        OLD
    }

    private final Behaviour behaviour;
    private final Map<Family, Descriptor> sockets = new EnumMap<>(Family.class);
    private final Map<Family, Port> configured = new EnumMap<>(Family.class);
    private final List<DatagramChannel> probes = new ArrayList<>();

    private FakeTailscaled(Behaviour behaviour) {
        this.behaviour = behaviour;
    }

    public static void main(String[] arguments) throws Exception {
        FakeTailscaled fake = new FakeTailscaled(Behaviour.valueOf(arguments[3]));
        fake.configure(Family.IPV4, Integer.parseInt(arguments[1]));
        fake.configure(Family.IPV6, Integer.parseInt(arguments[2]));
        try (FakeLocalApi api = new FakeLocalApi(Path.of(arguments[0]), fake::answer)) {
            // Ends with the process that started it, whatever ended that.
            int end = System.in.read();
            assert end < 0 : api;
        }
    }

    private void configure(Family family, int port) {
        if (port != 0) {
            configured.put(family, new Port(port));
            sockets.put(family, Sockets.holdUdp(family, new Port(port)).orElseThrow());
        }
    }

    private synchronized void answer(String request, FakeLocalApi.Connection connection) throws Exception {
        if (request.contains("action=restun")) {
            connection.send(FakeLocalApi.response(200, "done\n"));
        } else if (!request.contains("action=rebind")) {
            connection.send(FakeLocalApi.response(200, status()));
        } else if (behaviour == Behaviour.OLD) {
            connection.send(FakeLocalApi.response(404, "404 page not found\n"));
        } else if (request.startsWith("GET")) {
            connection.send(FakeLocalApi.response(405, "POST required\n"));
        } else if (behaviour == Behaviour.REFUSES) {
            connection.send(FakeLocalApi.response(500, "cannot\n"));
        } else if (behaviour == Behaviour.ENDS) {
            Runtime.getRuntime().halt(0);
        } else {
            if (behaviour == Behaviour.PROBES) {
                probe();
            }
            if (behaviour != Behaviour.STAYS) {
                configured.keySet().forEach(this::rebind);
            }
            if (behaviour == Behaviour.PROBES) {
                probe();
            }
            connection.send(FakeLocalApi.response(200, "done\n"));
        }
    }

    private void probe() throws Exception {
        DatagramChannel probe = DatagramChannel.open(StandardProtocolFamily.INET);
        probe.setOption(StandardSocketOptions.SO_RCVBUF, 4096);
        probes.add(probe.bind(new InetSocketAddress("0.0.0.0", 0)));
    }

    private void rebind(Family family) {
        Descriptor old = sockets.remove(family);
        Port home = configured.get(family);
        if (old == null || home == null) {
            return;
        }
        old.close();
        try {
            sockets.put(family, Sockets.holdUdp(family, home).orElseThrow());
        } catch (WirescaleException e) {
            sockets.put(family, PortTakeoverTest.anyPort(family));
        }
    }

    private String status() {
        List<String> addresses = new ArrayList<>();
        for (Descriptor socket : sockets.values()) {
            Sockets.UdpName name = Sockets.udpName(socket).orElseThrow();
            addresses.add((name.family() == Family.IPV6 ? "\"[::1]:" : "\"127.0.0.1:") + name.port() + "\"");
        }
        return "{\"BackendState\":\"Running\",\"TUN\":true,\"Self\":{\"ID\":\"nSelf\",\"TailscaleIPs\":[\"100.64.0.1\"],"
                + "\"Addrs\":[\"203.0.113.1:41641\"," + String.join(",", addresses) + "]}}";
    }
}
