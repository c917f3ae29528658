package org.wirescale.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.wirescale.model.Endpoint;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.Port;
import org.wirescale.model.PublicKey;
import org.wirescale.model.SecretKey;

/**
 * The text of {@code /run/wirescale/<interface>.conf}, in wg-quick's format: what a person reads to see what runs. It holds secret
 * keys, and so belongs into a file of mode 0600 alone.
 */
public final class GeneratedFile {
    /** Seconds; keeps the NAT's mapping. */
    public static final int PERSISTENT_KEEPALIVE = 10;

    private GeneratedFile() {}

    /**
     * What the user's file does not have, or not for good.
     *
     * @param privateKey our own
     * @param presharedKey empty for none
     */
    public record Live(
            SecretKey privateKey,
            Port listenPort,
            PublicKey peerKey,
            Optional<SecretKey> presharedKey,
            Endpoint endpoint) {
        /** The same tunnel after a recovery. */
        public Live movedTo(Port newListenPort, Endpoint newEndpoint) {
            return new Live(privateKey, newListenPort, peerKey, presharedKey, newEndpoint);
        }
    }

    /**
     * @param suffixNumber 0 when there is none
     */
    public static String render(PeerFile file, InterfaceName name, int suffixNumber, Live live) {
        InterfaceSection iface = file.iface();
        Hooks hooks = file.hooksFor(name, suffixNumber);
        List<String> lines = new ArrayList<>();
        lines.add(
                "# Made by wirescale from " + file.path() + ". Changes belong there: this file goes with the tunnel.");
        lines.add("[Interface]");
        iface.addresses().forEach(address -> lines.add("Address = " + address));
        lines.add("PrivateKey = " + live.privateKey().reveal());
        lines.add("ListenPort = " + live.listenPort());
        if (file.needsDns()) {
            lines.add("DNS = "
                    + joined(Stream.concat(iface.dns().servers().stream(), iface.dns().searchDomains().stream())));
        }
        iface.mtu().ifPresent(mtu -> lines.add("MTU = " + mtu));
        if (!(iface.table() instanceof RoutingTable.Auto)) {
            lines.add("Table = " + iface.table());
        }
        iface.fwMark().ifPresent(mark -> lines.add("FwMark = " + mark));
        hooks.preUp().forEach(hook -> lines.add("PreUp = " + hook));
        hooks.postUp().forEach(hook -> lines.add("PostUp = " + hook));
        hooks.preDown().forEach(hook -> lines.add("PreDown = " + hook));
        hooks.postDown().forEach(hook -> lines.add("PostDown = " + hook));
        lines.add("");
        lines.add("[Peer]");
        lines.add("PublicKey = " + live.peerKey());
        live.presharedKey().ifPresent(key -> lines.add("PresharedKey = " + key.reveal()));
        lines.add("AllowedIPs = " + joined(AllowedIps.ofDevice(file).stream()));
        lines.add("Endpoint = " + live.endpoint());
        lines.add("PersistentKeepalive = " + PERSISTENT_KEEPALIVE);
        return String.join("\n", lines) + "\n";
    }

    private static String joined(Stream<?> values) {
        return values.map(Object::toString).collect(Collectors.joining(", "));
    }
}
