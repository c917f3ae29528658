package org.wirescale.config;

import java.util.List;
import java.util.regex.Pattern;
import org.wirescale.model.IpAddress;

/** The file's {@code DNS} in its order: words that are addresses are servers, all others search domains (wg-quick(8)). */
public record DnsSettings(List<IpAddress> servers, List<SearchDomain> searchDomains) {
    public static final DnsSettings NONE = new DnsSettings(List.of(), List.of());

    public DnsSettings {
        servers = List.copyOf(servers);
        searchDomains = List.copyOf(searchDomains);
    }

    /** Whether the tunnel changes the machine's DNS, and so needs resolvconf or systemd-resolved. */
    public boolean isEmpty() {
        return servers.isEmpty() && searchDomains.isEmpty();
    }

    /** A DNS name without blanks or control characters, {@code ~} in front where it is for routing only (systemd-resolved). */
    public record SearchDomain(String text) {
        private static final Pattern FORM =
                Pattern.compile("~\\.|~?[a-zA-Z0-9_]([a-zA-Z0-9_-]*)(\\.[a-zA-Z0-9_][a-zA-Z0-9_-]*)*\\.?");

        public SearchDomain {
            if (!isValid(text)) {
                throw new IllegalArgumentException("not a search domain");
            }
        }

        static boolean isValid(String text) {
            return text.length() <= 254 && FORM.matcher(text).matches();
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
