package org.wirescale.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.wirescale.config.Section.Entry;
import org.wirescale.model.Endpoint;
import org.wirescale.model.IpNetwork;
import org.wirescale.model.PublicKey;
import org.wirescale.model.SecretKey;
import org.wirescale.model.WirescaleException;

/** Reads {@code [Peer]} with the keys of wg(8). */
final class PeerReader {
    /** wg looks the host up; this one is never used, so that its form is enough. */
    private static final Pattern HOST_AND_PORT = Pattern.compile("([a-zA-Z0-9_.-]+):([0-9]{1,9})");

    private final Section section;
    private final Warnings warnings;
    private final Problems problems;

    private Optional<PublicKey> publicKey = Optional.empty();
    private Optional<SecretKey> presharedKey = Optional.empty();
    private final List<IpNetwork> allowedIps = new ArrayList<>();

    PeerReader(Section section, Warnings warnings, Problems problems) {
        this.section = section;
        this.warnings = warnings;
        this.problems = problems;
    }

    PeerSection read() {
        section.requireOnce(PeerKey.values(), problems);
        section.each(problems, this::read);
        if (allowedIps.isEmpty()) {
            section.missing("AllowedIPs", "192.168.3.0/24", problems);
        }
        return new PeerSection(publicKey, presharedKey, allowedIps);
    }

    private void read(Entry entry) {
        switch (section.key(PeerKey.values(), entry)) {
            case PUBLIC_KEY -> publicKey = Optional.of(Values.publicKey(section, entry));
            case PRESHARED_KEY -> presharedKey = Optional.of(Values.secretKey(section, entry));
            case ALLOWED_IPS -> readAllowedIps(entry);
            case ENDPOINT -> readEndpoint(entry);
            case PERSISTENT_KEEPALIVE -> readKeepalive(entry);
        }
    }

    /** wg takes no empty item between commas, and no empty list. */
    private void readAllowedIps(Entry entry) {
        for (String item : entry.value().split(",", -1)) {
            allowedIps.add(Values.network(section, entry, ConfigLines.trim(item), ConfigReason.NETWORK));
        }
    }

    private void readEndpoint(Entry entry) {
        if (!isEndpoint(entry.value())) {
            throw section.error(ConfigReason.ENDPOINT, entry);
        }
        warnings.add(entry, "is replaced by the endpoint that tailscale finds: remove the line");
    }

    private static boolean isEndpoint(String text) {
        try {
            Endpoint.parse(text);
            return true;
        } catch (WirescaleException e) {
            var name = HOST_AND_PORT.matcher(text);
            return name.matches() && Values.is16Bits(name.group(2));
        }
    }

    private void readKeepalive(Entry entry) {
        if (!entry.value().equalsIgnoreCase("off") && !Values.is16Bits(entry.value())) {
            throw section.error(ConfigReason.KEEPALIVE, entry);
        }
    }
}
